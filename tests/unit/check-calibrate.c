/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of calibration: measurements made from known parameters, by the times that a scenario
 * takes, are recovered, wrong rows among them or not.
 */
#include "cs-check.h"

#include "analysis/calibration.h"
#include "analysis/robust.h"
#include "scenario/scenario.h"

#include <glib/gstdio.h>
#include <gsl/gsl_errno.h>
#include <string.h>

static char *folder;

static char *file_of(const char *name, const char *text)
{
    char *path = g_build_filename(folder, name, NULL);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static void make_folder(void)
{
    gsl_set_error_handler_off();
    folder = g_dir_make_tmp("cs-calibrate-XXXXXX", NULL);
}

static void remove_folder(void)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_remove(path);
    }
    g_rmdir(folder);
    g_clear_pointer(&folder, g_free);
}

static CsCalibration *calibrate(const char *text)
{
    g_autofree char *path = file_of("m.csv", text);
    const char *const files[] = {path, NULL};
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsCalibration *calibration = cs_calibrate(files, paths, diagnostics);
    ck_assert_msg(calibration != NULL, "%s",
                  cs_diagnostics_count(diagnostics) > 0 ? cs_diagnostics_message(diagnostics, 0)
                                                        : "");
    return calibration;
}

/* --- robust least squares --------------------------------------------------------------------- */

#define LINE_ROWS 20

static double line_y[LINE_ROWS];

static void line_residuals(const double *x, double *residual, gpointer data)
{
    (void)data;
    for (guint i = 0; i < LINE_ROWS; i++)
        residual[i] = x[0] + x[1] * i - line_y[i];
}

/* y = 3 + 2 i with a ripple, and every fifth row ten times as large. */
START_TEST(a_line_with_wrong_rows)
{
    double x[2] = {0, 0}, weight[LINE_ROWS];
    for (guint i = 0; i < LINE_ROWS; i++)
        line_y[i] = (3 + 2.0 * i + 0.01 * (i % 3 - 1.0)) * (i % 5 == 4 ? 10 : 1);
    CsRobustProblem problem = {
        .n_parameters = 2, .n_rows = LINE_ROWS, .residuals = line_residuals, .least_scale = 1e-6};
    ck_assert(cs_robust_fit(&problem, x, weight));
    ck_assert(fabs(x[0] - 3) < 0.02);
    ck_assert(fabs(x[1] - 2) < 0.002);
    for (guint i = 0; i < LINE_ROWS; i++)
        ck_assert_msg((weight[i] == 0) == (i % 5 == 4), "row %u has the weight %g", i, weight[i]);
    static const double values[] = {5, 1, 4, 2};
    ck_assert_double_eq(cs_robust_median(values, 3), 4);
    ck_assert_double_eq(cs_robust_median(values, 4), 3);
}
END_TEST

/* --- steps ------------------------------------------------------------------------------------ */

#define TESTBED                                                                                    \
    "[simulation]\nrounds = 1\n[model]\ncompute = measured\nllm = llama-3.2-1b\n"                  \
    "[training]\nlocal-epochs = 1\nattention-kernel = flash\nlora-targets = q+v\n"                 \
    "[policy]\nname = device-only\nfrequency = max\n[radio]\nfading = none\n"                      \
    "[server]\nplatform = a100-80gb-sxm\nefficiency = 0.55\nefficiency-attention = 0.4\n"          \
    "layer-overhead = 0.6 ms\nstep-overhead = 25 ms\n"                                             \
    "[device D]\nplatform = a100-80gb-sxm\ndistance = 1 m\nefficiency = 0.55\n"                    \
    "efficiency-attention = 0.4\nlayer-overhead = 0.6 ms\nstep-overhead = 25 ms\n"

/* A step of the whole model as the simulator takes it: the device's layers, and the head as the
 * server's at the last cut. */
