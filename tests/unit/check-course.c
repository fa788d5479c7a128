/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of what a simulation drives: base models that are wrong, rounds of participants,
 * groups, lost rounds, adapters out and in.
 */
#include "base/random.h"
#include "learning/adapters.h"
#include "learning/course.h"

#include "cs-check.h"

#include <glib/gstdio.h>
#include <string.h>

static const char config[] =
    "{\"model_type\": \"llama\", \"hidden_size\": 8, \"num_hidden_layers\": 2,\n"
    " \"num_attention_heads\": 2, \"num_key_value_heads\": 1, \"intermediate_size\": 12,\n"
    " \"vocab_size\": 256, \"tie_word_embeddings\": true}\n";
static const CsNetworkShape shape = {.layers = 2,
                                     .hidden = 8,
                                     .heads = 2,
                                     .kv_heads = 1,
                                     .head_size = 4,
                                     .ffn = 12,
                                     .vocabulary = 256,
                                     .tied = TRUE};
enum { Q_AND_V = 1 << CS_MODULE_Q | 1 << CS_MODULE_V };

static char *folder; /* of the model; made once, since every test runs in a process of its own */

static char *in_folder(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

/* A folder with random weights, of which tensor `wrong` has a row too many (-1: none). */
static void write_model(gint wrong)
{
    guint n = cs_network_tensors(&shape);
    g_autofree CsTensorOut *tensors = g_new0(CsTensorOut, n);
    CsRandomKey key = cs_random_key(1, 1, 1, CS_PURPOSE_WEIGHTS);
    for (guint i = 0; i < n; i++) {
        guint rows, columns;
        tensors[i].name = cs_network_tensor(&shape, i, &rows, &columns);
        rows += (gint)i == wrong;
        double *values = g_new(double, rows *MAX(columns, 1));
        for (guint j = 0; j < rows * MAX(columns, 1); j++)
            values[j] = columns == 0 ? 1.0 : cs_random_uniform(key, i, j) - 0.5;
        tensors[i] = (CsTensorOut){tensors[i].name, rows, columns, values};
    }
    g_autofree char *json = in_folder("config.json"), *path = in_folder("model.safetensors");
    ck_assert(g_file_set_contents(json, config, -1, NULL));
    ck_assert(cs_tensors_write(path, tensors, n, CS_DTYPE_F32, NULL));
    for (guint i = 0; i < n; i++) {
        g_free(tensors[i].name);
        g_free((double *)tensors[i].values);
    }
}

static void open_folder(void)
{
    folder = g_dir_make_tmp("cardsim-course-XXXXXX", NULL);
    ck_assert_ptr_nonnull(folder);
    write_model(-1);
}

static void close_folder(void)
{
    static const char *const names[] = {"config.json", "model.safetensors", "adapter_config.json",
                                        "adapter_model.safetensors"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = in_folder(names[i]);
        g_unlink(path);
    }
    g_rmdir(folder);
    g_free(folder);
}

static CsBaseModel *read_model(const char *path, const char *says)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsSource) scenario = cs_source_new("mine.ini", g_strdup("[learning]\n"), 11);
    CsPlace from = {scenario, 1, 1, 3};
    CsBaseModel *model = cs_base_model_read(path, "net", from, diagnostics);
    ck_assert(cs_diagnostics_unreadable(diagnostics) == FALSE);
    if (says == NULL)
        ck_assert_ptr_nonnull(model);
    else
        ck_assert_msg(model == NULL && cs_diagnostics_errors(diagnostics) == 1 &&
                          strstr(cs_diagnostics_message(diagnostics, 0), says) != NULL,
                      "%s: %s", says, cs_diagnostics_message(diagnostics, 0));
    return model;
}

START_TEST(models_that_are_wrong)
{
    g_autofree char *json = in_folder("config.json"), *weights = in_folder("model.safetensors");
    g_autoptr(CsBaseModel) model = read_model(folder, NULL);
    ck_assert_uint_eq(model->shape.ffn, 12);
    g_autoptr(CsBaseModel) same = read_model(json, NULL);
    ck_assert_str_eq(same->folder, folder);
    for (gint i = 0; i < (gint)cs_network_tensors(&shape); i++) {
        guint rows, columns;
        g_autofree char *name = cs_network_tensor(&shape, (guint)i, &rows, &columns);
        write_model(i);
        read_model(folder, name);
    }
    g_unlink(weights);
    read_model(folder, "'net' has no model.safetensors");
    g_unlink(json);
    read_model(folder, "cannot read 'net/config.json'");
}
END_TEST

