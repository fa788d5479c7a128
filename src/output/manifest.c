/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output/manifest: manifest.json. See manifest.h. */
#include "output/manifest.h"

#include "base/version.h"
#include "policy/plugin.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define FORMAT_VERSION 1
#define DEPTH_MAX 16
#define WORD_MAX 64 /* characters of a number, true, false or null */

static void add_text(JsonBuilder *builder, const char *member, const char *text)
{
    json_builder_set_member_name(builder, member);
    json_builder_add_string_value(builder, text);
}

/* JSON readers agree on whole numbers only as far as int64. */
static void add_whole(JsonBuilder *builder, const char *member, guint64 value)
{
    json_builder_set_member_name(builder, member);
    if (value <= G_MAXINT64) {
        json_builder_add_int_value(builder, (gint64)value);
    } else {
        g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, value);
        json_builder_add_string_value(builder, text);
    }
}

static void add_texts(JsonBuilder *builder, const char *member, const char *const *texts)
{
    json_builder_set_member_name(builder, member);
    json_builder_begin_array(builder);
    for (; texts != NULL && *texts != NULL; texts++)
        json_builder_add_string_value(builder, *texts);
    json_builder_end_array(builder);
}

/* Triples of group, key and value, those of a group together. */
static void add_settings(JsonBuilder *builder, const char *const *settings)
{
    const char *group = NULL;
    json_builder_set_member_name(builder, "settings");
    json_builder_begin_object(builder);
    for (; settings != NULL && settings[0] != NULL; settings += 3) {
        if (group == NULL || strcmp(group, settings[0]) != 0) {
            if (group != NULL)
                json_builder_end_object(builder);
            group = settings[0];
            json_builder_set_member_name(builder, group);
            json_builder_begin_object(builder);
        }
        add_text(builder, settings[1], settings[2]);
    }
    if (group != NULL)
        json_builder_end_object(builder);
    json_builder_end_object(builder);
}

/* The plugins that were loaded, by their policies' names and their files' hashes; nothing where
 * there are none. */
static void add_plugins(JsonBuilder *builder, const CsPolicySet *policies)
{
    guint n = 0;
    const CsPolicy *const *list = policies != NULL ? cs_policy_set_list(policies, &n) : NULL;
    gboolean any = FALSE;
    for (guint i = 0; i < n; i++) {
        if (list[i]->plugin == NULL)
            continue;
        if (!any) {
            json_builder_set_member_name(builder, "plugins");
            json_builder_begin_object(builder);
        }
        any = TRUE;
        add_text(builder, list[i]->name, cs_plugin_hash(list[i]->plugin));
    }
    if (any)
        json_builder_end_object(builder);
}

static void add_files(JsonBuilder *builder, const char *const *files)
{
    json_builder_set_member_name(builder, "files");
    json_builder_begin_object(builder);
    for (; files[0] != NULL; files += 2)
        add_text(builder, files[0], files[1]);
    json_builder_end_object(builder);
}

/* Transfer full. */
static char *format_root(JsonNode *root)
{
    g_autoptr(JsonGenerator) generator = json_generator_new();
    json_generator_set_root(generator, root);
    json_generator_set_pretty(generator, TRUE);
    json_generator_set_indent(generator, 2);
    g_autofree char *text = json_generator_to_data(generator, NULL);
    return g_strconcat(text, "\n", NULL);
}

char *cs_manifest_format(const CsConfig *config, guint64 replications, const char *scenario_text,
                         const char *const *settings, const char *const *assumptions,
                         const char *digest, const char *const *files)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    add_whole(builder, "format", FORMAT_VERSION);
    add_text(builder, "program", "cardsim");
    json_builder_set_member_name(builder, "build");
    json_builder_begin_object(builder);
    add_text(builder, "version", cs_version());
    add_text(builder, "sources", cs_source_hash());
    add_text(builder, "compiler", cs_compiler());
    json_builder_end_object(builder);
    if (config->title != NULL)
        add_text(builder, "title", config->title);
    add_whole(builder, "seed", config->seed);
    add_whole(builder, "replications", replications);
    add_plugins(builder, config->policies);
    add_texts(builder, "assumptions", assumptions);
    add_settings(builder, settings);
    add_text(builder, "scenario", scenario_text);
    if (digest != NULL)
        add_text(builder, "inputs", digest);
    if (files != NULL)
        add_files(builder, files);
    json_builder_end_object(builder);

    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    return format_root(root);
}

/* --- reading back ------------------------------------------------------------------------------
 */

/* The parser calls itself at every bracket, and a number of a million digits takes it hours: a
 * stranger's file must do neither. */
