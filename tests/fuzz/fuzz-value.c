/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz-value: what stands on a command line: a quantity of every dimension, numbers, LoRA targets,
 * and -s KEY=VALUE over a small scenario, one a line.
 */
#include "base/number.h"
#include "base/units.h"
#include "fuzz.h"
#include "llm/profile.h"
#include "scenario/scenario.h"

#include <string.h>

#define OVERRIDES_MAX 8

static const char base[] = "[device a]\ndistance = 10 m\nfrequency = 1 GHz\ncores = 1024\n"
                           "[device b]\ninherits = a\ncount = 3\n";

/* A number reads back to the same double from its shortest form. */
static void check_number(const char *text, gsize length)
{
    double value, again;
    const char *rest;
    if (!cs_number_read(text, text + length, &value, &rest))
        return;
    char buffer[CS_NUMBER_MAX];
    gsize written = cs_number_format(buffer, value);
    g_assert(written < CS_NUMBER_MAX);
    g_assert(cs_number_read(buffer, buffer + written, &again, &rest) && rest == buffer + written);
    g_assert(memcmp(&value, &again, sizeof value) == 0);
}

static void check_quantities(const char *text, gsize length)
{
    for (CsDimension d = CS_DIMENSION_NONE; d < CS_DIMENSION_N; d++) {
        double value, again;
        gsize start, end;
        CsQuantityStatus status = cs_quantity_read(text, length, d, &value, &start, &end);
        if (status != CS_QUANTITY_OK) {
            g_assert(start <= end && end <= length);
            continue;
        }
        g_assert(isfinite(value));
        g_autofree char *shown = cs_quantity_format(value, d);
        g_assert(cs_quantity_read(shown, strlen(shown), d, &again, &start, &end) == CS_QUANTITY_OK);
        g_assert(fabs(again - value) <= 1e-12 * fabs(value) || fabs(value) < 1e-300);
    }
}

static void override(char **lines)
{
    g_autofree char *path = fuzz_write("base.ini", (const uint8_t *)base, strlen(base));
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsScenario) scenario =
        cs_scenario_read(path, (const char *const *)lines, fuzz_paths(), diagnostics);
    fuzz_check_diagnostics(diagnostics, scenario != NULL);
    if (scenario != NULL)
        g_free(cs_scenario_format(scenario, TRUE));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text =
        g_strndup((const char *)data, size); /* ends at a NUL, as arguments do */
    g_auto(GStrv) lines = g_strsplit(text, "\n", OVERRIDES_MAX);
    for (char **line = lines; *line != NULL; line++) {
        const char *equals = strchr(*line, '=');
        const char *value = equals != NULL ? equals + 1 : *line;
        check_number(value, strlen(value));
        check_quantities(value, strlen(value));
    }
    override(lines);
    return 0;
}
