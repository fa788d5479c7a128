/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/lesson: see the header. */
#include "campaign/lesson.h"

#include "sim/learning-data.h"
#include "sim/simulation.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

struct CsLesson {
    CsSink sink; /* first: a lesson is a sink */
    CsSink *inner;
    const CsConfig *config;
    guint64 replication;
    CsTrajectories *trajectories;
    guint threads;
    const gint *interrupt;
    gboolean by_cut; /* the cut changes what is learned */
    GArray *turns;   /* of CsParticipant, of all rounds so far */
    GArray *ends;    /* of guint: how many turns there were by each round's end, round 0 first */
    GArray *learned; /* of CsLearned, by round */
    double lost, air_bit;
    _Atomic double loss;
    GError *error;
};

/* --- how it is trained ------------------------------------------------------------------------ */

/* The two name the same modules by the same bits. */
G_STATIC_ASSERT(CS_LORA_Q == 1 << CS_MODULE_Q && CS_LORA_K == 1 << CS_MODULE_K &&
                CS_LORA_V == 1 << CS_MODULE_V && CS_LORA_O == 1 << CS_MODULE_O &&
                CS_LORA_GATE == 1 << CS_MODULE_GATE && CS_LORA_UP == 1 << CS_MODULE_UP &&
                CS_LORA_DOWN == 1 << CS_MODULE_DOWN);

static CsCourseSettings settings_of(const CsConfig *config, guint64 replication)
{
    const CsLearning *learning = &config->learning;
    CsCourseSettings settings = {.seed = config->seed,
                                 .replication = replication,
                                 .rank = learning->lora_rank,
                                 .alpha = learning->lora_alpha,
                                 .modules = config->training.lora_targets,
                                 .lessons = {.update = learning->update,
                                             .codec = learning->codec,
                                             .at_once = config->schedule != CS_SCHEDULE_SEQUENTIAL},
                                 .batch = learning->batch,
                                 .threads = 1,
                                 .precision = CS_PRECISION_FLOAT32};
    CsLessons *lessons = &settings.lessons;
    if (config->protocol == CS_PROTOCOL_FEDERATED) {
        lessons->at_once = TRUE; /* FedAvg, whoever works when */
        lessons->codec = (CsCodec){.kind = CS_CODEC_NONE};
        lessons->update.server_rate = lessons->update.device_rate;
    } else if (config->protocol == CS_PROTOCOL_ONE_WAY) {
        lessons->update.device_rate = 0; /* its side is frozen */
    }
    return settings;
}

/* Whether the cut changes what is learned. */
static gboolean goes_by_cut(const CsLessons *lessons)
{
    return lessons->codec.kind != CS_CODEC_NONE ||
           lessons->update.server_rate < lessons->update.device_rate ||
           lessons->update.server_rate > lessons->update.device_rate;
}

/* --- digests ---------------------------------------------------------------------------------- */

static CsTrail end_chain(GChecksum *sum)
{
    guint8 digest[32];
    gsize length = sizeof digest;
    CsTrail chain;
    g_checksum_get_digest(sum, digest, &length);
    memcpy(chain.byte, digest, sizeof chain.byte);
    g_checksum_free(sum);
    return chain;
}

static void add_text(GChecksum *sum, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void add_text(GChecksum *sum, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text) + 1);
}

/* All that what is learned depends on, but for who takes part. */
static CsTrail root_of(const CsLesson *lesson)
{
    const CsConfig *config = lesson->config;
    const CsLearning *learning = &config->learning;
    const CsCourseSettings settings = settings_of(config, lesson->replication);
    const CsUpdate *update = &settings.lessons.update;
    const CsCodec *codec = &settings.lessons.codec;
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    add_text(sum, "trajectory 1 %s", learning->digest); /* network, files, devices */
    add_text(sum, "%u %a %u", settings.rank, settings.alpha, settings.modules);
    add_text(sum, "%d %a %a %d %u %a", update->optimizer, update->server_rate, update->device_rate,
             codec->kind, codec->bits, codec->share);
    add_text(sum, "%u %u %u %u %" G_GUINT64_FORMAT, learning->batch, learning->sequence_length,
             learning->samples, learning->test_samples, learning->test_every);
    add_text(sum, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %a %d", config->seed,
             lesson->replication, learning->skew, settings.lessons.at_once);
    return end_chain(sum);
}