static gboolean is_hostile(const char *text, gsize length)
{
    guint depth = 0, word = 0;
    gboolean quoted = FALSE;
    for (gsize i = 0; i < length; i++) {
        if (quoted && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && (text[i] == '{' || text[i] == '['))
            depth++;
        else if (!quoted && (text[i] == '}' || text[i] == ']') && depth > 0)
            depth--;
        word = quoted || strchr(" \t\r\n,:{}[]\"", text[i]) != NULL ? 0 : word + 1;
        if (depth > DEPTH_MAX || word > WORD_MAX)
            return TRUE;
    }
    return FALSE;
}

/* The text of a member, or NULL. Borrowed. */
static const char *text_member(JsonObject *object, const char *member)
{
    JsonNode *node = json_object_get_member(object, member);
    return node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
}

JsonNode *cs_manifest_parse(const char *text, gsize length)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    if (is_hostile(text, length) || !json_parser_load_from_data(parser, text, (gssize)length, NULL))
        return NULL;
    g_autoptr(JsonNode) root = json_parser_steal_root(parser);
    return root != NULL && JSON_NODE_HOLDS_OBJECT(root) ? g_steal_pointer(&root) : NULL;
}

gboolean cs_manifest_is_ours(const char *text, gsize length)
{
    g_autoptr(JsonNode) root = cs_manifest_parse(text, length);
    return root != NULL &&
           g_strcmp0(text_member(json_node_get_object(root), "program"), "cardsim") == 0;
}

/* A member of an object within the manifest, or of the manifest itself where `object` is NULL. */
static char *copy_member(JsonObject *manifest, const char *object, const char *member)
{
    JsonNode *node = object != NULL ? json_object_get_member(manifest, object) : NULL;
    if (object != NULL && (node == NULL || !JSON_NODE_HOLDS_OBJECT(node)))
        return NULL;
    return g_strdup(text_member(object != NULL ? json_node_get_object(node) : manifest, member));
}

gboolean cs_manifest_read_origin(const char *text, CsManifestOrigin *origin)
{
    *origin = (CsManifestOrigin){NULL, NULL, NULL, FALSE};
    g_autoptr(JsonNode) root = cs_manifest_parse(text, strlen(text));
    if (root == NULL)
        return FALSE;
    JsonObject *manifest = json_node_get_object(root);
    g_autofree char *version = copy_member(manifest, "build", "version");
    g_autofree char *sources = copy_member(manifest, "build", "sources");
    g_autofree char *compiler = copy_member(manifest, "build", "compiler");
    origin->scenario = copy_member(manifest, NULL, "scenario");
    origin->inputs = copy_member(manifest, NULL, "inputs");
    origin->build = g_strdup_printf("cardsim %s, sources %s, %s", version, sources, compiler);
    origin->this_build = g_strcmp0(version, cs_version()) == 0 &&
                         g_strcmp0(sources, cs_source_hash()) == 0 &&
                         g_strcmp0(compiler, cs_compiler()) == 0;
    return origin->scenario != NULL;
}

void cs_manifest_origin_clear(CsManifestOrigin *origin)
{
    g_clear_pointer(&origin->build, g_free);
    g_clear_pointer(&origin->scenario, g_free);
    g_clear_pointer(&origin->inputs, g_free);
}

char **cs_manifest_files(const char *text, gsize length)
{
    g_autoptr(JsonNode) root = cs_manifest_parse(text, length);
    if (root == NULL)
        return NULL;
    JsonObject *manifest = json_node_get_object(root);
    JsonNode *files = json_object_get_member(manifest, "files");
    if (g_strcmp0(text_member(manifest, "program"), "cardsim") != 0 || files == NULL ||
        !JSON_NODE_HOLDS_OBJECT(files))
        return NULL;
    g_autoptr(GStrvBuilder) pairs = g_strv_builder_new();
    g_autoptr(GList) names = json_object_get_members(json_node_get_object(files));
    for (GList *name = names; name != NULL; name = name->next) {
        const char *digest = text_member(json_node_get_object(files), name->data);
        if (digest == NULL)
            continue;
        g_strv_builder_add(pairs, name->data);
        g_strv_builder_add(pairs, digest);
    }
    return g_strv_builder_end(pairs);
}

char *cs_manifest_with_files(const char *manifest, const char *const *files)
{
    g_autoptr(JsonNode) root = cs_manifest_parse(manifest, strlen(manifest));
    if (root == NULL)
        return g_strdup(manifest); /* of another format, and kept as it is */
    JsonObject *listed = json_object_new();
    for (; files[0] != NULL; files += 2)
        json_object_set_string_member(listed, files[0], files[1]);
    json_object_set_object_member(json_node_get_object(root), "files", listed);
    return format_root(root);
}

