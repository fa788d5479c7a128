/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/roff: plain text made safe for man pages.
 *
 * Layer: cmd.
 */
#ifndef CS_CMD_ROFF_H
#define CS_CMD_ROFF_H

#include <glib.h>

/* Appends `text` so that man(7) prints it as it stands: what roff would read as an escape, a dash
 * or a request is escaped. No newline is added. */
void cs_roff_append(GString *out, const char *text);

#endif
