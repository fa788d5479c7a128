/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/data: see the header. */
#include "learning/data.h"

#include "learning/dialects.h"
#include "learning/draws.h"
#include "learning/tokens.h"

#include <math.h>

#define TEST_SHARE 10   /* one sample of so many is held out */
#define SHUFFLE_STEPS 6 /* rounds of the Feistel network */

typedef struct {
    GArray *samples; /* of gsize: where each begins */
    CsRandomKey order;
    double share[CS_DIALECTS_N];
    gboolean dialects;
} Device;

struct CsData {
    GArray *tokens; /* of guint16 */
    GArray *test;   /* of gsize */
    guint length;
    Device *device;
    guint n_devices;
    double floor;
};

/* What is being made, of what. */
typedef struct {
    CsData *data;
    const CsDataSettings *settings;
    CsDiagnostics *diagnostics;
    CsDialects *dialects; /* NULL until needed */
} Making;

static CsRandomKey key_of(const CsDataSettings *settings, const char *name, CsPurpose purpose)
{
    return cs_random_key(settings->seed, settings->replication, cs_entity_hash(name), purpose);
}

/* --- files ------------------------------------------------------------------------------- */

/* Reads files and adds where their samples begin to `samples`. */
static gboolean read_samples(Making *making, const CsDataFile *files, guint n, GArray *samples)
{
    GArray *tokens = making->data->tokens;
    gsize length = making->settings->length;
    gboolean good = TRUE;
    for (guint i = 0; i < n; i++) {
        gsize begin = tokens->len;
        if (!cs_tokens_append(tokens, files[i].path, files[i].name, making->settings->vocabulary,
                              files[i].place, making->diagnostics)) {
            good = FALSE;
            continue;
        }
        if (tokens->len - begin <= length) {
            cs_diagnostics_error(making->diagnostics, files[i].place, NULL,
                                 "'%s' holds %" G_GSIZE_FORMAT
                                 " tokens; a sequence reads %" G_GSIZE_FORMAT,
                                 files[i].name, tokens->len - begin, length + 1);
            good = FALSE;
        }
        for (gsize at = begin; at + length < tokens->len; at += length)
            g_array_append_val(samples, at);
    }
    return good;
}

/* Moves the last tenth of the samples to the test. */
static void hold_out(Making *making, GArray *samples)
{
    guint kept = samples->len - (samples->len + TEST_SHARE - 1) / TEST_SHARE;
    if (making->settings->n_test_files > 0)
        return;
    g_array_append_vals(making->data->test, &g_array_index(samples, gsize, kept),
                        samples->len - kept);
    g_array_set_size(samples, kept);
}

static gboolean no_data(const Making *making, guint device, const char *why)
{
    const CsDataDevice *from = &making->settings->devices[device];
    return cs_diagnostics_error(making->diagnostics, from->place, NULL,
                                "device '%s' has no data: %s", from->name, why);
}

/* Whether what is made up is less than takes a second. */
static gboolean too_many(const Making *making)
{
    const CsDataSettings *settings = making->settings;
    double sequences = settings->n_test_files == 0 ? settings->test_samples : 0;
    for (guint i = 0; i < settings->n_devices; i++)
        sequences += settings->devices[i].n_files == 0 ? settings->devices[i].samples : 0;
    double tokens = sequences * ((double)settings->length + 1);
    if (tokens <= CS_DATA_TOKENS_MAX)
        return FALSE;
    cs_diagnostics_error(making->diagnostics, settings->devices[0].place,
                         "ask for fewer or shorter samples, or name files",
                         "the dialects of all devices and of the test come to %.3g tokens, more "
                         "than %d",
                         tokens, CS_DATA_TOKENS_MAX);
    return TRUE;
}

static gboolean too_few(const Making *making, guint device, guint64 asked, guint64 left)
{
    const CsDataDevice *to = &making->settings->devices[device];
    return cs_diagnostics_error(making->diagnostics, to->place, NULL,
                                "device '%s' asks for %" G_GUINT64_FORMAT
                                " samples of %u positions; %" G_GUINT64_FORMAT " are left",
                                to->name, asked, making->settings->length, left);
}

/* n samples of `from`, beginning at `first`. */
static gboolean give(const Making *making, guint device, const GArray *from, guint first, guint n)
{
    if (n > from->len - first)
        return too_few(making, device, n, from->len - first);
    if (n == 0)
        return no_data(making, device, "its files leave no sample to train on");
    g_array_append_vals(making->data->device[device].samples, &g_array_index(from, gsize, first),
                        n);
    return TRUE;
}