static double step_s(const char *model, guint batch, guint length, gboolean again)
{
    g_autofree char *path = file_of("t.ini", TESTBED);
    char *settings[] = {
        g_strdup_printf("model.llm=%s", model), g_strdup_printf("training.batch=%u", batch),
        g_strdup_printf("training.sequence-length=%u", length),
        g_strdup_printf("training.activation-checkpointing=%s", again ? "full" : "none"), NULL};
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsScenario) scenario =
        cs_scenario_read(path, (const char *const *)settings, paths, diagnostics);
    ck_assert_ptr_nonnull(scenario);
    const CsConfig *config = cs_scenario_config(scenario);
    const CsDeviceGroup *group = &config->groups[0];
    guint last = config->profile->n_cuts - 1;
    double hz = group->frequency_hz;
    for (guint i = 0; settings[i] != NULL; i++)
        g_free(settings[i]);
    return cs_time_law_s(group->times->forward[last], hz) +
           cs_time_law_s(group->times->backward[last], hz) +
           cs_time_law_s(config->server_times->forward[last], hz) +
           cs_time_law_s(config->server_times->backward[last], hz);
}

/* Sixteen workloads of one card, two of them written down wrongly. */
START_TEST(steps_are_recovered)
{
    static const char *const models[] = {"llama-3.2-1b", "llama-3.1-8b"};
    g_autoptr(GString) text = g_string_new(
        "source,platform,model,method,batch,sequence_length,checkpointing,attention,step_s\n");
    double expected[16];
    guint n = 0;
    for (guint m = 0; m < 2; m++)
        for (guint batch = 1; batch <= 4; batch += 3)
            for (guint length = 256; length <= 4096; length *= 4)
                for (int again = 0; again < 2 && n < 16; again++) {
                    expected[n] = step_s(models[m], batch, length, again);
                    double wrong = n == 5 ? 4 : n == 12 ? 0.2 : 1;
                    g_string_append_printf(
                        text, "somebody,a100-80gb-sxm,%s,lora,%u,%u,%s,flash,%.17g\n", models[m],
                        batch, length, again ? "yes" : "no", wrong * expected[n]);
                    n++;
                }
    ck_assert_uint_eq(n, 16);
    g_autoptr(CsCalibration) calibration = calibrate(text->str);
    ck_assert_uint_eq(calibration->left_out->len, 0);
    ck_assert_uint_eq(calibration->rows->len, 16);
    for (guint i = 0; i < 16; i++) {
        const CsMeasurement *row = g_ptr_array_index(calibration->rows, i);
        ck_assert_msg(row->outlier == (i == 5 || i == 12), "row %u", i);
        ck_assert_msg(fabs(row->fitted / expected[i] - 1) < 0.02, "row %u: %g and %g", i,
                      row->fitted, expected[i]);
        ck_assert_msg(fabs(row->foretold / expected[i] - 1) < 0.03, "row %u: %g and %g", i,
                      row->foretold, expected[i]);
    }
    /* What the source's own factor, 1 give or take 15 %, takes up is not the card's. */
    const CsProcessor *a100 = g_ptr_array_index(calibration->processors, 0);
    ck_assert(fabs(log(a100->efficiency / 0.55)) < 0.05);
    ck_assert(fabs(log(a100->layer_overhead_s / 0.6e-3)) < 0.2);
    ck_assert(fabs(log(a100->step_overhead_s / 25e-3)) < 0.2);
}
END_TEST

/* A file of one's own is a platform, and tells where it comes from. */
START_TEST(a_platform_file_is_read_back)
{
    g_autoptr(GString) text = g_string_new("platform,model,method,batch,sequence_length,step_s\n");
    for (guint length = 256; length <= 4096; length *= 2)
        g_string_append_printf(text, "rtx-4090,llama-3.2-1b,lora,2,%u,%.17g\n", length,
                               step_s("llama-3.2-1b", 2, length, FALSE));
    g_string_append(text, "rtx-4090,no-such-model,lora,2,64,1\nrtx-4090,gpt2,prefix,2,64,1\n"
                          "no-such-card,gpt2,lora,2,64,1\nrtx-4090,gpt2,lora,2,,1\n"
                          "rtx-4090,gpt2,lora,2,64,\n");
    g_autoptr(CsCalibration) calibration = calibrate(text->str);
    static const char *const reasons[] = {"no such model", "none of lora, qlora, full",
                                          "no such processor", "length", "no time of a step"};
    ck_assert_uint_eq(calibration->left_out->len, G_N_ELEMENTS(reasons));
    for (guint i = 0; i < G_N_ELEMENTS(reasons); i++) {
        const char *told = g_ptr_array_index(calibration->left_out, i);
        ck_assert_msg(strstr(told, reasons[i]) != NULL, "%s", told);
    }
    /* One processor has no order. */
    g_autoptr(GPtrArray) wrong = g_ptr_array_new_with_free_func(g_free);
    guint right;
    ck_assert_uint_eq(cs_calibration_order(calibration, &right, wrong), 0);
    ck_assert(right == 0 && wrong->len == 0);
    const CsProcessor *processor = g_ptr_array_index(calibration->processors, 0);
    g_autofree char *written = cs_calibration_file(calibration, processor);
    g_autofree char *path = file_of("own.ini", written);
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPlatform) own = cs_platform_read(path, ".", paths, (CsPlace){0}, diagnostics);
    ck_assert_msg(own != NULL, "%s", written);
    ck_assert_double_eq(own->cores, 16384);
    ck_assert_close(own->rates.efficiency, processor->efficiency, 0.01);
    ck_assert_close(own->rates.layer_overhead_s, processor->layer_overhead_s, 0.01);
    ck_assert_ptr_nonnull(strstr(written, "5 rows of step"));
    ck_assert_ptr_nonnull(strstr(written, "m.csv"));
}
END_TEST