/* Of a config.json that says one thing otherwise, beside weights that are good: each is told once,
 * and no model comes of it. */
START_TEST(configurations_that_are_wrong)
{
    static const struct {
        const char *was, *is, *says;
    } known[] = {
        {"\"hidden_size\"", "\"h\"", "'hidden_size' is missing"},
        {"\"num_hidden_layers\"", "\"l\"", "'num_hidden_layers' is missing"},
        {"\"num_attention_heads\"", "\"a\"", "'num_attention_heads' is missing"},
        {"\"intermediate_size\"", "\"i\"", "'intermediate_size' is missing"},
        {"\"vocab_size\"", "\"v\"", "'vocab_size' is missing"},
        {"attention_heads\": 2", "attention_heads\": 0", "'num_attention_heads' must be a number"},
        {"attention_heads\": 2", "attention_heads\": null", "'num_attention_heads' is missing"},
        {"vocab_size\": 256", "vocab_size\": 256.5", "'vocab_size' must be a whole number"},
        {"value_heads\": 1", "value_heads\": 3",
         "'num_key_value_heads' must be a number within 1 .. 2"},
        {": true", ": 1", "'tie_word_embeddings' must be true or false"},
        {": true", ": true, \"hidden_act\": \"gelu\"", "only 'hidden_act': silu"},
        {": true", ": true, \"mlp_bias\": true", "only 'mlp_bias': false"},
        {": true", ": true, \"rope_theta\": 0", "'rope_theta' must be a number"},
        {": true", ": true, \"rope_scaling\": {}", "scaled rotary positions"},
        {"\"llama\"", "\"qwen2\"", "only 'model_type': llama"},
    };
    g_autofree char *json = in_folder("config.json");
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        g_auto(GStrv) parts = g_strsplit(config, known[i].was, 2);
        ck_assert_uint_eq(g_strv_length(parts), 2);
        g_autofree char *text = g_strjoinv(known[i].is, parts);
        ck_assert(g_file_set_contents(json, text, -1, NULL));
        read_model(folder, known[i].says);
    }
}
END_TEST

/* --- rounds --------------------------------------------------------------------------------- */

static const CsDataDevice devices[] = {
    {.name = "a", .samples = 6}, {.name = "b", .samples = 9}, {.name = "c", .samples = 3}};

typedef struct {
    CsBaseModel *model;
    CsData *data;
    CsCourseSettings settings;
    gsize n;
} Fixture;

static void set_up(Fixture *fixture, gboolean at_once)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsDataSettings data = {.seed = 2,
                           .replication = 1,
                           .vocabulary = 256,
                           .length = 5,
                           .skew = 0.5,
                           .test_samples = 6,
                           .devices = devices,
                           .n_devices = 3};
    fixture->model = read_model(folder, NULL);
    fixture->data = cs_data_new(&data, diagnostics);
    fixture->settings = (CsCourseSettings){
        .seed = 2,
        .replication = 1,
        .rank = 2,
        .alpha = 4.0,
        .modules = Q_AND_V,
        .lessons = {{CS_DESCENT_SGD, 0.5, 0.3}, {CS_CODEC_NONE, 0, 0}, at_once, FALSE},
        .batch = 2,
        .threads = 1,
        .precision = CS_PRECISION_FLOAT64};
    g_autoptr(CsCourse) course = cs_course_new(fixture->model, fixture->data, &fixture->settings);
    fixture->n = cs_course_layout(course)->size;
}

static void tear_down(Fixture *fixture)
{
    cs_base_model_free(fixture->model);
    cs_data_free(fixture->data);
}

/* The adapters after one round 3 of these participants; transfer full. */
static double *after(const Fixture *fixture, const CsParticipant *participants, guint n,
                     double *loss)
{
    g_autoptr(CsCourse) course = cs_course_new(fixture->model, fixture->data, &fixture->settings);
    double *values = g_new(double, fixture->n), ignored;
    ck_assert(cs_course_round(course, 3, participants, n, loss != NULL ? loss : &ignored, NULL));
    cs_course_get(course, values);
    return values;
}

