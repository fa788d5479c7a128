/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of src/des/fair: schedules by hand, the scheduler in short slots as an oracle, and the
 * gains over equal shares under Rayleigh fading.
 */
#include "cs-check.h"

#include "base/random.h"
#include "des/fair.h"
#include "scenario/scenario.h"
#include "sim/simulation.h"

#include <glib/gstdio.h>

#define S G_GINT64_CONSTANT(1000000000)

enum { JOBS = 6 };

/* --- against slots ---------------------------------------------------------------------------- */

typedef struct {
    gint64 at_ns;
    guint32 job;
    double factor; /* of its level, by which the work left is multiplied, too; 0: it starts */
} Step;

typedef struct {
    CsFair *fair;
    const Step *steps;
    double left[JOBS];
    gint64 end_ns[JOBS];
} Trial;

static void note_end(CsDes *des, gpointer context, guint32 job)
{
    Trial *trial = context;
    trial->end_ns[job] = cs_des_now(des);
}

static void on_step(G_GNUC_UNUSED CsDes *des, gpointer context, guint32 i)
{
    Trial *trial = context;
    const Step *step = &trial->steps[i];
    if (step->factor == 0) {
        cs_fair_start(trial->fair, step->job, trial->left[step->job], cs_fair_least(trial->fair));
        return;
    }
    if (!cs_fair_active(trial->fair, step->job))
        return;
    double had = cs_fair_had(trial->fair, step->job);
    trial->left[step->job] = fmax(trial->left[step->job] - had, 0) * step->factor;
    cs_fair_change(trial->fair, step->job, trial->left[step->job], step->factor);
}

/* The same by slots: each slot is the job's of the least level. */
static void by_slots(const Step *steps, guint n, const double *work, double window_s, double slot_s,
                     double *end_s)
{
    double left[JOBS], level[JOBS], keep = exp(-slot_s / window_s);
    gboolean there[JOBS] = {FALSE};
    guint next = 0, ended = 0;
    for (guint i = 0; i < JOBS; i++)
        left[i] = work[i];
    for (double t = 0; ended < JOBS; t += slot_s) {
        guint least = JOBS;
        for (guint i = 0; i < JOBS; i++)
            if (there[i] && (least == JOBS || level[i] < level[least]))
                least = i;
        for (; next < n && steps[next].at_ns / 1e9 <= t; next++) {
            guint job = steps[next].job;
            if (steps[next].factor == 0) {
                there[job] = TRUE;
                level[job] = least < JOBS ? level[least] : 1;
            } else if (there[job]) {
                level[job] *= steps[next].factor;
                left[job] *= steps[next].factor;
            }
            for (least = 0; least < JOBS && !there[least]; least++)
                ;
            for (guint i = 0; i < JOBS; i++)
                if (there[i] && level[i] < level[least])
                    least = i;
        }
        for (guint i = 0; i < JOBS; i++)
            if (there[i])
                level[i] = level[i] * keep + (i == least ? 1 - keep : 0);
        if (least == JOBS)
            continue;
        left[least] -= slot_s;
        if (left[least] <= 0) {
            there[least] = FALSE;
            end_s[least] = t + slot_s;
            ended++;
        }
    }
}

static gint by_time(gconstpointer a, gconstpointer b)
{
    const Step *x = a, *y = b;
    return (x->at_ns > y->at_ns) - (x->at_ns < y->at_ns);
}

/* Six jobs that start within a second, and eighty changes by factors between 1/4 and 4. */
START_TEST(as_in_short_slots)
{
    CsRandomKey key = cs_random_key(1, (guint64)_i, 1, CS_PURPOSE_POLICY);
    enum { N = 80 + JOBS };
    const double window_s = _i % 2 == 0 ? 0.3 : 3, slot_s = 1e-5;
    Step steps[N];
    double work[JOBS], end_s[JOBS];
    for (guint i = 0; i < N; i++) {
        double u[2];
        cs_random_pair(key, i, 0, 0, u);
        gboolean starts = i < JOBS;
        steps[i] = (Step){starts ? llround(u[0] * 1e9) : S + llround(u[0] * 5e9),
                          starts ? i : i % JOBS, starts ? 0 : exp2(4 * u[1] - 2)};
        if (starts)
            work[i] = 0.5 + u[1];
    }
    qsort(steps, N, sizeof *steps, by_time);
    by_slots(steps, N, work, window_s, slot_s, end_s);
    g_autoptr(CsDes) des = cs_des_new();
    Trial trial = {.steps = steps};
    memcpy(trial.left, work, sizeof work);
    g_autoptr(CsFair) fair = cs_fair_new(des, 1, window_s, JOBS, note_end, &trial);
    trial.fair = fair;
    CsHandlerId handler = cs_des_add_handler(des, on_step, &trial);
    for (guint i = 0; i < N; i++)
        cs_des_post(des, steps[i].at_ns, 0, handler, i);
    ck_assert(cs_des_run(des, NULL));
    for (guint i = 0; i < JOBS; i++)
        ck_assert_double_eq_tol((double)trial.end_ns[i] / 1e9, end_s[i], 500 * slot_s);
}
END_TEST

