/* SPDX-License-Identifier: GPL-3.0-or-later */
/* policy/plugin: a shared object, checked, opened and called. See plugin.h. Layer: policy. */
#include "policy/plugin.h"

#include "base/fail.h"
#include "cardsim-policy.h"

#include <gmodule.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#ifdef __linux__
#include <elf.h>
#include <link.h>
#endif

#define ENTRY_POINT "cardsim_policy_plugin"
#define NAME_MAX_LENGTH 63
#define STATE_MAX (1 << 20)
#define STATE_ALIGNMENT 16 /* of max_align_t, and of what g_malloc() returns */

struct CsPlugin {
    GModule *module;
    CardsimPolicyPlugin own; /* a copy of what the file says */
    CsPolicy policy;
    char *name;
    char *summary;
    char *hash;
};

/* --- calling ---------------------------------------------------------------------------------- */

/* What decide() sees, and behind it what its uniform() needs. */
typedef struct {
    CardsimPolicyRound round;
    CsRandomKey key;
} Seen;

static double uniform(const CardsimPolicyRound *round, guint32 k)
{
    const Seen *seen = (const Seen *)round;
    double pair[2];
    cs_random_pair(seen->key, round->round, 0, k / 2, pair);
    return pair[k % 2];
}

static Seen see(const CsPolicySettings *settings, const CsRoundState *round)
{
    const CsCostTable *cost = round->cost;
    return (Seen){
        .round = {.size = sizeof(CardsimPolicyRound),
                  .n_cuts = cost->n_cuts,
                  .cut_max = cost->cut_max,
                  .cut = settings->cut,
                  .round = round->round,
                  .weight = settings->weight,
                  .frequency_hz = cs_policy_frequency(settings, round, 0),
                  .device_s = cost->device_s,
                  .server_cycle = cost->server_cycle,
                  .air_bit = cost->air_bit,
                  .power_coefficient = cost->power_coefficient,
                  .frequency_min_hz = cost->frequency_min_hz,
                  .frequency_max_hz = cost->frequency_max_hz,
                  .uplink_bps = round->uplink_bps,
                  .downlink_bps = round->downlink_bps,
                  .delay_min_s = round->corners.delay_min_s,
                  .delay_max_s = round->corners.delay_max_s,
                  .energy_min_j = round->corners.energy_min_j,
                  .energy_max_j = round->corners.energy_max_j,
                  .uniform = uniform,
                  .delay_limit_s = settings->delay_limit_s,
                  .energy_budget_j = settings->energy_budget_j,
                  .tradeoff = settings->tradeoff,
                  .devices = round->load.devices,
                  .gpus = round->load.gpus,
                  .server_share = round->load.server_share,
                  .uplink_share = round->load.uplink_share,
                  .downlink_share = round->load.downlink_share,
                  .cut_min = cost->cut_min},
        .key = round->key,
    };
}

static CsDecision decide(const CsPolicySettings *settings, const CsRoundState *round,
                         gpointer state)
{
    Seen seen = see(settings, round);
    CardsimPolicyDecision decision = settings->plugin->own.decide(&seen.round, state);
    return (CsDecision){.cut = decision.cut, .frequency_hz = decision.frequency_hz};
}

/* What decide_crowd() sees, and behind it what its rollout() needs. */
typedef struct {
    CardsimPolicyCrowd crowd;
    const CsCrowd *of;
    CsDecision *decision; /* room for one each */
} SeenCrowd;

static double rollout(const CardsimPolicyCrowd *crowd, const CardsimPolicyDecision *decisions,
                      double *delay_s)
{
    const SeenCrowd *seen = (const SeenCrowd *)crowd;
    for (guint i = 0; i < crowd->n; i++) {
        seen->decision[i] = (CsDecision){decisions[i].cut, decisions[i].frequency_hz};
        const CsCostTable *cost = seen->of->round[i].cost;
        if (decisions[i].cut < cost->cut_min || decisions[i].cut > cost->cut_max ||
            !(decisions[i].frequency_hz >= cost->frequency_min_hz &&
              decisions[i].frequency_hz <= cost->frequency_max_hz))
            return INFINITY;
    }
    return seen->of->rollout(seen->of->context, seen->decision, delay_s);
}

