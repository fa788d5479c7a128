/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario/sampling: the names of what a stopping rule looks at. See sampling.h. */
#include "scenario/sampling.h"

const CsName cs_metric_names[] = {{"none", CS_METRIC_NONE},
                                  {"delay", CS_METRIC_DELAY},
                                  {"server-energy", CS_METRIC_SERVER_ENERGY},
                                  {"device-energy", CS_METRIC_DEVICE_ENERGY},
                                  {"radio-energy", CS_METRIC_RADIO_ENERGY},
                                  {"cost", CS_METRIC_COST},
                                  {"makespan", CS_METRIC_MAKESPAN},
                                  CS_NAMES_END};
CS_NAMES_COVER(cs_metric_names, CS_METRIC_MAKESPAN);