/* Nothing changes: equal parts, and one that comes later has its part at once. Capacity 2, works 4
 * and 2 from 0 on, 1 from 1 s on: rates 1, 1; then 2/3 each; the last one ends at 2.5 s, then the
 * second has nothing left, either (1 + 2/3 · 3/2 = 2), and the first has 2 left, at 2/s. */
START_TEST(equal_parts_where_nothing_changes)
{
    static const Step steps[] = {{S, 2, 0}};
    g_autoptr(CsDes) des = cs_des_new();
    Trial trial = {.steps = steps, .left = {4, 2, 1}};
    g_autoptr(CsFair) fair = cs_fair_new(des, 2, 5, JOBS, note_end, &trial);
    trial.fair = fair;
    CsHandlerId handler = cs_des_add_handler(des, on_step, &trial);
    cs_fair_start(fair, 0, 4, cs_fair_least(fair));
    cs_fair_start(fair, 1, 2, cs_fair_least(fair));
    cs_des_post(des, S, 0, handler, 0);
    ck_assert(cs_des_run(des, NULL));
    ck_assert_int_eq(trial.end_ns[2], 2500000000);
    ck_assert_int_eq(trial.end_ns[1], 2500000000);
    ck_assert_int_eq(trial.end_ns[0], 3500000000);
}
END_TEST

/* What a job has had does not drown in what is left of it. */
START_TEST(what_was_served_keeps_its_digits)
{
    g_autoptr(CsDes) des = cs_des_new();
    Trial trial = {0};
    g_autoptr(CsFair) fair = cs_fair_new(des, 1, 1, JOBS, note_end, &trial);
    double level;
    cs_fair_start(fair, 0, 1e30, 1);
    cs_fair_start(fair, 1, 0.5, 1);
    ck_assert(cs_des_step(des)); /* job 1 ends after 1 s */
    ck_assert_int_eq(cs_des_now(des), S);
    ck_assert_close(cs_fair_had(fair, 0), 0.5, 1e-12);
    ck_assert_int_eq(cs_fair_endless(fair), 0);
    cs_fair_stop(fair, 0, &level);
    ck_assert_close(level, 0.5 + 0.5 * exp(-1), 1e-12);
    ck_assert_uint_eq(cs_des_pending(des), 0);
}
END_TEST

enum { ENDS = 400 };

static void note_last(CsDes *des, gpointer context, G_GNUC_UNUSED guint32 job)
{
    *(gint64 *)context = cs_des_now(des);
}

/* Equal parts, and an end every 1000.51 ns, rounded up and down by turns: those that remain lose
 * and gain a hundredth of a nanosecond by each. All the work takes ENDS times that, whatever the
 * order; a loss at each end rounded up would add up to about half a nanosecond of each. */
START_TEST(rounded_ends_lose_no_work)
{
    g_autoptr(CsDes) des = cs_des_new();
    gint64 last_ns = -1;
    g_autoptr(CsFair) fair = cs_fair_new(des, 1, 1, ENDS, note_last, &last_ns);
    double work = 0;
    for (guint32 i = 0; i < ENDS; i++) {
        work += 1000.51e-9 / (ENDS - i);
        cs_fair_start(fair, i, work, cs_fair_least(fair));
    }
    ck_assert(cs_des_run(des, NULL));
    ck_assert_close((double)last_ns, 1000.51 * ENDS, 0.02 * ENDS / (1000.51 * ENDS));
}
END_TEST