static gboolean read_own_files(Making *making)
{
    const CsDataSettings *settings = making->settings;
    gboolean good = TRUE;
    for (guint i = 0; i < settings->n_devices; i++) {
        const CsDataDevice *from = &settings->devices[i];
        g_autoptr(GArray) samples = g_array_new(FALSE, FALSE, sizeof(gsize));
        if (from->n_files == 0)
            continue;
        if (!read_samples(making, from->files, from->n_files, samples)) {
            good = FALSE;
            continue;
        }
        hold_out(making, samples);
        good &= give(making, i, samples, 0, from->samples > 0 ? from->samples : samples->len);
    }
    return good;
}

static gboolean deal_common_files(Making *making)
{
    const CsDataSettings *settings = making->settings;
    g_autoptr(GArray) samples = g_array_new(FALSE, FALSE, sizeof(gsize));
    if (!read_samples(making, settings->files, settings->n_files, samples))
        return FALSE;
    hold_out(making, samples);
    guint64 asked = 0, open = 0, before = 0;
    for (guint i = 0; i < settings->n_devices; i++) {
        const CsDataDevice *device = &settings->devices[i];
        if (device->n_files > 0)
            continue;
        if (asked + device->samples > samples->len)
            return too_few(making, i, device->samples, samples->len - asked);
        asked += device->samples;
        open += device->samples == 0;
    }
    guint64 rest = samples->len - asked;
    guint first = 0;
    for (guint i = 0; i < settings->n_devices; i++) {
        guint n = settings->devices[i].samples;
        if (settings->devices[i].n_files > 0)
            continue;
        if (n == 0) {
            n = (guint)((before + 1) * rest / open - before * rest / open);
            before++;
        }
        if (!give(making, i, samples, first, n))
            return FALSE;
        first += n;
    }
    return TRUE;
}

/* --- dialects ------------------------------------------------------------------------------ */

static guint pick(const double *share, double uniform)
{
    guint i = 0;
    for (double sum = share[0]; i + 1 < CS_DIALECTS_N && sum < uniform; sum += share[i])
        i++;
    return i;
}

/* Adds a sequence to the tokens and its place to `samples`. */
static void write_sample(Making *making, guint dialect, CsRandomKey text, guint64 number,
                         GArray *samples)
{
    GArray *tokens = making->data->tokens;
    gsize at = tokens->len, length = making->settings->length + (gsize)1;
    g_array_set_size(tokens, (guint)(at + length));
    cs_dialects_write(making->dialects, (gint)dialect, text, number,
                      &g_array_index(tokens, guint16, at), length);
    g_array_append_val(samples, at);
}

static void write_device(Making *making, guint index)
{
    const CsDataSettings *settings = making->settings;
    const CsDataDevice *from = &settings->devices[index];
    Device *device = &making->data->device[index];
    CsRandomKey text = key_of(settings, from->name, CS_PURPOSE_TEXT);
    CsRandomKey which = key_of(settings, from->name, CS_PURPOSE_DIALECT);
    device->dialects = TRUE;
    cs_draw_dirichlet(key_of(settings, from->name, CS_PURPOSE_SHARES), settings->skew,
                      device->share, CS_DIALECTS_N);
    for (guint i = 0; i < from->samples; i++)
        write_sample(making, pick(device->share, cs_random_uniform(which, i, 0)), text, i,
                     device->samples);
}

/* Test samples in the shares of all devices together. */
static void write_test(Making *making)
{
    const CsDataSettings *settings = making->settings;
    CsData *data = making->data;
    double share[CS_DIALECTS_N] = {0}, all = 0.0;
    for (guint i = 0; i < data->n_devices; i++)
        for (guint k = 0; k < CS_DIALECTS_N && data->device[i].dialects; k++) {
            share[k] += data->device[i].share[k] * data->device[i].samples->len;
            all += data->device[i].share[k] * data->device[i].samples->len;
        }
    for (guint k = 0; k < CS_DIALECTS_N; k++)
        share[k] /= all;
    CsRandomKey text = key_of(settings, "", CS_PURPOSE_TEST);
    for (guint i = 0; i < settings->test_samples; i++)
        write_sample(making, pick(share, (i + 0.5) / settings->test_samples), text, i, data->test);
}