static CsTrail chain_behind(const CsTrail *before, const CsParticipant *turns, guint n)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, before->byte, sizeof before->byte);
    for (guint i = 0; i < n; i++) {
        guint32 one[] = {GUINT32_TO_LE(turns[i].device), GUINT32_TO_LE(turns[i].cut),
                         GUINT32_TO_LE(turns[i].steps), GUINT32_TO_LE(turns[i].group)};
        g_checksum_update(sum, (const guchar *)one, sizeof one);
    }
    return end_chain(sum);
}

guint64 cs_lesson_mark(const CsConfig *config, gboolean *by_decisions)
{
    const CsLesson lesson = {.config = config, .replication = 1};
    const CsCourseSettings settings = settings_of(config, 1);
    *by_decisions = goes_by_cut(&settings.lessons) || cs_config_loses_rounds(config);
    const CsTrail root = root_of(&lesson);
    const CsParticipant turn = {.steps = config->local_epochs, .group = config->cluster_size};
    const CsTrail trail = chain_behind(&root, &turn, 1);
    guint64 mark;
    memcpy(&mark, trail.byte, sizeof mark);
    return mark;
}

/* --- training --------------------------------------------------------------------------------- */

/* NULL where a file is no longer what the scenario's reader has seen. */
static CsTutor *tutor_new(const CsLesson *lesson)
{
    const CsConfig *config = lesson->config;
    g_autoptr(CsTutor) tutor = g_new0(CsTutor, 1);
    g_autoptr(CsDiagnostics) nobody = cs_diagnostics_new();
    tutor->data = cs_learning_data(config, lesson->replication, NULL, nobody);
    if (tutor->data == NULL)
        return NULL;
    CsCourseSettings settings = settings_of(config, lesson->replication);
    settings.threads = lesson->threads;
    settings.interrupt = lesson->interrupt;
    tutor->course = cs_course_new(config->learning.network, tutor->data, &settings);
    return g_steal_pointer(&tutor);
}

/* Moves a tutor that stands before `round` behind it; round 0 is the start. */
static void learn(const CsLesson *lesson, CsTutor *tutor, guint round, CsLearned *learned)
{
    const guint *ends = (const guint *)(gconstpointer)lesson->ends->data;
    guint first = round > 0 ? ends[round - 1] : 0, n = ends[round] - first;
    const CsParticipant *turns = (const CsParticipant *)(gconstpointer)lesson->turns->data + first;
    learned->train_loss = learned->test_loss = NAN;
    learned->diverged =
        n > 0 && !cs_course_round(tutor->course, round, turns, n, &learned->train_loss, NULL);
    if (!learned->diverged && round % lesson->config->learning.test_every == 0) {
        learned->test_loss = cs_course_test(tutor->course);
        learned->diverged = !isfinite(learned->test_loss);
    }
}

static gboolean is_interrupted(const CsLesson *lesson)
{
    return lesson->interrupt != NULL && g_atomic_int_get(lesson->interrupt) != 0;
}

static void fail(CsLesson *lesson, guint round, const char *why)
{
    if (lesson->error == NULL)
        g_set_error(&lesson->error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_LEARNING,
                    "replication %" G_GUINT64_FORMAT ", round %u: %s", lesson->replication, round,
                    why);
}

#define ANOTHER                                                                                    \
    "what was kept of this training beside the results is not what this program computes: "        \
    "'--restart' begins anew"

/* A tutor that stands before `round`, by a way of its own. What is known of the rounds on it must
 * be found again. */
static CsTutor *walk(CsLesson *lesson, guint round)
{
    CsTutor *tutor = tutor_new(lesson);
    if (tutor == NULL)
        fail(lesson, round, "the data to learn from have changed since the scenario was read");
    for (guint i = 0; tutor != NULL && i < round; i++) {
        CsLearned again = g_array_index(lesson->learned, CsLearned, i);
        learn(lesson, tutor, i, &again);
        if (is_interrupted(lesson))
            break;
        if (!cs_learned_equal(&again, &g_array_index(lesson->learned, CsLearned, i)))
            fail(lesson, i, ANOTHER);
    }
    return tutor;
}