char *cs_manifest_with_exact(const char *manifest)
{
    g_autoptr(JsonNode) root = cs_manifest_parse(manifest, strlen(manifest));
    json_object_set_boolean_member(json_node_get_object(root), "exact", TRUE);
    return format_root(root);
}

/* --- assumptions ------------------------------------------------------------------------------ */

static const char *const always[] = {
    "The embedding is a look-up: it costs no FLOPs and has no adapters.",
    "Labels and the cut index take no air time.",
    "Norms, softmax, loss and optimizer cost no FLOPs.",
    "Base weights are frozen: their backward pass computes input gradients only.",
    "Loss and accuracy are not simulated: the cut does not change what is learned.",
    "Device, server and radio do not work at the same time for one device.",
    NULL,
};

typedef struct {
    guint device_energy, receive_energy, circuit, by_throughput, shared, fading_twice, repetition,
        floor;
} GroupCounts;

static GroupCounts count_groups(const CsConfig *config)
{
    GroupCounts count = {0};
    for (guint i = 0; i < config->n_groups; i++) {
        const CsDeviceGroup *group = &config->groups[i];
        gboolean by_cqi = group->radio.rate == CS_RATE_CQI || group->radio.rate == CS_RATE_MCS;
        if (group->count == 0)
            continue;
        count.device_energy += isnan(cs_group_power_w(group)) != 0;
        count.receive_energy += isnan(group->rx_power_w) && !group->radio_power.receives;
        count.circuit += group->tx_circuit_power_w > 0;
        count.by_throughput += group->radio_power.sends || group->radio_power.receives;
        count.shared += group->radio.sharing != CS_SHARING_DEDICATED;
        count.fading_twice +=
            group->radio.thresholds.averages_fading && group->radio.fading.kind != CS_FADING_NONE;
        count.repetition += by_cqi && group->radio.outage == CS_OUTAGE_REPEAT;
        count.floor += by_cqi && group->radio.outage == CS_OUTAGE_FLOOR;
    }
    return count;
}

static void add(GPtrArray *sentences, gboolean holds, const char *sentence)
{
    if (holds)
        g_ptr_array_add(sentences, g_strdup(sentence));
}

char **cs_assumptions(const CsConfig *config)
{
    GPtrArray *s = g_ptr_array_new();
    GroupCounts count = count_groups(config);
    gboolean sequential = config->schedule == CS_SCHEDULE_SEQUENTIAL;
    for (guint i = 0; always[i] != NULL; i++)
        add(s, TRUE, always[i]);
    add(s, cs_training_head_on_server(&config->training),
        "The LM head works on the server, forward and backward.");
    add(s, cs_training_head_on_device(&config->training),
        "The LM head works on the device, forward and backward.");
    add(s, config->training.head == CS_HEAD_NONE, "The LM head's work is not counted.");
    add(s, config->training.part.whole,
        "The device trains the whole model; adapters go up and down, and averaging them costs "
        "nothing.");
    add(s, config->training.part.frozen,
        "The device's layers are frozen: smashed data go up, and nothing comes down.");
    add(s, config->training.causal, "Attention is counted causally.");
    add(s, !config->training.causal, "Attention is counted in full, the masked half included.");
    add(s, sequential,
        "The server works with one device after the other; waiting for one's turn is not counted.");
    add(s, config->schedule == CS_SCHEDULE_CLUSTERS,
        "The devices of a cluster train at once, one cluster after the other.");
    add(s, config->schedule == CS_SCHEDULE_PARALLEL && count.shared == 0,
        "All devices train at once, each with its full bandwidth in both directions.");
    add(s, config->schedule == CS_SCHEDULE_PARALLEL && count.shared > 0,
        "All devices train at once.");
    add(s, count.shared > 0,
        "Transfers under way in a direction share the bandwidth where it is the cell's.");
    add(s, count.repetition > 0,
        "Below CQI 1 the CQI 1 format is repeated with ideal chase combining, up to the maximum.");
    add(s, count.floor > 0, "Below CQI 1 a link keeps the rate of CQI 1.");
    add(s, count.fading_twice > 0,
        "SNR thresholds that already average over fading are used although fading is drawn too.");
    add(s, count.device_energy > 0,
        "Device computing energy is not modelled where a device has no power figure.");
    add(s, count.receive_energy > 0,
        "Device receiving energy is not modelled where a device has no power figure.");
    add(s, count.circuit == 0, "Transmit energy is the radiated power times the time on air.");
    add(s, count.circuit > 0,
        "Transmit energy is the radiated power times the time on air, and a device's circuit power "
        "where it has a figure.");
    add(s, count.by_throughput > 0,
        "Where a device's radio power goes by throughput, it is what was measured of a whole "
        "phone.");
    g_ptr_array_add(s, NULL);
    return (char **)g_ptr_array_free(s, FALSE);
}
