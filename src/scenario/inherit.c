/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario/inherit: devices with what they inherit. See raw.h. Layer: scenario. */
#include "scenario/raw.h"

enum { NEW, OPEN, DONE };

typedef struct {
    const CsRawTable *table;
    CsRawDevice *devices; /* those marked DONE are whole */
    guint8 *marks;
    CsDiagnostics *diagnostics;
} Inheritance;

/* The device that `device` inherits from, -1 for none. */
static gint parent_of(Inheritance *in, CsRawDevice *device)
{
    const CsRaw *inherits = &device->values[CS_KEY_DEVICE_INHERITS];
    if (inherits->text == NULL || *inherits->text == '\0')
        return -1;
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(in->table->by_name, inherits->text));
    if (index == 0) {
        cs_raw_unknown_device(in->table, inherits->text, inherits->place, in->diagnostics);
        device->orphan = TRUE;
    }
    return (gint)index - 1;
}

static void told_cycle(Inheritance *in, const GArray *chain, gint first)
{
    g_autoptr(GString) names = g_string_new(NULL);
    gboolean inside = FALSE;
    gint last = g_array_index(chain, gint, chain->len - 1);
    for (guint i = 0; i < chain->len && names->len < 400; i++) {
        gint index = g_array_index(chain, gint, i);
        inside |= index == first;
        if (inside)
            g_string_append_printf(names, "%s -> ", in->devices[index].name);
    }
    g_string_append(names, in->devices[first].name);
    cs_diagnostics_error(in->diagnostics, in->devices[last].values[CS_KEY_DEVICE_INHERITS].place,
                         "take one 'inherits' out of the circle", "'inherits' goes in a circle: %s",
                         names->str);
}

static void take_over(CsRawDevice *device, const CsRawDevice *parent)
{
    device->orphan |= parent->orphan;
    for (guint i = 0; i < CS_KEY_N; i++)
        if (device->values[i].text == NULL && i != CS_KEY_DEVICE_COUNT &&
            i != CS_KEY_DEVICE_INHERITS)
            device->values[i] = parent->values[i];
}

/* Follows the chain from `index` to its end, then fills it in from there: no recursion, since the
 * chain may be as long as there are devices. */
static void inherit_one(Inheritance *in, gint index, GArray *chain)
{
    g_array_set_size(chain, 0);
    while (index >= 0 && in->marks[index] == NEW) {
        in->marks[index] = OPEN;
        g_array_append_val(chain, index);
        index = parent_of(in, &in->devices[index]);
    }
    if (index >= 0 && in->marks[index] == OPEN) {
        told_cycle(in, chain, index);
        in->devices[g_array_index(chain, gint, chain->len - 1)].orphan = TRUE;
        index = -1;
    }
    for (guint i = chain->len; i-- > 0;) {
        gint heir = g_array_index(chain, gint, i);
        if (index >= 0)
            take_over(&in->devices[heir], &in->devices[index]);
        in->marks[heir] = DONE;
        index = heir;
    }
}

CsRawDevice *cs_raw_inherit(const CsRawTable *table, CsDiagnostics *diagnostics)
{
    guint n = table->devices->len;
    g_autofree guint8 *marks = g_new0(guint8, n + 1);
    Inheritance in = {table, g_memdup2(table->devices->data, n * sizeof(CsRawDevice)), marks,
                      diagnostics};
    g_autoptr(GArray) chain = g_array_new(FALSE, FALSE, sizeof(gint));
    for (guint i = 0; i < n; i++)
        inherit_one(&in, (gint)i, chain);
    return in.devices;
}
