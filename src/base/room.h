/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base/room: which place is full, for messages about a write that failed.
 *
 * Layer: base.
 */
#ifndef CS_BASE_ROOM_H
#define CS_BASE_ROOM_H

#include <glib.h>

/* TRUE for the errno of a write that found no room: ENOSPC, EDQUOT, EFBIG. */
gboolean cs_room_lacks(int reason);

/*
 * What errno `reason` says of `path`, a file, which need not exist, or a directory. Where room was
 * lacking also what is full: "No space left on device: 12 kB are free now on the file system at
 * '/scratch'", or how large a file the process may write. Transfer full.
 */
char *cs_room_reason(const char *path, int reason);

#endif
