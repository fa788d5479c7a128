/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/interrupt: SIGINT, SIGTERM, SIGHUP, SIGUSR1 and SIGXCPU end a long command in good order.
 *
 * The first signal asks: finished work is saved, what is half-written goes away. The second one
 * ends the program at once.
 *
 * Layer: cmd.
 */
#ifndef CS_CMD_INTERRUPT_H
#define CS_CMD_INTERRUPT_H

#include <glib.h>

/* From now on signals are caught. Returns the flag that turns to the signal's number: for the
 * `interrupt` of pool, simulation and reproduce. */
const gint *cs_interrupt_catch(void);

/* 128 + the signal that came, or 0 where none did. */
int cs_interrupt_exit_code(void);

/* "SIGINT", for messages. */
const char *cs_interrupt_name(void);

#endif