START_TEST(lost_rounds_are_left_out_of_the_mean)
{
    Fixture fixture;
    set_up(&fixture, TRUE);
    CsParticipant took[] = {{0, 1, 2, 0}, {2, 0, 3, 0}};
    double loss[3];
    g_autofree double *both = after(&fixture, took, 2, &loss[0]);
    g_autofree double *first = after(&fixture, &took[0], 1, &loss[1]);
    g_autofree double *second = after(&fixture, &took[1], 1, &loss[2]);
    g_autofree double *none = after(&fixture, NULL, 0, NULL);
    for (gsize i = 0; i < fixture.n; i++)
        ck_assert(fabs(both[i] - (6 * first[i] + 3 * second[i]) / 9) < 1e-15);
    ck_assert_close(loss[0], (6 * loss[1] + 3 * loss[2]) / 9, 1e-15);
    ck_assert_mem_ne(first, none, fixture.n * sizeof(double));
    tear_down(&fixture);
}
END_TEST

START_TEST(an_interrupt_ends_a_round_and_a_test)
{
    Fixture fixture;
    set_up(&fixture, TRUE);
    gint stop = 0;
    fixture.settings.interrupt = &stop;
    CsParticipant took[] = {{0, 1, 2, 0}, {2, 0, 3, 0}};
    g_autoptr(CsCourse) course = cs_course_new(fixture.model, fixture.data, &fixture.settings);
    g_autoptr(GError) error = NULL;
    double loss;
    ck_assert(cs_course_round(course, 1, took, 2, &loss, NULL));
    ck_assert(isfinite(cs_course_test(course)));
    stop = 2;
    ck_assert(!cs_course_round(course, 2, took, 2, &loss, &error));
    ck_assert(g_error_matches(error, CS_LEARNING_ERROR, CS_LEARNING_ERROR_INTERRUPTED));
    ck_assert(isnan(cs_course_test(course)));
    tear_down(&fixture);
}
END_TEST

START_TEST(a_round_of_nobody_teaches_nothing)
{
    Fixture fixture;
    set_up(&fixture, FALSE);
    g_autoptr(CsCourse) course = cs_course_new(fixture.model, fixture.data, &fixture.settings);
    double before = cs_course_test(course), loss = 0.0;
    ck_assert(cs_course_round(course, 1, NULL, 0, &loss, NULL));
    ck_assert(isnan(loss));
    ck_assert_double_eq(cs_course_test(course), before);
    /* B is zero at first: the loss is that of the frozen network, near ln 256 for random weights.
     */
    ck_assert(before > 4.0 && before < 8.0);
    tear_down(&fixture);
}
END_TEST

/* Clusters: what one group learned is where the next begins; a device alone in its group is one
 * after the other. */
START_TEST(groups_follow_one_another)
{
    Fixture fixture;
    set_up(&fixture, TRUE);
    CsParticipant took[] = {{0, 1, 2, 7}, {1, 2, 1, 7}, {2, 1, 2, 8}};
    double loss;
    g_autofree double *together = after(&fixture, took, 3, NULL);
    g_autofree double *apart = g_new(double, fixture.n);
    g_autoptr(CsCourse) course = cs_course_new(fixture.model, fixture.data, &fixture.settings);
    ck_assert(cs_course_round(course, 3, took, 2, &loss, NULL));
    ck_assert(cs_course_round(course, 3, took + 2, 1, &loss, NULL));
    cs_course_get(course, apart);
    ck_assert_mem_eq(together, apart, fixture.n * sizeof(double));
    took[1].group = 6;
    g_autofree double *alone = after(&fixture, took, 3, NULL);
    fixture.settings.lessons.at_once = FALSE;
    g_autofree double *sequential = after(&fixture, took, 3, NULL);
    for (gsize i = 0; i < fixture.n; i++)
        ck_assert(fabs(alone[i] - sequential[i]) < 1e-15);
    ck_assert_mem_ne(alone, together, fixture.n * sizeof(double));
    tear_down(&fixture);
}
END_TEST

