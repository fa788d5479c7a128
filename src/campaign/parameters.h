/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/parameters: the swept parameters as columns of the CSV files, behind all others.
 *
 *     radio.path-loss-exponent -> path_loss_exponent       policy.name       -> policy_name
 *     radio.bandwidth          -> bandwidth_hz             device.a.distance -> device_a_distance_m
 *
 * A column is called as the key's last part with its SI unit, with what stands before it where the
 * result tables have a column of that name, where two axes end alike, and where it is a device's
 * key. A cell is the number in that unit; decibels stay decibels; what is no number (a name, a
 * range that is drawn from) stays text.
 *
 * Layer: campaign. Calls scenario, output.
 */
#ifndef CS_CAMPAIGN_PARAMETERS_H
#define CS_CAMPAIGN_PARAMETERS_H

#include "campaign/sweep.h"
#include "output/database.h"

/* The keys of the axes, a line each; NULL where they are to be no columns, or there are none.
 * Transfer full. */
char *cs_parameters_keys(const CsSweep *sweep);

typedef struct CsParameters CsParameters;

/* From what cs_parameters_keys() gave; NULL: no columns. `places`: rounds tell them. Never NULL;
 * transfer full. */
CsParameters *cs_parameters_new(const char *keys, gboolean places);
/* Of a database, its meta "parameters"; and whether its rounds tell places, or they
 * shall. Borrowed, for
 * cs_parameters_ends(). Transfer full. */
CsParameters *cs_parameters_of(CsDatabase *database, gboolean places);
void cs_parameters_free(CsParameters *parameters);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsParameters, cs_parameters_free)

/* ",path_loss_exponent,policy_name"; NULL: none. Borrowed. */
const char *cs_parameters_columns(const CsParameters *parameters);

/* The cells of a run with these values ("group.key=value", NULL-ended): ",4,card"; NULL: none. May
 * be called on several threads. Transfer full. */
char *cs_parameters_cells(const CsParameters *parameters, const char *const *values);

/* Texts of others are made safe to show (base/clean) unless they are to stay as they are. */
void cs_parameters_set_raw(CsParameters *parameters, gboolean raw);

/* For rows from the database it was made of. Borrowed. */
CsRowEnds cs_parameters_ends(CsParameters *parameters);

#endif
