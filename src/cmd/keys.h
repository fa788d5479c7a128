/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/keys: the scenario's keys in words: for `cardsim list keys` and the man page's key table.
 *
 * Layer: cmd. Calls base, scenario.
 */
#ifndef CS_CMD_KEYS_H
#define CS_CMD_KEYS_H

#include "scenario/keys.h"

/* The default as the user would write it, what holds without it, or "required"; where a platform
 * may give it, both. Transfer full. */
char *cs_key_default(const CsKey *key);

/* The whole table as man(7) macros, a subsection a group. Transfer full. */
char *cs_keys_roff(void);

#endif
