/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/shortage: the end of a program that gets no more memory, or no more threads: exit 4, with
 * what it was for. GLib ends a process where an allocation fails; that is the machine's limit, no
 * bug.
 *
 * Layer: cmd.
 */
#ifndef CS_CMD_SHORTAGE_H
#define CS_CMD_SHORTAGE_H

#include <glib.h>

/* What memory is being asked for, as told to the user: "run letter.ini". Lives as long as the
 * process does; whoever knows better says so with cs_shortage_tell(). */
typedef struct CsShortage {
    char purpose[256];
} CsShortage;

/* From now on failed allocations end the process with CS_EXIT_IO, failed assertions with
 * CS_EXIT_INTERNAL. `shortage` is borrowed for ever. */
void cs_shortage_watch(CsShortage *shortage);

/* What comes is for this. */
void cs_shortage_tell(CsShortage *shortage, const char *format, ...) G_GNUC_PRINTF(2, 3);

#endif
