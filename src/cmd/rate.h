/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/rate: rates of the command line (--uplink-rate, --downlink-rate), or the round that has them
 * (--round).
 *
 * Layer: cmd. Calls base.
 */
#ifndef CS_CMD_RATE_H
#define CS_CMD_RATE_H

#include "cmd/command.h"

/* The rate that option `id` gives, in bit/s, > 0; FALSE with the reason printed. */
gboolean cs_read_rate(const CsArguments *arguments, CsOptionId id, double *rate_bps);

/* --round N, 1 where it is not given; FALSE with the reason printed. */
gboolean cs_read_round(const CsArguments *arguments, guint64 *round);

/* Both rates, or 0 for both where neither is given: then a round has them. FALSE with the reason
 * printed. */
gboolean cs_read_round_or_rates(const CsArguments *arguments, double *uplink_bps,
                                double *downlink_bps);

#endif
