/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz-sweep: sweep expressions. The first line is the values of radio.path-loss-exponent's axis,
 * the second a condition over it, radio.bandwidth and policy.name, the third a key of the command
 * line, swept over two values.
 */
#include "campaign/axis.h"
#include "campaign/condition.h"
#include "campaign/sweep.h"
#include "fuzz.h"

#include <string.h>

static void read_axis(const char *text, CsPlace place)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsAxis) axis =
        cs_axis_read("radio.path-loss-exponent", place, text, place, diagnostics);
    fuzz_check_diagnostics(diagnostics, axis != NULL);
    if (axis == NULL)
        return;
    g_assert(axis->n_values >= 1 && axis->n_values <= CS_AXIS_VALUES_MAX);
    for (guint i = 0; i < axis->n_values; i++)
        g_assert(axis->values[i][0] != '\0');
    g_assert(axis->values[axis->n_values] == NULL);
}

static void read_condition(const char *text, CsPlace place)
{
    static const char *const values[] = {"4", "20 MHz", "card"};
    static const CsConditionAxis axes[] = {{"radio.path-loss-exponent", &values[0], 1},
                                           {"radio.bandwidth", &values[1], 1},
                                           {"policy.name", &values[2], 1}};
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsCondition) condition =
        cs_condition_read(text, place, axes, G_N_ELEMENTS(axes), diagnostics);
    fuzz_check_diagnostics(diagnostics, condition != NULL);
    if (condition != NULL)
        g_assert(cs_condition_holds(condition, values) == cs_condition_holds(condition, values));
}

static const char base[] = "[device a]\ndistance = 10 m\nfrequency = 1 GHz\ncores = 1024\n"
                           "[device b]\ninherits = a\ncount = 3\n";

static void read_key(const char *text)
{
    g_autofree char *path = fuzz_write("base.ini", (const uint8_t *)base, strlen(base));
    g_autofree char *override = g_strconcat(text, "=1,2", NULL);
    if (strchr(text, '=') != NULL)
        return;
    const char *const overrides[] = {override, NULL};
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsSweep) sweep = cs_sweep_read(path, overrides, fuzz_paths(), diagnostics);
    fuzz_check_diagnostics(diagnostics, sweep != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* As the key-file reader hands values on: UTF-8 of one line. */
    char *text = g_utf8_make_valid((const char *)data, (gssize)size);
    g_autoptr(CsSource) source = cs_source_new("input", text, strlen(text));
    g_auto(GStrv) lines = g_strsplit(text, "\n", 4);
    if (lines[0] == NULL)
        return 0;
    read_axis(lines[0], (CsPlace){source, 1, 1, (guint)strlen(lines[0])});
    if (lines[1] != NULL)
        read_condition(lines[1], (CsPlace){source, 2, 1, (guint)strlen(lines[1])});
    if (lines[1] != NULL && lines[2] != NULL)
        read_key(lines[2]);
    return 0;
}