/* At a device's rate of zero its side of the cut stays as it was, and the server's learns. */
START_TEST(a_frozen_side_stays)
{
    Fixture fixture;
    set_up(&fixture, FALSE);
    fixture.settings.lessons.update.device_rate = 0.0;
    CsParticipant took = {1, 1, 3, 0};
    g_autofree double *begin = after(&fixture, NULL, 0, NULL);
    g_autofree double *end = after(&fixture, &took, 1, NULL);
    ck_assert_mem_eq(begin, end, fixture.n / 2 * sizeof(double));
    ck_assert_mem_ne(begin + fixture.n / 2, end + fixture.n / 2, fixture.n / 2 * sizeof(double));
    tear_down(&fixture);
}
END_TEST

START_TEST(threads_change_nothing)
{
    Fixture fixture;
    set_up(&fixture, TRUE);
    fixture.settings.precision = CS_PRECISION_FLOAT32;
    fixture.settings.lessons.update.optimizer = CS_DESCENT_ADAM;
    fixture.settings.lessons.codec = (CsCodec){CS_CODEC_QUANTISED, 4, 0.0};
    CsParticipant took[] = {{0, 1, 2, 0}, {1, 2, 1, 0}, {2, 0, 2, 1}};
    g_autofree double *one = after(&fixture, took, 3, NULL);
    fixture.settings.threads = 5;
    g_autofree double *five = after(&fixture, took, 3, NULL);
    ck_assert_mem_eq(one, five, fixture.n * sizeof(double));
    tear_down(&fixture);
}
END_TEST

START_TEST(adapters_come_back)
{
    Fixture fixture;
    set_up(&fixture, FALSE);
    fixture.settings.precision = CS_PRECISION_FLOAT32; /* what F32 holds exactly */
    g_autoptr(CsCourse) course = cs_course_new(fixture.model, fixture.data, &fixture.settings);
    CsParticipant took = {0, 2, 2, 0};
    double loss;
    ck_assert(cs_course_round(course, 1, &took, 1, &loss, NULL));
    g_autofree double *values = g_new(double, fixture.n);
    cs_course_get(course, values);
    ck_assert(cs_course_write(course, folder, NULL));
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsAdapters) read = cs_adapters_read(folder, &fixture.model->shape, diagnostics);
    ck_assert_ptr_nonnull(read);
    ck_assert_uint_eq(read->layout->size, fixture.n);
    ck_assert_double_eq(read->layout->alpha, 4.0);
    ck_assert_mem_eq(read->values, values, fixture.n * sizeof(double));
    tear_down(&fixture);
}
END_TEST

/* round(c I' / I) by hand: 32 layers as 8, as 3, as 1. */
START_TEST(cuts_of_a_smaller_network)
{
    static const guint cut[] = {0, 1, 2, 3, 16, 29, 30, 32};
    static const guint of_8[] = {0, 0, 1, 1, 4, 7, 8, 8};
    static const guint of_3[] = {0, 0, 0, 0, 2, 3, 3, 3}; /* 16 3/32 = 1.5 goes up */
    static const guint of_1[] = {0, 0, 0, 0, 1, 1, 1, 1};
    for (guint i = 0; i < G_N_ELEMENTS(cut); i++) {
        ck_assert_uint_eq(cs_course_cut(cut[i], 32, 8), of_8[i]);
        ck_assert_uint_eq(cs_course_cut(cut[i], 32, 3), of_3[i]);
        ck_assert_uint_eq(cs_course_cut(cut[i], 32, 1), of_1[i]);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("course");
    TCase *tests = tcase_create("course");
    tcase_add_checked_fixture(tests, open_folder, close_folder);
    tcase_add_test(tests, models_that_are_wrong);
    tcase_add_test(tests, configurations_that_are_wrong);
    tcase_add_test(tests, lost_rounds_are_left_out_of_the_mean);
    tcase_add_test(tests, an_interrupt_ends_a_round_and_a_test);
    tcase_add_test(tests, a_round_of_nobody_teaches_nothing);
    tcase_add_test(tests, groups_follow_one_another);
    tcase_add_test(tests, a_frozen_side_stays);
    tcase_add_test(tests, threads_change_nothing);
    tcase_add_test(tests, adapters_come_back);
    tcase_add_test(tests, cuts_of_a_smaller_network);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return cs_check_main(suite());
}
