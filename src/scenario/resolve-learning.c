/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario/resolve-learning: [learning]: the network, the codec, and each device's data. See
 * resolver.h.
 *
 * Without a network its keys are no settings unless they are given: nothing of a scenario changes
 * by what it does not use.
 */
#include "scenario/resolver.h"
#include "sim/learning-data.h"

#include <string.h>

static gboolean is_wanted(const CsResolver *r)
{
    const CsRaw *network = &r->table->fixed[CS_KEY_NETWORK];
    return cs_raw_given(network) && strcmp(network->text, "none") != 0;
}

/* φ: what the codec sends of a token of the model's smashed data over what there was to send. */
static void resolve_compression(CsResolver *r)
{
    const CsTyped *compression = &r->fixed[CS_KEY_COMPRESSION];
    const CsArchitecture *model = r->config->architecture;
    double number_bit = r->fixed[CS_KEY_ACTIVATION_PRECISION].number;
    if (!compression->valid || !compression->chosen || model == NULL || !(number_bit > 0))
        return;
    r->fixed[CS_KEY_COMPRESSION].number =
        cs_codec_token_bit(&r->config->learning.codec, model->hidden, number_bit) /
        (number_bit * model->hidden);
}

void cs_resolve_learning(CsResolver *r)
{
    gboolean wanted = is_wanted(r);
    for (CsKeyIndex i = CS_KEY_NETWORK; i <= CS_KEY_TARGET_LOSS; i++)
        if (wanted || cs_raw_given(&r->table->fixed[i]))
            cs_resolver_take_fixed(r, i, i);
        else
            r->fixed[i] = r->defaults[i];
    const CsTyped *codec = &r->fixed[CS_KEY_CODEC];
    r->config->learning.codec =
        (CsCodec){(CsCodecKind)codec->choice, (guint)codec->whole, codec->number};
    resolve_compression(r);
    const CsRaw *network = &r->table->fixed[CS_KEY_NETWORK];
    const char *digest = "";
    if (wanted && r->fixed[CS_KEY_NETWORK].valid)
        r->config->learning.network =
            cs_library_network(r->library, network, &digest, r->diagnostics);
    g_strlcpy(r->config->learning.digest, digest, sizeof r->config->learning.digest);
}

/* --- data ------------------------------------------------------------------------------------- */

/* What data come to, as far as a scenario and its files say. */
typedef struct {
    CsResolver *r;
    GString *mark;
    CsLearningPlaces places;
    gboolean failed;
} Reading;

/* The path of the file that `raw` names, transfer full; NULL for none, or for the dialects. */
static char *file_of(Reading *reading, const CsRaw *raw)
{
    CsResolver *r = reading->r;
    g_string_append_printf(reading->mark, "\n%s", cs_raw_given(raw) ? raw->text : "");
    if (!cs_raw_given(raw) || *raw->text == '\0' ||
        strcmp(raw->text, cs_key(CS_KEY_DATA)->fallback) == 0)
        return NULL;
    char *path = g_path_is_absolute(raw->text) || raw->directory == NULL
                     ? g_strdup(raw->text)
                     : g_build_filename(raw->directory, raw->text, NULL);
    const char *digest = cs_library_file_digest(r->library, path, raw->place, r->diagnostics);
    g_string_append_printf(reading->mark, " %s", digest != NULL ? digest : "");
    reading->failed |= digest == NULL;
    return path;
}

static void read_files(Reading *reading, CsPlace *places)
{
    CsResolver *r = reading->r;
    CsConfig *config = r->config;
    const CsRaw *fixed = r->table->fixed;
    g_string_append_printf(reading->mark, "%s", config->learning.digest);
    config->learning.data = file_of(reading, &fixed[CS_KEY_DATA]);
    config->learning.test_data = file_of(reading, &fixed[CS_KEY_TEST_DATA]);
    CsPlace common = cs_raw_place(&fixed[CS_KEY_DATA], fixed[CS_KEY_NETWORK].place);
    reading->places = (CsLearningPlaces){
        common, cs_raw_place(&fixed[CS_KEY_TEST_DATA], fixed[CS_KEY_NETWORK].place), places};
    for (guint i = 0; i < config->n_groups; i++) {
        guint index = g_array_index(r->group_devices, guint, i);
        const CsRaw *own = &r->devices[index].values[CS_KEY_DEVICE_DATA];
        g_string_append_printf(reading->mark, "\n%s %u", config->groups[i].name,
                               config->groups[i].count);
        config->groups[i].data = file_of(reading, own);
        places[i] = cs_raw_place(own, common);
    }
    g_autofree char *digest =
        g_compute_checksum_for_string(G_CHECKSUM_SHA256, reading->mark->str, -1);
    g_strlcpy(config->learning.digest, digest, sizeof config->learning.digest);
}

/* Whether every device has data, of tokens that the network knows: they are made once for all
 * points of a sweep that have the same. */
static void check_data(const Reading *reading)
{
    CsResolver *r = reading->r;
    const CsLearning *learning = &r->config->learning;
    g_autofree char *mark =
        g_strdup_printf("%s %u %u %u %a", learning->digest, learning->sequence_length,
                        learning->samples, learning->test_samples, learning->skew);
    if (cs_library_is_sound(r->library, mark))
        return;
    g_autoptr(CsData) data = cs_learning_data(r->config, 1, &reading->places, r->diagnostics);
    if (data != NULL)
        cs_library_note_sound(r->library, mark);
}

void cs_resolve_learning_data(CsResolver *r)
{
    const CsLearning *learning = &r->config->learning;
    guint64 devices = 0;
    for (guint i = 0; i < r->config->n_groups; i++)
        devices += r->config->groups[i].count;
    if (learning->network == NULL || learning->sequence_length == 0 || devices == 0 ||
        devices > CS_DEVICES_MAX)
        return;
    g_autofree CsPlace *places = g_new0(CsPlace, r->config->n_groups);
    g_autoptr(GString) mark = g_string_new(NULL);
    Reading reading = {.r = r, .mark = mark};
    read_files(&reading, places);
    if (!reading.failed)
        check_data(&reading);
}