/* Two boards, three times slower to launch: one tells of the other. A phone at a hundredth of its
 * peak tells of nothing, and nothing of it. Names are known by their words. */
START_TEST(groups_keep_to_themselves)
{
    g_autoptr(GString) text =
        g_string_new("source,platform,model,method,batch,sequence_length,attention,step_s\n");
    for (guint length = 256; length <= 4096; length *= 2)
        for (guint source = 0; source < 3; source++)
            g_string_append_printf(text,
                                   "s%u,NVIDIA A100-SXM4-80GB,llama-3.2-1b,lora,2,%u,flash,%.17g\n",
                                   source, length, step_s("llama-3.2-1b", 2, length, FALSE));
    g_autoptr(CsCalibration) alone = calibrate(text->str);
    const CsProcessor *before = g_ptr_array_index(alone->processors, 0);
    ck_assert_str_eq(before->name, "a100-80gb-sxm");
    for (guint i = 0; i < 5; i++)
        g_string_append(
            text, "s4,CPU of Snapdragon 778G (somebody's),gemma-3-270m,lora,8,64,flash,170\n");
    g_autoptr(CsCalibration) both = calibrate(text->str);
    const CsProcessor *after = g_ptr_array_index(both->processors, 0);
    ck_assert_close(after->efficiency, before->efficiency, 0.02);
    for (guint i = 0; i < both->rows->len; i++) {
        const CsMeasurement *row = g_ptr_array_index(both->rows, i);
        gboolean phone = strcmp(row->processor, "snapdragon-778g-cpu") == 0;
        ck_assert(phone == (i >= 15));
        ck_assert(isnan(row->foretold) == phone);
        if (phone)
            ck_assert(fabs(row->fitted / 170 - 1) < 0.05);
    }
    /* A board that takes a second a step where a server's overhead is 25 ms. */
    g_string_append(text, "s5,jetson-orin-nano-8gb,gemma-3-270m,lora,1,64,flash,0.4\n"
                          "s6,jetson-nano-4gb,gemma-3-270m,lora,1,64,flash,0.4\n");
    g_autoptr(CsCalibration) boards = calibrate(text->str);
    const CsMeasurement *nano = g_ptr_array_index(boards->rows, boards->rows->len - 1);
    double server_s = 18 * 2 * 0.6e-3 + 25e-3;
    ck_assert(nano->foretold > 2.5 * server_s && nano->foretold < 0.8);
    guint n = 0;
    for (guint i = 0; i < boards->kinds->len; i++)
        n += g_str_equal(g_array_index(boards->kinds, CsKindRates, i).name, "board");
    ck_assert_uint_eq(n, 1);
}
END_TEST

/* --- layers ----------------------------------------------------------------------------------- */

