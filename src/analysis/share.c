/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/share: what rows have in common. See share.h. Layer: analysis. */
#include "analysis/share.h"

#include <string.h>

/* The keys that no row is named by and that tell points apart. A run is a point of its own. */
static GArray *other_keys(const CsStudy *study, const CsReport *report)
{
    GArray *keys = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint k = 0; k < cs_study_n_keys(study); k++) {
        gboolean named = FALSE;
        for (guint i = 0; i < report->n_keys; i++)
            named |= report->key[i] == k;
        if (named && strcmp(cs_study_key(study, k)->name, "run") == 0) {
            g_array_set_size(keys, 0);
            return keys;
        }
        if (!named && cs_study_key(study, k)->values->len > 1)
            g_array_append_val(keys, k);
    }
    return keys;
}

static char *combination_of(const CsStudy *study, guint point, const GArray *keys)
{
    GString *name = g_string_new(NULL);
    const guint *value = cs_study_point(study, point).value;
    for (guint i = 0; i < keys->len; i++)
        g_string_append_printf(name, "%u,", value[g_array_index(keys, guint, i)]);
    return g_string_free(name, FALSE);
}

/* In how many rows a combination is; a row that has it twice counts once. */
typedef struct {
    guint rows;
    guint last; /* the row, from 1, that was counted last */
} Presence;

/* Of each combination; only looked up. Transfer full. */
static GHashTable *count_rows(const CsStudy *study, const GPtrArray *members, const GArray *keys)
{
    GHashTable *known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint r = 0; r < members->len; r++) {
        const GArray *points = g_ptr_array_index(members, r);
        for (guint i = 0; i < points->len; i++) {
            char *name = combination_of(study, g_array_index(points, guint, i), keys);
            Presence *presence = g_hash_table_lookup(known, name);
            if (presence == NULL)
                g_hash_table_insert(known, name, presence = g_new0(Presence, 1));
            else
                g_free(name);
            presence->rows += presence->last != r + 1;
            presence->last = r + 1;
        }
    }
    return known;
}

static gboolean is_common(const CsStudy *study, guint point, const GArray *keys,
                          GHashTable *presence, guint n_rows)
{
    g_autofree char *name = combination_of(study, point, keys);
    return ((const Presence *)g_hash_table_lookup(presence, name))->rows == n_rows;
}

void cs_report_share(const CsStudy *study, CsReport *report, GPtrArray *members, gboolean all)
{
    g_autoptr(GArray) keys = other_keys(study, report);
    g_autoptr(GHashTable) presence = count_rows(study, members, keys);
    guint common = 0, uncommon = 0;
    for (guint r = 0; r < report->rows->len; r++) {
        CsReportRow *row = g_ptr_array_index(report->rows, r);
        const GArray *points = g_ptr_array_index(members, row->points);
        for (guint i = 0; i < points->len; i++) {
            gboolean shared =
                is_common(study, g_array_index(points, guint, i), keys, presence, members->len);
            row->uncommon |= !shared;
            common += shared;
            uncommon += !shared;
        }
    }
    report->disjoint = common == 0 && uncommon > 0;
    if (all || uncommon == 0 || common == 0)
        return;
    for (guint r = 0; r < report->rows->len; r++) {
        CsReportRow *row = g_ptr_array_index(report->rows, r);
        GArray *points = g_ptr_array_index(members, row->points);
        for (guint i = points->len; i-- > 0;)
            if (!is_common(study, g_array_index(points, guint, i), keys, presence, members->len))
                g_array_remove_index(points, i);
        row->uncommon = FALSE;
    }
    report->left_out = uncommon;
}