/* Hands on what a round has come to, or that it has not been computed after all. */
static void tell(CsLesson *lesson, guint round, CsLearned *learned, CsTutor *tutor)
{
    if (!is_interrupted(lesson)) {
        if (!cs_trajectories_tell(lesson->trajectories, learned, tutor))
            fail(lesson, round, ANOTHER);
        return;
    }
    cs_trajectories_give_up(lesson->trajectories, &learned->chain);
    cs_tutor_free(tutor);
    *learned = (CsLearned){.chain = learned->chain, .train_loss = NAN, .test_loss = NAN};
    if (lesson->error == NULL)
        g_set_error(&lesson->error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_INTERRUPTED,
                    "interrupted");
}

/* What `round`, whose turns are in, has come to. */
static const CsLearned *advance(CsLesson *lesson, guint round)
{
    const guint *ends = (const guint *)(gconstpointer)lesson->ends->data;
    const CsTrail *before = NULL;
    CsLearned learned = {.diverged = FALSE};
    CsTutor *tutor;
    if (round > 0) {
        const CsParticipant *turns =
            (const CsParticipant *)(gconstpointer)lesson->turns->data + ends[round - 1];
        before = &g_array_index(lesson->learned, CsLearned, round - 1).chain;
        learned.chain = chain_behind(before, turns, ends[round] - ends[round - 1]);
    } else {
        learned.chain = root_of(lesson);
    }
    const CsTrail chain = learned.chain;
    if (!cs_trajectories_ask(lesson->trajectories, &chain, before, &learned, &tutor)) {
        learned = (CsLearned){.chain = chain, .diverged = TRUE};
        if (tutor == NULL && !is_interrupted(lesson))
            tutor = walk(lesson, round);
        if (tutor != NULL)
            learn(lesson, tutor, round, &learned);
        tell(lesson, round, &learned, tutor);
    }
    if (learned.diverged)
        fail(lesson, round, "training has diverged: the loss is no finite number; lower the rates");
    g_array_append_val(lesson->learned, learned);
    return &g_array_index(lesson->learned, CsLearned, round);
}

/* --- listening -------------------------------------------------------------------------------- */

static double without_nan(double value)
{
    return isnan(value) ? 0.0 : value;
}

/* What a device's round sends, both ways: T φ S(c) each time that the cut is crossed, and A(c) down
 * and up. */
static double air_bit_of(const CsConfig *config, guint cut)
{
    guint crossings = cs_chain_count(&config->chain, CS_BY_UPLINK, CS_OF_CUT) +
                      cs_chain_count(&config->chain, CS_BY_DOWNLINK, CS_OF_CUT);
    return crossings *
               (config->local_epochs * config->compression * config->profile->smashed_bit[cut]) +
           2.0 * config->profile->adapter_bit[cut];
}

static void on_decided(CsSink *base, guint device, guint cut)
{
    CsLesson *lesson = (CsLesson *)base;
    const CsConfig *config = lesson->config;
    guint layers = config->profile->n_cuts - 1, own = config->learning.network->shape.layers;
    const CsParticipant turn = {
        .device = device,
        .cut = lesson->by_cut ? cs_course_cut(cut, layers, own) : 0,
        .steps = config->local_epochs,
        .group = config->schedule == CS_SCHEDULE_CLUSTERS ? device / config->cluster_size : 0};
    g_array_append_val(lesson->turns, turn);
    lesson->air_bit += air_bit_of(config, cut);
    if (lesson->inner->decided != NULL)
        lesson->inner->decided(lesson->inner, device, cut);
}

static void pass_loss(CsLesson *lesson, const CsLossRecord *record)
{
    if (isfinite(record->test_loss))
        atomic_store_explicit(&lesson->loss, record->test_loss, memory_order_relaxed);
    if (lesson->inner->loss != NULL)
        lesson->inner->loss(lesson->inner, record);
}

/* The row before the first round, in the state of `sums` as far as something is not modelled. */
static void begin(CsLesson *lesson, const CsSums *sums)
{
    guint none = 0;
    g_array_append_val(lesson->ends, none);
    const CsLearned *learned = advance(lesson, 0);
    const CsLossRecord record = {.replication = lesson->replication,
                                 .server_energy_j = 0.0 * sums->server_energy_j,
                                 .device_energy_j = 0.0 * sums->device_energy_j,
                                 .radio_energy_j = 0.0 * sums->radio_energy_j,
                                 .train_loss = NAN,
                                 .test_loss = learned->test_loss};
    pass_loss(lesson, &record);
}