/* One layer of llama-3.2-1b: W matrices, at 60 % of 165.2 TFLOPS and 70 % of 1008 GB/s. */
START_TEST(layers_are_recovered)
{
    g_autoptr(GString) text = g_string_new("platform,model,operation,tokens,time_s\n");
    double h = 2048, kv = 512, f = 8192;
    double w = 2 * h * h + 2 * h * kv + 3 * h * f;
    for (guint n = 16; n <= 8192; n *= 2) {
        double elements = h + h + 2 * kv + 2 * h + h + 3 * f + h;
        double time_s =
            fmax(2 * w * n / (0.6 * 165.2e12), (2 * w + 2 * elements * n) / (0.7 * 1008e9));
        /* Four operations that together take it. */
        g_string_append_printf(
            text,
            "rtx-4090,llama-3.2-1b,qkv,%u,%.17g\nrtx-4090,llama-3.2-1b,o,%u,"
            "%.17g\nrtx-4090,llama-3.2-1b,gate_up,%u,%.17g\n"
            "rtx-4090,llama-3.2-1b,down,%u,%.17g\nrtx-4090,llama-3.2-1b,norm,%u,1\n",
            n, 0.2 * time_s, n, 0.1 * time_s, n, 0.4 * time_s, n, 0.3 * time_s, n);
    }
    g_string_append(text, "rtx-4090,llama-3.2-1b,qkv,3,1e-3\n"); /* the others are missing */
    g_autoptr(CsCalibration) calibration = calibrate(text->str);
    ck_assert_uint_eq(calibration->rows->len, 10);
    ck_assert_uint_eq(calibration->left_out->len, 1);
    const CsProcessor *card = g_ptr_array_index(calibration->processors, 0);
    ck_assert_close(card->matrix_efficiency, 0.6, 0.01);
    ck_assert_close(card->bandwidth_bps, 0.7 * 1008e9 * 8, 0.01);
}
END_TEST

/* --- power ------------------------------------------------------------------------------------ */

/* 40 W + 120 W (f/1.5 GHz)^2.4 for 1e9/f + 0.1 s, and one row that is half of it. */
START_TEST(power_is_recovered)
{
    g_autoptr(GString) text = g_string_new("frequency_hz,power_w,time_s\n");
    guint best = 0;
    double least_j = INFINITY;
    for (guint i = 0; i < 12; i++) {
        double x = (4 + i) / 15.0, power_w = 40 + 120 * pow(x, 2.4);
        double time_s = 1e9 / (x * 1.5e9) + 0.1;
        if (power_w * time_s < least_j) {
            least_j = power_w * time_s;
            best = i;
        }
        g_string_append_printf(text, "%.17g,%.17g,%.17g\n", x * 1.5e9,
                               power_w * (i == 10 ? 0.5 : 1), i == 10 ? 9 * time_s : time_s);
    }
    g_autoptr(CsCalibration) calibration = calibrate(text->str);
    const CsProcessor *fit = g_ptr_array_index(calibration->power_fits, 0);
    ck_assert(fabs(fit->static_power_w - 40) < 1);
    ck_assert(fabs(fit->power_max_w - 160) < 2);
    ck_assert(fabs(fit->power_exponent - 2.4) < 0.06);
    ck_assert_close(fit->best_clock_hz, (4.0 + best) / 15 * 1.5e9, 1e-9);
    ck_assert_uint_eq(fit->best_clock_off, 0);
    ck_assert(isnan(fit->power_knee_hz)); /* none without need */
    for (guint i = 0; i < 12; i++)
        ck_assert(((const CsMeasurement *)g_ptr_array_index(calibration->rows, i))->outlier ==
                  (i == 10));
}
END_TEST

/* Two clocks tell no law, three are all that it needs and foretell none of themselves; a half of a
 * sample is none. */
