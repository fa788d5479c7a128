/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of the network that ships, against what is known exactly: the entropy of the language.
 */
#include "base/random.h"
#include "learning/course.h"
#include "learning/dialects.h"
#include "learning/kernels.h"
#include "learning/pretrain.h"

#include "cs-check.h"

static CsBaseModel *read_tiny(void)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autofree char *path = cs_test_path("models/network/tiny");
    CsBaseModel *model = cs_base_model_read(path, "tiny", (CsPlace){0}, diagnostics);
    ck_assert_ptr_nonnull(model);
    return model;
}

START_TEST(it_is_of_the_shape_that_is_made)
{
    g_autoptr(CsBaseModel) model = read_tiny();
    CsNetworkShape made = cs_pretraining_tiny().shape;
    ck_assert_uint_eq(cs_network_size(&model->shape), 386112);
    ck_assert_uint_eq(model->shape.layers, made.layers);
    ck_assert_uint_eq(model->shape.hidden, made.hidden);
    ck_assert_double_eq(model->shape.rope_theta, made.rope_theta);
    ck_assert_double_eq(model->shape.norm_eps, made.norm_eps);
    ck_assert(model->shape.tied);
}
END_TEST

enum { LENGTH = 64, TEXTS = 128 };

/* The loss of the very source of a text, position by position of its sequences; the first position
 * of a sequence is left out, as are those of the other loss. */
static double loss_of_source(const CsDialects *dialects, gint dialect, const guint16 *tokens)
{
    double sum = 0.0;
    for (guint t = 0; t + 2 <= LENGTH; t++)
        sum -= cs_dialects_log_probability(dialects, dialect, tokens + t);
    return sum;
}

/* It knows the standard language nearly as well as can be, and no better: sequence by sequence the
 * same text is judged, so that what a text happens to be is in both. */
START_TEST(it_knows_the_language)
{
    g_autoptr(CsBaseModel) model = read_tiny();
    g_autoptr(CsDialects) dialects = cs_dialects_new();
    g_autoptr(CsAdapterLayout) none = cs_adapter_layout_new(&model->shape, 1, 1.0, 0, NULL);
    CsNetwork_f32 *network = cs_network_new_f32(&model->shape, none, model->weights, 1, NULL);
    CsRandomKey key = cs_random_key(99, 1, 1, CS_PURPOSE_TEST);
    float nothing[1 + CS_KERNEL_SLACK] = {0};
    double sum = 0.0, square = 0.0, network_loss = 0.0;
    for (guint i = 0; i < TEXTS; i++) {
        guint16 tokens[LENGTH + 1];
        gsize offset = 0;
        cs_dialects_write(dialects, CS_DIALECT_STANDARD, key, i, tokens, LENGTH + 1);
        CsBatch whole = {tokens, &offset, 1, LENGTH}, first = {tokens, &offset, 1, 1};
        double loss = LENGTH * cs_network_loss_f32(network, nothing, &whole) -
                      cs_network_loss_f32(network, nothing, &first);
        double more = (loss - loss_of_source(dialects, CS_DIALECT_STANDARD, tokens)) / (LENGTH - 1);
        network_loss += loss / (LENGTH - 1) / TEXTS;
        sum += more;
        square += more * more;
    }
    double mean = sum / TEXTS, error = sqrt((square / TEXTS - mean * mean) / TEXTS);
    ck_assert_msg(mean > 3 * error, "better than the source by %g +- %g", -mean, error);
    ck_assert_msg(mean < 0.1, "%g nats a token more than the source", mean);
    ck_assert_close(network_loss - mean, cs_dialects_entropy(dialects), 0.03);
    cs_network_free_f32(network);
}
END_TEST

/* Adapters for one dialect come down to the least loss and never below it. */
START_TEST(adapters_approach_the_entropy)
{
    enum { ROUNDS = 8, STEPS = 10 };
    g_autoptr(CsBaseModel) model = read_tiny();
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsDataDevice device = {.name = "one", .samples = 2000};
    CsDataSettings settings = {.seed = 4,
                               .replication = 1,
                               .vocabulary = 256,
                               .length = LENGTH,
                               .skew = 0.01,
                               .test_samples = 64,
                               .devices = &device,
                               .n_devices = 1};
    g_autoptr(CsData) data = cs_data_new(&settings, diagnostics);
    CsCourseSettings how = {.seed = 4,
                            .replication = 1,
                            .rank = 8,
                            .alpha = 16.0,
                            .modules = (1 << CS_MODULE_N) - 1,
                            .lessons = {{CS_DESCENT_ADAM, 0.004, 0.004}, {0}, FALSE, TRUE},
                            .batch = 16,
                            .threads = 2};
    g_autoptr(CsCourse) course = cs_course_new(model, data, &how);
    double floor = cs_data_floor(data), before = cs_course_test(course), last = before;
    for (guint64 round = 1; round <= ROUNDS; round++) {
        CsParticipant took = {0, 4, STEPS, 0};
        double loss;
        ck_assert(cs_course_round(course, round, &took, 1, &loss, NULL));
        last = cs_course_test(course);
        ck_assert_msg(last > floor, "%g is below the least of %g", last, floor);
    }
    ck_assert_msg(last - floor < 0.4 * (before - floor), "from %g to %g; the least is %g", before,
                  last, floor);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("tiny");
    TCase *tests = tcase_create("tiny");
    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, it_is_of_the_shape_that_is_made);
    tcase_add_test(tests, it_knows_the_language);
    tcase_add_test(tests, adapters_approach_the_entropy);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return cs_check_main(suite());
}