static void decide_crowd(const CsPolicySettings *settings, const CsCrowd *crowd,
                         CsDecision *decisions)
{
    g_autofree Seen *seen = g_new(Seen, crowd->n);
    g_autofree const CardsimPolicyRound **round = g_new(const CardsimPolicyRound *, crowd->n);
    g_autofree CardsimPolicyDecision *decided = g_new0(CardsimPolicyDecision, crowd->n);
    for (guint i = 0; i < crowd->n; i++) {
        seen[i] = see(settings, &crowd->round[i]);
        round[i] = &seen[i].round;
    }
    SeenCrowd all = {.crowd = {.size = sizeof(CardsimPolicyCrowd),
                               .n = crowd->n,
                               .effort = crowd->effort,
                               .round = round,
                               .state = crowd->memory,
                               .rollout = rollout},
                     .of = crowd,
                     .decision = decisions};
    settings->plugin->own.decide_crowd(&all.crowd, decided);
    for (guint i = 0; i < crowd->n; i++)
        decisions[i] = (CsDecision){decided[i].cut, decided[i].frequency_hz};
}

/* --- checking --------------------------------------------------------------------------------- */

static gboolean refuse(GError **error, const char *path, const char *reason)
{
    return cs_fail(error, CS_POLICY_ERROR, CS_POLICY_ERROR_PLUGIN, "plugin '%s': %s", path, reason);
}

#ifdef __linux__
/*
 * The dynamic loader maps what the program headers say: of a file that is cut short it would touch
 * pages that are not there, which ends the program. Everything else that is wrong it tells itself.
 */
static gboolean is_whole_elf(const char *path, const char *bytes, gsize length, GError **error)
{
    ElfW(Ehdr) head;
    if (length < sizeof head || memcmp(bytes, ELFMAG, SELFMAG) != 0)
        return refuse(error, path, "it is not a shared object (no ELF file)");
    memcpy(&head, bytes, sizeof head);
    if (head.e_ident[EI_CLASS] != (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32))
        return refuse(error, path, "it is made for another kind of machine");
    if (head.e_type != ET_DYN)
        return refuse(error, path, "it is not a shared object (build it with -shared -fPIC)");
    if (head.e_phentsize != sizeof(ElfW(Phdr)) || head.e_phnum == 0 || head.e_phoff > length ||
        head.e_phnum * sizeof(ElfW(Phdr)) > length - head.e_phoff)
        return refuse(error, path, "it is damaged or cut short");
    for (guint i = 0; i < head.e_phnum; i++) {
        ElfW(Phdr) part;
        memcpy(&part, bytes + head.e_phoff + i * sizeof part, sizeof part);
        if (part.p_type != PT_NULL &&
            (part.p_offset > length || part.p_filesz > length - part.p_offset))
            return refuse(error, path, "it is damaged or cut short");
    }
    return TRUE;
}
#else
static gboolean is_whole_elf(const char *path, const char *bytes, gsize length, GError **error)
{
    (void)bytes;
    return length > 0 || refuse(error, path, "it is empty");
}
#endif

static gboolean is_name(const char *name)
{
    if (!g_ascii_islower(name[0]) || strlen(name) > NAME_MAX_LENGTH)
        return FALSE;
    for (const char *p = name; *p != '\0'; p++)
        if (!g_ascii_islower(*p) && !g_ascii_isdigit(*p) && *p != '-')
            return FALSE;
    return TRUE;
}

/* A description's size: version 1 ends before decide_crowd(). */
static gsize size_of(guint32 abi)
{
    return abi == 1 ? offsetof(CardsimPolicyPlugin, decide_crowd) : sizeof(CardsimPolicyPlugin);
}

