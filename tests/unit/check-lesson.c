/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of campaign/lesson and campaign/trajectory: what is learned from rounds is what the
 * trainer behind `cardsim learn` makes of the same mini-batches; who shares a trajectory learns the
 * same; a trajectory that was kept and is another is found out.
 */
#include "campaign/lesson.h"
#include "scenario/scenario.h"
#include "sim/learning-data.h"
#include "sim/simulation.h"

#include "cs-check.h"

#include <glib/gstdio.h>
#include <string.h>

enum { ROUNDS = 4, DEVICES = 3, STEPS = 2, BATCH = 2, LENGTH = 10 };

/* --- a scenario of three devices and a network of two layers ------------------------------------
 */

static CsScenario *make_scenario(const char *const *overrides)
{
    g_autofree char *directory = g_dir_make_tmp("cardsim-lesson-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "a.ini", NULL);
    g_autofree char *data = g_build_filename(directory, "data.txt", NULL);
    g_autofree char *model = cs_test_path("tests/data/learning/small/model/config.json");
    g_autofree char *whole = g_canonicalize_filename(model, NULL);
    g_autofree char *text = g_strdup_printf(
        "[simulation]\nrounds = %d\nschedule = parallel\n[training]\nlocal-epochs = %d\n"
        "[learning]\nnetwork = %s\ndata = data.txt\nsequence-length = %d\nbatch = %d\n"
        "lora-rank = 2\nserver-rate = 0.2\ndevice-rate = 0.3\ncodec = 4 bit\n"
        "[device a]\nfrequency = 1 GHz\ncores = 1024\ndistance = 10 m\n"
        "[device b]\ncount = 2\nfrequency = 1 GHz\ncores = 512\ndistance = 20 m\n",
        ROUNDS, STEPS, whole, LENGTH, BATCH);
    char tokens[600];
    for (guint i = 0; i < sizeof tokens; i++)
        tokens[i] = (char)(i * i % 13); /* the network knows 13 */
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    ck_assert(g_file_set_contents(data, tokens, sizeof tokens, NULL));
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    CsScenario *scenario = cs_scenario_read(path, overrides, paths, diagnostics);
    ck_assert_msg(scenario != NULL, "%s",
                  cs_diagnostics_count(diagnostics) > 0 ? cs_diagnostics_message(diagnostics, 0)
                                                        : "");
    return scenario; /* the files stay: the data are read again when training begins */
}

/* --- who takes part, said by hand ----------------------------------------------------------------
 */

typedef struct {
    CsSink sink;
    GArray *losses; /* of CsLossRecord */
} Taker;

static void take_loss(CsSink *sink, const CsLossRecord *record)
{
    g_array_append_vals(((Taker *)sink)->losses, record, 1);
}

static Taker taker(void)
{
    return (Taker){{.loss = take_loss}, g_array_new(FALSE, FALSE, sizeof(CsLossRecord))};
}

static const CsLossRecord *row(const Taker *taker, guint i)
{
    return &g_array_index(taker->losses, CsLossRecord, i);
}

/* Bit i: device i takes part in that round, with cut 0, 16 or 8 of the 16 layers simulated. */
static const guint part[ROUNDS] = {7, 1, 0, 6};
static const guint cut[DEVICES] = {0, 16, 8}, own_cut[DEVICES] = {0, 2, 1};

static void give_rounds(CsLesson *lesson, guint rounds)
{
    CsSink *sink = cs_lesson_sink(lesson);
    CsSums sums = {.server_energy_j = 1};
    for (guint round = 0; round < rounds; round++) {
        for (guint device = 0; device < DEVICES; device++)
            if ((part[round] >> device & 1) != 0)
                sink->decided(sink, device, cut[device]);
        sums.lost.rounds += part[round] == 0 ? 2 : 0;
        sums.server_energy_j += 1;
        sums.lost.server_energy_j += 10;
        const CsRoundEnd end = {1, round + 1, (gint64)round * 1000, &sums};
        ck_assert(sink->round_end(sink, &end));
    }
}

/* The same by the trainer that `cardsim learn` uses: train and test losses of every round. */
static void train_by_hand(const CsConfig *config, double train[ROUNDS], double test[ROUNDS + 1])
{
    g_autoptr(CsDiagnostics) nobody = cs_diagnostics_new();
    g_autoptr(CsData) data = cs_learning_data(config, 1, NULL, nobody);
    const CsLearning *learning = &config->learning;
    const CsCourseSettings settings = {.seed = config->seed,
                                       .replication = 1,
                                       .rank = learning->lora_rank,
                                       .alpha = learning->lora_alpha,
                                       .modules = config->training.lora_targets,
                                       .batch = BATCH,
                                       .threads = 1,
                                       .precision = CS_PRECISION_FLOAT32};
    g_autoptr(CsCourse) start = cs_course_new(learning->network, data, &settings);
    const CsAdapterLayout *layout = cs_course_layout(start);
    g_autofree double *adapters = g_new(double, layout->size);
    cs_course_get(start, adapters);
    g_autoptr(CsLearner) learner = cs_learner_new(CS_PRECISION_FLOAT32, &learning->network->shape,
                                                  layout, learning->network->weights, 1, nobody);
    const CsLessons lessons = {
        {CS_DESCENT_SGD, 0.2, 0.3}, {CS_CODEC_QUANTISED, 4, 0}, .at_once = TRUE};
    g_autoptr(CsTrainer) trainer = cs_trainer_new(learner, &lessons, DEVICES, adapters);
    CsBatch tested = cs_data_test(data);
    test[0] = cs_trainer_loss(trainer, &tested);
    for (guint round = 0; round < ROUNDS; round++) {
        CsTurn turns[DEVICES];
        CsBatch batches[DEVICES][STEPS];
        gsize offsets[DEVICES][STEPS][BATCH];
        double losses[DEVICES * STEPS], sum = 0, weight = 0;
        guint n = 0;
        for (guint device = 0; device < DEVICES; device++) {
            if ((part[round] >> device & 1) == 0)
                continue;
            for (guint step = 0; step < STEPS; step++)
                batches[n][step] =
                    cs_data_batch(data, device, round + 1, step, STEPS, BATCH, offsets[n][step]);
            turns[n] = (CsTurn){device,     own_cut[device], cs_data_samples(data, device),
                                batches[n], STEPS,           0};
            n++;
        }
        ck_assert(cs_trainer_round(trainer, turns, n, losses, NULL));
        for (guint i = 0; i < n; i++) {
            sum += turns[i].weight * (losses[i * STEPS] + losses[i * STEPS + 1]) / 2;
            weight += turns[i].weight;
        }
        train[round] = sum / weight;
        test[round + 1] = cs_trainer_loss(trainer, &tested);
    }
}

START_TEST(losses_are_those_of_the_trainer)
{
    g_autoptr(CsScenario) scenario = make_scenario(NULL);
    g_autoptr(CsTrajectories) trajectories = cs_trajectories_new();
    const CsConfig *config = cs_scenario_config(scenario);
    Taker taken = taker();
    g_autoptr(CsLesson) lesson = cs_lesson_new(config, 1, &taken.sink, trajectories, 1, NULL);
    double train[ROUNDS], test[ROUNDS + 1];
    train_by_hand(config, train, test);
    give_rounds(lesson, ROUNDS);
    ck_assert(cs_lesson_end(lesson, NULL));
    ck_assert_uint_eq(taken.losses->len, ROUNDS + 1);
    ck_assert(row(&taken, 0)->test_loss == test[0] && row(&taken, 0)->round == 0);
    for (guint i = 0; i < ROUNDS; i++) {
        const CsLossRecord *record = row(&taken, i + 1);
        ck_assert_uint_eq(record->participants,
                          (part[i] & 1) + (part[i] >> 1 & 1) + (part[i] >> 2 & 1));
        ck_assert_uint_eq(record->lost, part[i] == 0 ? 2 : 0);
        ck_assert_close(record->server_energy_j, 1 + (i + 1) + 10 * (i + 1), 1e-15);
        ck_assert(record->test_loss == test[i + 1]);
        if (part[i] == 0)
            ck_assert(isnan(record->train_loss) && test[i + 1] == test[i]);
        else
            ck_assert_close(record->train_loss, train[i], 1e-14);
    }
    ck_assert(test[ROUNDS] < test[0]);
    g_array_unref(taken.losses);
}
END_TEST

/* --- what is shared ------------------------------------------------------------------------------
 */

START_TEST(what_was_learned_is_not_learned_again)
{
    g_autoptr(CsScenario) scenario = make_scenario(NULL);
    g_autoptr(CsTrajectories) trajectories = cs_trajectories_new();
    const CsConfig *config = cs_scenario_config(scenario);
    Taker first = taker(), second = taker();
    g_autoptr(CsLesson) one = cs_lesson_new(config, 1, &first.sink, trajectories, 1, NULL);
    g_autoptr(CsLesson) other = cs_lesson_new(config, 1, &second.sink, trajectories, 1, NULL);
    give_rounds(one, ROUNDS);
    /* Told by somebody else, it would be believed: so it is looked up, not computed. */
    guint n;
    CsLearned told = cs_lesson_learned(one, &n)[2];
    ck_assert_uint_eq(n, ROUNDS + 1);
    told.test_loss = 1.25;
    ck_assert(cs_trajectories_tell(trajectories, &told, NULL));
    give_rounds(other, ROUNDS);
    ck_assert(row(&second, 2)->test_loss == 1.25);
    for (guint i = 0; i <= ROUNDS; i++)
        ck_assert(i == 2 || row(&first, i)->test_loss == row(&second, i)->test_loss);
    g_array_unref(first.losses);
    g_array_unref(second.losses);
}
END_TEST

START_TEST(what_was_kept_is_checked)
{
    g_autoptr(CsScenario) scenario = make_scenario(NULL);
    const CsConfig *config = cs_scenario_config(scenario);
    g_autoptr(CsTrajectories) before = cs_trajectories_new();
    Taker taken = taker();
    g_autoptr(CsLesson) lesson = cs_lesson_new(config, 1, &taken.sink, before, 1, NULL);
    give_rounds(lesson, 2);
    /* Two rounds are kept. To go on, both are walked again: where one was another, it is found. */
    for (gint spoiled = -1; spoiled <= 2; spoiled++) {
        g_autoptr(CsTrajectories) kept = cs_trajectories_new();
        guint n;
        const CsLearned *learned = cs_lesson_learned(lesson, &n);
        for (guint i = 0; i < n; i++) {
            CsLearned one = learned[i];
            one.test_loss += (gint)i == spoiled ? 1e-9 : 0;
            cs_trajectories_add(kept, &one);
        }
        Taker again = taker();
        g_autoptr(CsLesson) more = cs_lesson_new(config, 1, &again.sink, kept, 1, NULL);
        g_autoptr(GError) error = NULL;
        CsSink *sink = cs_lesson_sink(more);
        CsSums sums = {.server_energy_j = 1};
        gboolean goes_on = TRUE;
        for (guint round = 0; round < ROUNDS && goes_on; round++) {
            for (guint device = 0; device < DEVICES; device++)
                if ((part[round] >> device & 1) != 0)
                    sink->decided(sink, device, cut[device]);
            const CsRoundEnd end = {1, round + 1, 0, &sums};
            goes_on = sink->round_end(sink, &end);
        }
        ck_assert(goes_on == (spoiled < 0));
        ck_assert(cs_lesson_end(more, &error) == (spoiled < 0));
        ck_assert(spoiled < 0 ||
                  g_error_matches(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_LEARNING));
        g_array_unref(again.losses);
    }
    g_array_unref(taken.losses);
}
END_TEST

START_TEST(a_trail_is_read_as_it_is_written)
{
    CsTrail trail, again;
    for (guint i = 0; i < CS_TRAIL_SIZE; i++)
        trail.byte[i] = (guint8)(i * 17 + 3);
    g_autofree char *text = cs_trail_format(&trail);
    ck_assert_str_eq(text, "031425364758697a8b9cadbecfe0f102");
    ck_assert(cs_trail_read(text, &again) && memcmp(&trail, &again, sizeof trail) == 0);
    ck_assert(!cs_trail_read("03", &again));
    text[5] = 'x';
    ck_assert(!cs_trail_read(text, &again));
}
END_TEST

/* --- what is interrupted -------------------------------------------------------------------------
 */

/* Sets its flag with the losses of round 1, so that round 2 is interrupted. */
typedef struct {
    Taker taker; /* first */
    gint stop;
} Stopper;

static void take_and_stop(CsSink *sink, const CsLossRecord *record)
{
    take_loss(sink, record);
    if (record->round == 1)
        ((Stopper *)sink)->stop = 1;
}

START_TEST(what_is_interrupted_is_as_if_nobody_had_begun)
{
    g_autoptr(CsScenario) scenario = make_scenario(NULL);
    g_autoptr(CsTrajectories) shared = cs_trajectories_new(), alone = cs_trajectories_new();
    const CsConfig *config = cs_scenario_config(scenario);
    Stopper stopper = {taker(), 0};
    Taker second = taker(), want = taker();
    stopper.taker.sink.loss = take_and_stop;
    g_autoptr(CsLesson) ended =
        cs_lesson_new(config, 1, &stopper.taker.sink, shared, 1, &stopper.stop);
    g_autoptr(CsSimulation) simulation = cs_simulation_new(config, 1, cs_lesson_sink(ended));
    ck_assert(cs_simulation_run(simulation, NULL, NULL));
    g_autoptr(GError) error = NULL;
    ck_assert(!cs_lesson_end(ended, &error));
    ck_assert(g_error_matches(error, CS_SIMULATION_ERROR, CS_SIMULATION_ERROR_INTERRUPTED));
    ck_assert_uint_eq(stopper.taker.losses->len, 2); /* none of round 2 */
    g_autoptr(CsLesson) next = cs_lesson_new(config, 1, &second.sink, shared, 1, NULL);
    g_autoptr(CsLesson) undisturbed = cs_lesson_new(config, 1, &want.sink, alone, 1, NULL);
    g_autoptr(CsSimulation) again = cs_simulation_new(config, 1, cs_lesson_sink(next));
    g_autoptr(CsSimulation) whole = cs_simulation_new(config, 1, cs_lesson_sink(undisturbed));
    ck_assert(cs_simulation_run(again, NULL, NULL) && cs_lesson_end(next, NULL));
    ck_assert(cs_simulation_run(whole, NULL, NULL) && cs_lesson_end(undisturbed, NULL));
    ck_assert_uint_eq(second.losses->len, ROUNDS + 1);
    ck_assert_uint_eq(want.losses->len, ROUNDS + 1);
    for (guint i = 0; i <= ROUNDS; i++)
        ck_assert(row(&second, i)->test_loss == row(&want, i)->test_loss);
    g_array_unref(stopper.taker.losses);
    g_array_unref(second.losses);
    g_array_unref(want.losses);
}
END_TEST

/* --- with a simulation ---------------------------------------------------------------------------
 */

START_TEST(a_target_ends_the_run)
{
    static const char *const overrides[] = {"learning.target-loss=100", NULL};
    g_autoptr(CsScenario) scenario = make_scenario(overrides);
    g_autoptr(CsTrajectories) trajectories = cs_trajectories_new();
    const CsConfig *config = cs_scenario_config(scenario);
    Taker taken = taker();
    g_autoptr(CsLesson) lesson = cs_lesson_new(config, 1, &taken.sink, trajectories, 1, NULL);
    g_autoptr(CsSimulation) simulation = cs_simulation_new(config, 1, cs_lesson_sink(lesson));
    ck_assert(cs_simulation_run(simulation, NULL, NULL));
    ck_assert_uint_eq(taken.losses->len, 2);
    g_array_unref(taken.losses);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lesson");
    TCase *all = tcase_create("lesson");
    tcase_add_test(all, losses_are_those_of_the_trainer);
    tcase_add_test(all, what_was_learned_is_not_learned_again);
    tcase_add_test(all, what_was_kept_is_checked);
    tcase_add_test(all, a_trail_is_read_as_it_is_written);
    tcase_add_test(all, what_is_interrupted_is_as_if_nobody_had_begun);
    tcase_add_test(all, a_target_ends_the_run);
    suite_add_tcase(suite, all);
    return cs_check_main(suite);
}
