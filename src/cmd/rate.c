/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/rate: a rate of the command line. See rate.h. */
#include "cmd/rate.h"

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