/* Whether what the file says of itself fits this program; texts are looked at last. */
static gboolean is_sound(const char *path, const CardsimPolicyPlugin *own, GError **error)
{
    if (own->magic != CARDSIM_POLICY_MAGIC)
        return refuse(error, path, ENTRY_POINT "() does not return a cardsim policy");
    if (own->abi != CARDSIM_POLICY_ABI && own->abi != 1) {
        g_autofree char *reason =
            g_strdup_printf("it is made for version %u of the policy interface, and this program "
                            "has version %u: build it again",
                            own->abi, CARDSIM_POLICY_ABI);
        return refuse(error, path, reason);
    }
    if (own->size != size_of(own->abi) || own->decision_size != sizeof(CardsimPolicyDecision) ||
        own->round_size > sizeof(CardsimPolicyRound))
        return refuse(error, path,
                      "its structures have other sizes than this program's: build it again with "
                      "this program's cardsim-policy.h");
    if (own->name == NULL || own->summary == NULL || own->decide == NULL)
        return refuse(error, path, "it lacks a name, a summary or decide()");
    if (!is_name(own->name))
        return refuse(error, path,
                      "its policy's name is not made of a-z, 0-9 and '-', a letter first, 63 at "
                      "most");
    if (!g_utf8_validate(own->summary, -1, NULL) || strpbrk(own->summary, "\r\n") != NULL)
        return refuse(error, path, "its policy's summary is not one line of UTF-8");
    if (own->state_size > STATE_MAX)
        return refuse(error, path, "it wants more than 1 MiB of state for each device");
    return TRUE;
}

/* --- opening ---------------------------------------------------------------------------------- */

/* The file's hash, if it can be one of a shared object; NULL with an error. Transfer full. */
static char *examine(const char *path, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autofree char *bytes = NULL;
    gsize length;
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        refuse(error, path, "there is no such file");
        return NULL;
    }
    if (!g_file_get_contents(path, &bytes, &length, &why)) {
        refuse(error, path, why->message);
        return NULL;
    }
    if (!is_whole_elf(path, bytes, length, error))
        return NULL;
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, length);
}

static gboolean ask(CsPlugin *plugin, const char *path, GError **error)
{
    gpointer symbol;
    const CardsimPolicyPlugin *(*entry)(void);
    if (!g_module_symbol(plugin->module, ENTRY_POINT, &symbol) || symbol == NULL)
        return refuse(error, path, "it has no function " ENTRY_POINT "()");
    memcpy(&entry, &symbol, sizeof entry); /* POSIX: a symbol may be a function */
    const CardsimPolicyPlugin *own = entry();
    if (own == NULL)
        return refuse(error, path, ENTRY_POINT "() returned NULL");
    if (!is_sound(path, own, error))
        return FALSE;
    memcpy(&plugin->own, own, own->size);
    plugin->name = g_strdup(own->name);
    plugin->summary = g_strdup(own->summary);
    plugin->policy = (CsPolicy){
        .name = plugin->name,
        .summary = plugin->summary,
        .uses_frequency_rule = (own->uses & CARDSIM_POLICY_USES_FREQUENCY) != 0,
        .uses_cut = (own->uses & CARDSIM_POLICY_USES_CUT) != 0,
        .uses_load = (own->uses & CARDSIM_POLICY_USES_LOAD) != 0,
        .state_size = (own->state_size + STATE_ALIGNMENT - 1) / STATE_ALIGNMENT * STATE_ALIGNMENT,
        .plugin = plugin,
        .decide = decide,
        .decide_crowd = plugin->own.decide_crowd != NULL ? decide_crowd : NULL,
    };
    return TRUE;
}

CsPlugin *cs_plugin_open(const char *path, GError **error)
{
    g_autofree char *hash = examine(path, error);
    if (hash == NULL)
        return NULL;
    /* An absolute name, so that the loader looks nowhere else. */
    g_autofree char *absolute = g_canonicalize_filename(path, NULL);
    g_autoptr(CsPlugin) plugin = g_new0(CsPlugin, 1);
    plugin->hash = g_steal_pointer(&hash);
    plugin->module = g_module_open(absolute, G_MODULE_BIND_LOCAL);
    if (plugin->module == NULL) {
        refuse(error, path, g_module_error());
        return NULL;
    }
    return ask(plugin, path, error) ? g_steal_pointer(&plugin) : NULL;
}

void cs_plugin_free(CsPlugin *plugin)
{
    if (plugin == NULL)
        return;
    if (plugin->module != NULL)
        g_module_close(plugin->module);
    g_free(plugin->name);
    g_free(plugin->summary);
    g_free(plugin->hash);
    g_free(plugin);
}

const CsPolicy *cs_plugin_policy(const CsPlugin *plugin)
{
    return &plugin->policy;
}

const char *cs_plugin_hash(const CsPlugin *plugin)
{
    return plugin->hash;
}
