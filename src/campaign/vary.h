/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/vary: the ranges of a scenario's [vary], and settings drawn from them.
 *
 *     training.batch = 4 .. 32                     uniform; whole numbers each as likely
 *     radio.max-repetitions = 1 .. 128 log         uniform in the logarithm
 *     model.head = server, none                    a list: each as likely
 *     device.*.tx-power = 20 dBm .. 26 dBm         the same for all devices
 *     device.*.distance = times 0.5 .. 2 log       a factor on what the scenario says itself
 *     sweep.radio.path-loss-exponent@6 = 0.2 .. 0.5   no key, but what the points of [sweep] with
 *                                                  that value weigh among all
 *
 * A range is uniform in the unit that it is written in: dBm in dBm.
 *
 * Layer: campaign. Calls base, text, scenario.
 */
#ifndef CS_CAMPAIGN_VARY_H
#define CS_CAMPAIGN_VARY_H

#include "campaign/sweep.h"

typedef struct CsVary CsVary;

/*
 * The ranges of `sweep`'s scenario but those whose key `overrides` ("group.key=value", NULL-ended)
 * fix; their ends and values are checked. NULL with errors added: among them no [vary] at all, more
 * than CS_SENSITIVITY_INPUTS_MAX keys, a key that is swept too. `sweep` is borrowed. Transfer full.
 */
CsVary *cs_vary_read(const CsSweep *sweep, const char *const *overrides,
                     CsDiagnostics *diagnostics);
void cs_vary_free(CsVary *vary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsVary, cs_vary_free)

guint cs_vary_n_keys(const CsVary *vary);
const char *cs_vary_key(const CsVary *vary, guint i);

/* Key i's value at `u` in (0, 1), as a scenario would say it; a factor as a number. Transfer full.
 */
char *cs_vary_value(const CsVary *vary, guint i, double u);

/* What a setting (`u` of every key) says over the scenario: "group.key=value", NULL-ended. Transfer
 * full. */
char **cs_vary_overrides(const CsVary *vary, const double *u);

/* What the runs of the sweep's plan weigh in it: weight[run], their sum 1. */
void cs_vary_weights(const CsVary *vary, const double *u, double *weight);

#endif
