/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/headline: the letter's reductions exactly. See headline.h. Layer: analysis. */
#include "analysis/headline.h"

#include "text/rows.h"

#include <math.h>

#define LETTER_DEVICES 5

/* Of the letter's devices 4 and 5, "Orin NX" and "AGX Nano", whose figures are those of a Jetson
 * Orin NX 8GB and an Orin Nano 4GB (models/platform). */
static const double board_byte[2] = {8e9, 4e9};

/* The means of a state under a policy; NULL where there are none. `cut` (NULL: none) is "static"'s.
 * Transfer full. */
static CsExact *answer(const CsScenario *scenario, guint state, const char *policy, const char *cut)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autofree char *exponent =
        g_strconcat("radio.path-loss-exponent=", cs_states[state].exponent, NULL);
    g_autofree char *name = g_strconcat("policy.name=", policy, NULL);
    const char *const values[] = {exponent, name, "policy.frequency=card", cut, NULL};
    g_autoptr(CsScenario) point = cs_scenario_with(scenario, values, diagnostics);
    if (point == NULL)
        return NULL;
    g_autoptr(CsExact) exact = cs_exact_new(point, NULL, diagnostics);
    return exact->groups != NULL ? g_steal_pointer(&exact) : NULL;
}

static double sum_of(const CsExact *exact, CsMean mean)
{
    const CsConfig *config = cs_scenario_config(exact->scenario);
    return cs_expect_all(config, exact->groups).mean.of[mean] * config->n_devices;
}

static double change_percent(double ours, double theirs)
{
    return 100.0 * (ours / theirs - 1.0);
}

typedef struct {
    double card_s, device_s, card_j, server_j;
} Sums;

static void tell_changes(CsHeadline *headline, guint at, const Sums *sums)
{
    headline->delay[at] = change_percent(sums->card_s, sums->device_s);
    headline->energy[at] = change_percent(sums->card_j, sums->server_j);
}

/* What device-only takes in a state where devices 4 and 5 keep to what fits; NAN without an
 * answer. */
static double fitting_sum_s(const CsHeadline *headline, const CsScenario *scenario, guint state,
                            const CsExact *device_only)
{
    double sum_s = 0;
    for (guint i = 0; i < LETTER_DEVICES; i++) {
        g_autofree char *cut = NULL;
        if (i < 3) {
            sum_s += device_only->groups[i].mean.of[CS_MEAN_DELAY];
            continue;
        }
        cut = g_strdup_printf("policy.cut=%u", headline->fitting_cut[i - 3]);
        g_autoptr(CsExact) fitting = answer(scenario, state, "static", cut);
        sum_s += fitting != NULL ? fitting->groups[i].mean.of[CS_MEAN_DELAY] : (double)NAN;
    }
    return sum_s;
}

gboolean cs_headline_compute(CsHeadline *headline, const CsScenario *scenario)
{
    const CsConfig *config = cs_scenario_config(scenario);
    const CsMemory *memory = config->memory;
    gboolean letters = config->n_devices == LETTER_DEVICES && config->n_groups == LETTER_DEVICES;
    Sums all = {0};
    double fitting_s = letters ? 0 : NAN;
    *headline = (CsHeadline){.whole_byte = memory->total_byte[memory->n_cuts - 1]};
    for (guint i = 0; i < 2; i++)
        headline->fitting_cut[i] = (guint)MAX(cs_memory_largest_cut(memory, board_byte[i]), 0);
    for (guint s = 0; s < CS_STATES_N; s++) {
        g_autoptr(CsExact) card = answer(scenario, s, "card", NULL);
        g_autoptr(CsExact) device = answer(scenario, s, "device-only", NULL);
        g_autoptr(CsExact) server = answer(scenario, s, "server-only", NULL);
        if (card == NULL || device == NULL || server == NULL)
            return FALSE;
        const Sums own = {sum_of(card, CS_MEAN_DELAY), sum_of(device, CS_MEAN_DELAY),
                          sum_of(card, CS_MEAN_SERVER_ENERGY),
                          sum_of(server, CS_MEAN_SERVER_ENERGY)};
        tell_changes(headline, s, &own);
        all.card_s += own.card_s;
        all.device_s += own.device_s;
        all.card_j += own.card_j;
        all.server_j += own.server_j;
        if (letters)
            fitting_s += fitting_sum_s(headline, scenario, s, device);
    }
    tell_changes(headline, CS_STATES_N, &all);
    headline->fitting_delay = change_percent(all.card_s, fitting_s);
    return TRUE;
}

char *cs_headline_csv(const CsHeadline *headline)
{
    GString *csv = g_string_new("state,delay_change_percent,energy_change_percent\n");
    for (guint s = 0; s <= CS_STATES_N; s++) {
        g_string_append(csv, s < CS_STATES_N ? cs_states[s].name : "all");
        cs_csv_append_number(csv, headline->delay[s]);
        cs_csv_append_number(csv, headline->energy[s]);
        g_string_append_c(csv, '\n');
    }
    return g_string_free(csv, FALSE);
}

static const char *where_of(double exact, CsEstimate simulated)
{
    if (!isfinite(simulated.half_width))
        return "there is no interval to hold it";
    return fabs(exact - simulated.value) <= simulated.half_width ? "inside the interval"
                                                                 : "OUTSIDE the interval";
}

char *cs_headline_text(const CsHeadline *headline, CsEstimate delay, CsEstimate energy)
{
    double exact_d = headline->delay[CS_STATES_N], exact_e = headline->energy[CS_STATES_N];
    GString *text = g_string_new(NULL);
    g_string_append_printf(text,
                           "Without a simulation, as exact means (cardsim expect), the changes of "
                           "claims 5 and 6 are %+.4f %% (%s) and %+.4f %% (%s).",
                           exact_d, where_of(exact_d, delay), exact_e, where_of(exact_e, energy));
    if (isfinite(headline->fitting_delay) && headline->whole_byte > board_byte[1])
        g_string_append_printf(text,
                               " Device-only needs %.1f GB on each device, while devices 4 and 5 "
                               "are boards of 8 and 4 GB: against the largest cuts that fit them "
                               "(%u and %u) the delay changes by %+.1f %%.",
                               headline->whole_byte / 1e9, headline->fitting_cut[0],
                               headline->fitting_cut[1], headline->fitting_delay);
    return g_string_free(text, FALSE);
}
