/* SPDX-License-Identifier: GPL-3.0-or-later */
/* energy/radio-power: measured power of phones' radios. See radio-power.h. Layer: energy. */
#include "energy/radio-power.h"

#include <math.h>

const CsName cs_radio_power_names[] = {{"none", CS_RADIO_POWER_NONE},
                                       {"lte", CS_RADIO_POWER_LTE},
                                       {"nr-low-band", CS_RADIO_POWER_NR_LOW_BAND},
                                       {"nr-mmwave", CS_RADIO_POWER_NR_MMWAVE},
                                       CS_NAMES_END};
CS_NAMES_COVER(cs_radio_power_names, CS_RADIO_POWER_NR_MMWAVE);

static const CsRadioPower sets[] = {
    [CS_RADIO_POWER_NONE] = {CS_RADIO_POWER_NONE, NAN, NAN, NAN, NAN, FALSE, FALSE},
    [CS_RADIO_POWER_LTE] = {CS_RADIO_POWER_LTE, 2.8927, 7.9527e-8, 2.719, 1.5016e-8, TRUE, TRUE},
    [CS_RADIO_POWER_NR_LOW_BAND] = {CS_RADIO_POWER_NR_LOW_BAND, 3.1972, 3.2245e-8, 2.8826,
                                    1.5361e-8, TRUE, TRUE},
    [CS_RADIO_POWER_NR_MMWAVE] = {CS_RADIO_POWER_NR_MMWAVE, 5.6374, 9.155e-9, 5.19, 1.81e-9, TRUE,
                                  TRUE},
};

/* TRUE where it then holds. */
static gboolean complete(double *base_w, double *slope, double set_base_w, double set_slope)
{
    gboolean known = !isnan(*base_w) || !isnan(*slope) || !isnan(set_base_w);
    if (isnan(*base_w))
        *base_w = isnan(set_base_w) ? 0 : set_base_w;
    if (isnan(*slope))
        *slope = isnan(set_slope) ? 0 : set_slope;
    return known;
}

void cs_radio_power_complete(CsRadioPower *power)
{
    const CsRadioPower *set = &sets[power->set];
    power->sends = complete(&power->send_base_w, &power->send_slope_j_per_bit, set->send_base_w,
                            set->send_slope_j_per_bit);
    power->receives = complete(&power->receive_base_w, &power->receive_slope_j_per_bit,
                               set->receive_base_w, set->receive_slope_j_per_bit);
}