/* --- gains ------------------------------------------------------------------------------------ */

/* Mean efficiency of CQI table 1 (nr-awgn, repetition up to 32 below CQI 1) under Rayleigh fading.
 */
static double mean_efficiency(const CsRateMap *map, double snr)
{
    const double *threshold = map->threshold;
    double sum = 0, low = threshold[1] / 32 / snr, high = threshold[1] / snr;
    sum += map->rate_bps[1] / 32 * -expm1(-low);
    /* ∫ x exp(-x) dx over the stretch that is repeated */
    sum +=
        map->rate_bps[1] * snr / threshold[1] * ((low + 1) * exp(-low) - (high + 1) * exp(-high));
    for (int i = 1; i < CS_CQI_N; i++) {
        double above = i + 1 < CS_CQI_N ? exp(-threshold[i + 1] / snr) : 0;
        sum += map->rate_bps[i] * (exp(-threshold[i] / snr) - above);
    }
    return sum / map->bandwidth_hz;
}

typedef struct {
    CsSink sink;
    double end_s;
    guint n;
} Ends;

static void take_round(CsSink *sink, const CsRoundRecord *record)
{
    Ends *ends = (Ends *)sink;
    ends->end_s += (double)record->stage_ns[CS_STAGE_SMASHED_UP] / 1e9;
    ends->n++;
}

/* The gain of proportional fairness over equal shares, users and mean SNR, in a window of 1000
 * slots: published figures of a simulation in slots, independent of this program. */
static const struct {
    const char *noise; /* for the SNR: 30 dBm of the budget below is 0 dB at -142.32 + 10 */
    double snr_db;
    guint users;
    double gain;
} gains[] = {{"-142.318844 dBm/Hz", 10, 20, 1.92},
             {"-137.318844 dBm/Hz", 5, 10, 2.05},
             {"-132.318844 dBm/Hz", 0, 20, 2.94}};

START_TEST(gain_over_equal_shares)
{
    g_autofree char *text = g_strdup_printf(
        "[simulation]\nrounds = 1\nschedule = parallel\n[server]\ngpus = unlimited\ntx-power = 1 "
        "W\n"
        "[training]\ncompression = 1\nlocal-epochs = 1\nbatch = 20\n[radio]\n"
        "sharing = proportional-fair\npf-window = 0.1 s\ncoherence = 0.1 ms\nbandwidth = 200 MHz\n"
        "noise-density = %s\npath-loss-exponent = 2\n[policy]\nname = server-only\n[device a]\n"
        "count = %u\nfrequency = 1 GHz\ncores = 1024\ndistance = 15.811388300841896 m\n"
        "speed = 10000 m/s\n",
        gains[_i].noise, gains[_i].users);
    g_autofree char *path = NULL;
    g_close(g_file_open_tmp("cs-XXXXXX.ini", &path, NULL), NULL);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsScenario) scenario = cs_scenario_read(path, NULL, paths, diagnostics);
    g_unlink(path);
    g_autofree char *told = cs_diagnostics_format(diagnostics, FALSE);
    ck_assert_msg(scenario != NULL, "%s", told);
    const CsConfig *config = cs_scenario_config(scenario);
    Ends ends = {.sink = {.round = take_round}};
    g_autoptr(CsSimulation) simulation = cs_simulation_new(config, 1, &ends.sink);
    ck_assert(cs_simulation_run(simulation, NULL, NULL));
    ck_assert_uint_eq(ends.n, gains[_i].users);
    double rate_bps = config->groups[0].radio.bandwidth_hz *
                      mean_efficiency(&config->groups[0].uplink, pow(10, gains[_i].snr_db / 10));
    double equal_s = gains[_i].users * config->profile->smashed_bit[0] / rate_bps;
    ck_assert_close(equal_s / (ends.end_s / ends.n), gains[_i].gain, 0.03);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fair");
    TCase *tc = tcase_create("fair");
    tcase_add_loop_test(tc, as_in_short_slots, 0, 12);
    tcase_add_test(tc, equal_parts_where_nothing_changes);
    tcase_add_test(tc, what_was_served_keeps_its_digits);
    tcase_add_test(tc, rounded_ends_lose_no_work);
    tcase_add_loop_test(tc, gain_over_equal_shares, 0, (int)G_N_ELEMENTS(gains));
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
