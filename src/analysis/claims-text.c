/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/claims: the claims as CSV, as Markdown and for a terminal. See claims.h. */
#include "analysis/claims.h"

#include "base/console.h"
#include "text/rows.h"

#include <string.h>

#define TEXT_WIDTH 96

char *cs_claims_csv(const GPtrArray *claims)
{
    GString *csv = g_string_new("claim,figure,statement,verdict,quantity,state,device,unit,letter,"
                                "ours,half_width,n\n");
    for (guint i = 0; i < claims->len; i++) {
        const CsClaim *claim = g_ptr_array_index(claims, i);
        for (guint j = 0; j < claim->rows->len; j++) {
            const CsClaimRow *row = &g_array_index(claim->rows, CsClaimRow, j);
            g_string_append_printf(csv, "%u,%s,%s,%s,%s,%s,%s,%s", claim->number, claim->figure,
                                   claim->statement, cs_verdict_name(claim->verdict), row->quantity,
                                   row->state, row->device, row->unit);
            cs_csv_append_number(csv, row->letter);
            cs_csv_append_number(csv, row->ours.value);
            cs_csv_append_number(csv, row->ours.half_width);
            g_string_append_printf(csv, ",%" G_GUINT64_FORMAT "\n", row->ours.n);
        }
    }
    return g_string_free(csv, FALSE);
}

char *cs_claims_markdown(const GPtrArray *claims, const char *note)
{
    GString *text = g_string_new("| | letter | claim | letter's figure | simulated | verdict |\n"
                                 "|---|---|---|---|---|---|\n");
    for (guint i = 0; i < claims->len; i++) {
        const CsClaim *claim = g_ptr_array_index(claims, i);
        g_string_append_printf(text, "| %u | %s | %s | %s | %s | %s |\n", claim->number,
                               claim->figure, claim->statement, claim->letter, claim->ours,
                               cs_verdict_name(claim->verdict));
    }
    g_string_append(text, "\nHow each verdict follows:\n\n");
    for (guint i = 0; i < claims->len; i++) {
        const CsClaim *claim = g_ptr_array_index(claims, i);
        g_string_append_printf(text, "%u. %s.\n", claim->number, claim->rule);
    }
    if (note != NULL)
        g_string_append_printf(text, "\n%s\n", note);
    /* The asterisk of f* must not open an emphasis. */
    g_autofree char *plain = g_string_free(text, FALSE);
    g_auto(GStrv) parts = g_strsplit(plain, "f*", -1);
    return g_strjoinv("f\\*", parts);
}

char *cs_claims_text(const GPtrArray *claims, const char *note)
{
    GString *text = g_string_new("The letter's claims:\n");
    for (guint i = 0; i < claims->len; i++) {
        const CsClaim *claim = g_ptr_array_index(claims, i);
        g_autofree char *letter = g_strconcat("letter: ", claim->letter, NULL);
        g_autofree char *ours = g_strconcat("ours:   ", claim->ours, NULL);
        g_string_append_printf(text, "\n%u  %s: %s -- %s\n   ", claim->number, claim->figure,
                               claim->statement, cs_verdict_name(claim->verdict));
        cs_console_append_filled(text, letter, 3, TEXT_WIDTH);
        g_string_append(text, "   ");
        cs_console_append_filled(text, ours, 3, TEXT_WIDTH);
    }
    if (note != NULL) {
        g_string_append_c(text, '\n');
        cs_console_append_filled(text, note, 0, TEXT_WIDTH);
    }
    return g_string_free(text, FALSE);
}
