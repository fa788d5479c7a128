/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What crash.c records and replay.c reads. */
#ifndef CS_CRASH_H
#define CS_CRASH_H

#define CS_CRASH_OPEN_DIRECTORY 'D'
#define CS_CRASH_OPEN 'O'
#define CS_CRASH_CREATE 'C'
#define CS_CRASH_WRITE 'W'
#define CS_CRASH_TRUNCATE 'T'
#define CS_CRASH_SYNC 'S'
#define CS_CRASH_CLOSE 'X'
#define CS_CRASH_RENAME 'R'
#define CS_CRASH_UNLINK 'U'

struct cs_crash_record {
    char kind;
    int descriptor;
    long long offset;
    unsigned long long size; /* of what follows */
};

#endif
