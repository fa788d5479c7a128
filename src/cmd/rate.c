/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/rate: rates and rounds of the command line. See rate.h. */
#include "cmd/rate.h"

#include "base/number.h"
#include "base/units.h"
#include "cmd/terminal.h"

#include <string.h>

gboolean cs_read_rate(const CsArguments *arguments, CsOptionId id, double *rate_bps)
{
    const char *text = arguments->value[id];
    const char *name = cs_option(id)->name;
    gsize bad_start, bad_end;
    if (text == NULL) {
        cs_complain("'%s' needs --%s, such as --%s '%s'", arguments->command->name, name, name,
                    cs_dimension_example(CS_DIMENSION_RATE));
        return FALSE;
    }
    CsQuantityStatus status =
        cs_quantity_read(text, strlen(text), CS_DIMENSION_RATE, rate_bps, &bad_start, &bad_end);
    if (status == CS_QUANTITY_OK && *rate_bps > 0)
        return TRUE;
    cs_complain("'--%s %s': a rate above 0 with its unit, such as '%s'", name, text,
                cs_dimension_example(CS_DIMENSION_RATE));
    return FALSE;
}

gboolean cs_read_round(const CsArguments *arguments, guint64 *round)
{
    const char *text = arguments->value[CS_OPTION_ROUND];
    *round = 1;
    if (text == NULL || (cs_number_read_whole(text, strlen(text), round) && *round > 0))
        return TRUE;
    cs_complain("'--round %s': rounds count 1, 2, 3, ...", text);
    return FALSE;
}

gboolean cs_read_round_or_rates(const CsArguments *arguments, double *uplink_bps,
                                double *downlink_bps)
{
    *uplink_bps = *downlink_bps = 0;
    if (arguments->value[CS_OPTION_UPLINK_RATE] == NULL &&
        arguments->value[CS_OPTION_DOWNLINK_RATE] == NULL)
        return TRUE;
    if (arguments->value[CS_OPTION_ROUND] != NULL) {
        cs_complain("--round takes the rates of that round: it goes without --uplink-rate and "
                    "--downlink-rate");
        return FALSE;
    }
    return cs_read_rate(arguments, CS_OPTION_UPLINK_RATE, uplink_bps) &&
           cs_read_rate(arguments, CS_OPTION_DOWNLINK_RATE, downlink_bps);
}