static gboolean on_round_end(CsSink *base, const CsRoundEnd *end)
{
    CsLesson *lesson = (CsLesson *)base;
    const CsSums *sums = end->so_far;
    const CsLost *lost = &sums->lost;
    if (lesson->learned->len == 0)
        begin(lesson, sums);
    if (lesson->error != NULL)
        return FALSE;
    guint before = g_array_index(lesson->ends, guint, lesson->ends->len - 1);
    g_array_append_val(lesson->ends, lesson->turns->len);
    const CsLearned *learned = advance(lesson, lesson->learned->len);
    if (lesson->error != NULL)
        return FALSE;
    const CsLossRecord record = {
        .replication = lesson->replication,
        .round = end->round,
        .participants = lesson->turns->len - before,
        .lost = (guint64)(without_nan(lost->rounds) - lesson->lost),
        .end_ns = end->end_ns,
        .server_energy_j = sums->server_energy_j + without_nan(lost->server_energy_j),
        .device_energy_j = sums->device_energy_j + without_nan(lost->device_energy_j),
        .radio_energy_j = sums->radio_energy_j + without_nan(lost->radio_energy_j),
        .air_bit = lesson->air_bit,
        .train_loss = learned->train_loss,
        .test_loss = learned->test_loss};
    lesson->lost = without_nan(lost->rounds);
    pass_loss(lesson, &record);
    double target = lesson->config->learning.target_loss;
    return !(target > 0 && record.test_loss <= target);
}

static void on_round(CsSink *base, const CsRoundRecord *record)
{
    CsSink *inner = ((CsLesson *)base)->inner;
    inner->round(inner, record);
}

static void on_span(CsSink *base, const CsSpan *span)
{
    CsSink *inner = ((CsLesson *)base)->inner;
    inner->span(inner, span);
}

static void on_device(CsSink *base, const CsDeviceTotals *totals)
{
    CsSink *inner = ((CsLesson *)base)->inner;
    inner->device(inner, totals);
}

static void on_totals(CsSink *base, const CsTotals *totals)
{
    CsLesson *lesson = (CsLesson *)base;
    if (lesson->learned->len == 0) /* no round has come to an end */
        begin(lesson, &totals->sum);
    if (lesson->inner->totals != NULL)
        lesson->inner->totals(lesson->inner, totals);
}

/* --- in public -------------------------------------------------------------------------------- */

CsLesson *cs_lesson_new(const CsConfig *config, guint64 replication, CsSink *inner,
                        CsTrajectories *trajectories, guint threads, const gint *interrupt)
{
    g_assert(config->learning.network != NULL);
    CsLesson *lesson = g_new0(CsLesson, 1);
    lesson->sink = (CsSink){.round = inner->round != NULL ? on_round : NULL,
                            .span = inner->span != NULL ? on_span : NULL,
                            .device = inner->device != NULL ? on_device : NULL,
                            .totals = on_totals,
                            .decided = on_decided,
                            .round_end = on_round_end,
                            .by_group = inner->by_group};
    lesson->inner = inner;
    lesson->config = config;
    lesson->replication = replication;
    lesson->trajectories = trajectories;
    lesson->threads = MAX(threads, 1);
    lesson->interrupt = interrupt;
    const CsCourseSettings settings = settings_of(config, replication);
    lesson->by_cut = goes_by_cut(&settings.lessons);
    lesson->turns = g_array_new(FALSE, FALSE, sizeof(CsParticipant));
    lesson->ends = g_array_new(FALSE, FALSE, sizeof(guint));
    lesson->learned = g_array_new(FALSE, FALSE, sizeof(CsLearned));
    atomic_init(&lesson->loss, (double)NAN);
    return lesson;
}

void cs_lesson_free(CsLesson *lesson)
{
    if (lesson == NULL)
        return;
    g_array_unref(lesson->turns);
    g_array_unref(lesson->ends);
    g_array_unref(lesson->learned);
    g_clear_error(&lesson->error);
    g_free(lesson);
}

CsSink *cs_lesson_sink(CsLesson *lesson)
{
    return &lesson->sink;
}

gboolean cs_lesson_end(CsLesson *lesson, GError **error)
{
    if (lesson->error == NULL)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&lesson->error));
    return FALSE;
}

const CsLearned *cs_lesson_learned(const CsLesson *lesson, guint *n)
{
    *n = lesson->learned->len;
    return (const CsLearned *)(gconstpointer)lesson->learned->data;
}

double cs_lesson_loss(const CsLesson *lesson)
{
    return atomic_load_explicit(&lesson->loss, memory_order_relaxed);
}