START_TEST(too_little_is_said_to_be)
{
    g_autoptr(CsCalibration) two = calibrate("frequency_hz,power_w\n1e9,50\n2e9,60\n1e9,51\n");
    ck_assert_uint_eq(two->power_fits->len, 0);
    ck_assert_uint_eq(two->left_out->len, 1);
    ck_assert_ptr_nonnull(strstr(g_ptr_array_index(two->left_out, 0), "fewer than 3 clocks"));
    g_autofree char *written = cs_calibration_file(two, g_ptr_array_index(two->processors, 0));
    ck_assert_ptr_null(strstr(written, "nan"));
    ck_assert_ptr_null(strstr(written, "Fitted"));
    g_autoptr(CsCalibration) three = calibrate("frequency_hz,power_w\n1e9,50\n2e9,60\n3e9,85\n");
    const CsMeasurement *row = g_ptr_array_index(three->rows, 0);
    ck_assert(fabs(row->fitted - 50) < 1);
    ck_assert(isnan(row->foretold));
    g_autoptr(CsCalibration) half =
        calibrate("platform,model,method,batch,sequence_length,step_s\n"
                  "rtx-4090,gpt2,lora,1.5,64,1\nrtx-4090,gpt2,lora,1,64.5,1\n"
                  "rtx-4090,gpt2,lora,2e6,64,1\nrtx-4090,gpt2,lora,1,64,1\n");
    ck_assert_uint_eq(half->rows->len, 1);
    ck_assert_uint_eq(half->left_out->len, 3);
    g_autoptr(CsCalibration) driver =
        calibrate("gpu,model,method,batch,sequence_length,step_s\n"
                  "NVIDIA H100 80GB HBM3,gpt2,lora,1,64,1\nRTX 4070 Ti,gpt2,lora,1,64,1\n"
                  "Tesla T4,gpt2,lora,1,64,1\nJetson AGX Orin,gpt2,lora,1,64,1\n");
    ck_assert_uint_eq(driver->rows->len, 2); /* of the others one is not known, one might be two */
    ck_assert_str_eq(((CsMeasurement *)g_ptr_array_index(driver->rows, 0))->processor,
                     "h100-80gb-sxm");
    ck_assert_str_eq(((CsMeasurement *)g_ptr_array_index(driver->rows, 1))->processor, "t4");
}
END_TEST

/* 5 W + 30 W in proportion to the clock to 800 MHz, as its 2.2th power from there, give or take 1
 * %: the knee is found, told in the file, and taken back; five clocks tell of none. */
START_TEST(a_knee_is_recovered)
{
    g_autoptr(GString) text = g_string_new("device,frequency_hz,power_w\n");
    g_autoptr(GString) few = g_string_new("device,frequency_hz,power_w\n");
    for (guint i = 0; i < 13; i++) {
        double f = 1e8 * (i + 1), x = f / 8e8;
        double power_w = 5 + 30 * (x < 1 ? x : pow(x, 2.2)) * (i % 2 ? 1.01 : 0.99);
        g_string_append_printf(text, "rtx-4090,%.17g,%.17g\n", f, power_w);
        if (i % 3 == 0)
            g_string_append_printf(few, "rtx-4090,%.17g,%.17g\n", f, power_w);
    }
    g_autoptr(CsCalibration) calibration = calibrate(text->str);
    const CsProcessor *fit = g_ptr_array_index(calibration->processors, 0);
    ck_assert(fabs(fit->power_knee_hz / 8e8 - 1) < 0.05);
    ck_assert(fabs(fit->power_exponent - 2.2) < 0.1);
    ck_assert(fabs(fit->static_power_w - 5) < 0.5);
    for (guint i = 0; i < calibration->rows->len; i++) {
        const CsMeasurement *row = g_ptr_array_index(calibration->rows, i);
        ck_assert(fabs(row->fitted / row->measured - 1) < 0.02);
    }
    g_autofree char *written = cs_calibration_file(calibration, fit);
    g_autofree char *path = file_of("own.ini", written);
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPlatform) own = cs_platform_read(path, ".", paths, (CsPlace){0}, diagnostics);
    ck_assert_msg(own != NULL, "%s", written);
    ck_assert_close(own->power_knee_hz, fit->power_knee_hz, 1e-3);
    /* The card's highest clock is above those measured: so is its power. */
    ck_assert(fabs(own->power_max_w / (5 + 30 * pow(own->frequency_max_hz / 8e8, 2.2)) - 1) < 0.05);
    g_autoptr(CsCalibration) of_few = calibrate(few->str);
    ck_assert(
        isnan(((const CsProcessor *)g_ptr_array_index(of_few->processors, 0))->power_knee_hz));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("calibrate");
    TCase *tc = tcase_create("calibrate");
    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_test(tc, a_line_with_wrong_rows);
    tcase_add_test(tc, steps_are_recovered);
    tcase_add_test(tc, a_platform_file_is_read_back);
    tcase_add_test(tc, groups_keep_to_themselves);
    tcase_add_test(tc, layers_are_recovered);
    tcase_add_test(tc, power_is_recovered);
    tcase_add_test(tc, too_little_is_said_to_be);
    tcase_add_test(tc, a_knee_is_recovered);
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