static gboolean write_dialects(Making *making)
{
    const CsDataSettings *settings = making->settings;
    gboolean good = TRUE, any = FALSE;
    for (guint i = 0; i < settings->n_devices; i++) {
        if (settings->devices[i].n_files > 0)
            continue;
        any = TRUE;
        if (settings->devices[i].samples == 0)
            good = no_data(making, i, "it has 0 samples");
        else if (settings->vocabulary < CS_DIALECT_VOCABULARY)
            good = no_data(making, i, "dialects are bytes, beyond the network's vocabulary");
    }
    if (!good || !any)
        return good;
    if (too_many(making))
        return FALSE;
    making->dialects = cs_dialects_new();
    for (guint i = 0; i < settings->n_devices; i++)
        if (settings->devices[i].n_files == 0)
            write_device(making, i);
    if (settings->n_test_files == 0)
        write_test(making);
    return TRUE;
}

/* --- all of it ------------------------------------------------------------------------------ */

static gboolean make(Making *making)
{
    const CsDataSettings *settings = making->settings;
    gboolean good = read_own_files(making);
    good &= settings->n_files > 0 ? deal_common_files(making) : write_dialects(making);
    if (settings->n_test_files > 0)
        good &=
            read_samples(making, settings->test_files, settings->n_test_files, making->data->test);
    return good;
}

CsData *cs_data_new(const CsDataSettings *settings, CsDiagnostics *diagnostics)
{
    g_autoptr(CsData) data = g_new0(CsData, 1);
    Making making = {data, settings, diagnostics, NULL};
    gboolean files = settings->n_files > 0 || settings->n_test_files > 0;
    data->tokens = g_array_new(FALSE, FALSE, sizeof(guint16));
    data->test = g_array_new(FALSE, FALSE, sizeof(gsize));
    data->length = settings->length;
    data->n_devices = settings->n_devices;
    data->device = g_new0(Device, settings->n_devices);
    for (guint i = 0; i < settings->n_devices; i++) {
        data->device[i].samples = g_array_new(FALSE, FALSE, sizeof(gsize));
        data->device[i].order = key_of(settings, settings->devices[i].name, CS_PURPOSE_BATCH);
        files |= settings->devices[i].n_files > 0;
    }
    gboolean good = make(&making);
    data->floor = good && !files ? cs_dialects_floor(making.dialects, data->length) : (double)NAN;
    cs_dialects_free(making.dialects);
    return good ? g_steal_pointer(&data) : NULL;
}

void cs_data_free(CsData *data)
{
    if (data == NULL)
        return;
    for (guint i = 0; i < data->n_devices; i++)
        g_array_unref(data->device[i].samples);
    g_array_unref(data->tokens);
    g_array_unref(data->test);
    g_free(data->device);
    g_free(data);
}

guint cs_data_devices(const CsData *data)
{
    return data->n_devices;
}

guint cs_data_samples(const CsData *data, guint device)
{
    return data->device[device].samples->len;
}

const double *cs_data_shares(const CsData *data, guint device)
{
    return data->device[device].dialects ? data->device[device].share : NULL;
}

double cs_data_floor(const CsData *data)
{
    return data->floor;
}

/*
 * Where item i of 0 .. n-1 goes in shuffle `pass`: a Feistel network over the least even number of
 * bits that holds n, taken again until the result is below n. One-to-one, without a table.
 */
static guint shuffled(CsRandomKey key, guint64 pass, guint i, guint n)
{
    guint half = (g_bit_storage(MAX(n, 2) - 1) + 1) / 2;
    guint32 mask = ((guint32)1 << half) - 1, left, right;
    do {
        left = i >> half;
        right = i & mask;
        for (guint step = 0; step < SHUFFLE_STEPS; step++) {
            guint32 word[4];
            cs_philox((guint32[]){right, step, (guint32)pass, (guint32)(pass >> 32)}, key.word,
                      word);
            guint32 next = left ^ (word[0] & mask);
            left = right;
            right = next;
        }
        i = left << half | right;
    } while (i >= n);
    return i;
}

CsBatch cs_data_batch(const CsData *data, guint device, guint64 round, guint step, guint n_steps,
                      guint n, gsize *offsets)
{
    const Device *from = &data->device[device];
    guint all = from->samples->len;
    guint64 first = ((round - 1) * n_steps + step) * n;
    for (guint i = 0; i < n; i++) {
        guint64 at = first + i;
        guint sample = shuffled(from->order, at / all, (guint)(at % all), all);
        offsets[i] = g_array_index(from->samples, gsize, sample);
    }
    return (CsBatch){(const guint16 *)(void *)data->tokens->data, offsets, n, data->length};
}

CsBatch cs_data_test(const CsData *data)
{
    return (CsBatch){(const guint16 *)(void *)data->tokens->data,
                     (const gsize *)(void *)data->test->data, data->test->len, data->length};
}
