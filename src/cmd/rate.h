/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/rate: rates of the command line (--uplink-rate, --downlink-rate).
 *
 * Layer: cmd. Calls base.
 */
#ifndef CS_CMD_RATE_H
#define CS_CMD_RATE_H

#include "cmd/command.h"

/* The rate that option `id` gives, in bit/s, > 0; FALSE with the reason printed. */
gboolean cs_read_rate(const CsArguments *arguments, CsOptionId id, double *rate_bps);

#endif
