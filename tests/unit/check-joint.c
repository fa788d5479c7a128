/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of the policy joint: against an enumeration of all cuts and a grid of frequencies of three
 * devices, whose rounds an own calculation of a first-come-first-served GPU tells, and against
 * CARD.
 */
#include "cs-check.h"

#include "scenario/scenario.h"
#include "sim/simulation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEVICES 3
#define CUTS 4
#define GRID 7
#define CASES 40
#define MANY 8 /* devices of the larger cases, */
#define STARTS 50
#define CROWDS 20

typedef struct {
    CsSink sink;
    CsRoundRecord record[MANY];
} Heard;

static void hear_round(CsSink *sink, const CsRoundRecord *record)
{
    ((Heard *)sink)->record[record->device] = *record;
}

/* A case with up to five more settings. */
static CsScenario *read_with(guint k, const char *policy, const char *const more[5])
{
    double u[8];
    CsRandomKey key = cs_random_key(11, k + 1, 1, CS_PURPOSE_POLICY);
    for (guint i = 0; i < 8; i += 2)
        cs_random_pair(key, i, 0, 0, &u[i]);
    g_autofree char *path = cs_test_path("scenarios/examples/contention.ini");
    g_autofree char *near = g_strdup_printf("device.fast.distance=%.3f m", 5 + 20 * u[0]);
    g_autofree char *middle = g_strdup_printf("device.middle.distance=%.3f m", 5 + 20 * u[1]);
    g_autofree char *far = g_strdup_printf("device.slow.distance=%.3f m", 5 + 20 * u[2]);
    g_autofree char *weight = g_strdup_printf("policy.weight=%.3f", 0.05 + 0.9 * u[3]);
    g_autofree char *speed = g_strdup_printf("device.slow.frequency=%.3f GHz", 0.2 + u[4]);
    g_autofree char *name = g_strdup_printf("policy.name=%s", policy);
    const char *const values[] = {near,
                                  middle,
                                  far,
                                  weight,
                                  speed,
                                  name,
                                  "device.fast.count=1",
                                  "device.middle.count=1",
                                  "device.slow.count=1",
                                  "model.layers=3",
                                  "server.gpus=1",
                                  "simulation.rounds=1",
                                  more[0],
                                  more[1],
                                  more[2],
                                  more[3],
                                  more[4],
                                  NULL};
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsScenario *scenario = cs_scenario_read(path, values, paths, diagnostics);
    g_autofree char *told = cs_diagnostics_format(diagnostics, FALSE);
    ck_assert_msg(scenario != NULL, "%s", told);
    return scenario;
}

static CsScenario *read_case(guint k, const char *policy)
{
    static const char *const none[5] = {NULL};
    return read_with(k, policy, none);
}

static Heard run(const CsScenario *scenario)
{
    Heard heard = {.sink = {.round = hear_round}};
    g_autoptr(CsSimulation) simulation =
        cs_simulation_new(cs_scenario_config(scenario), 1, &heard.sink);
    ck_assert(cs_simulation_run(simulation, NULL, NULL));
    return heard;
}

static double cost_of(const CsCorners *corners, double weight, double delay_s, double energy_j)
{
    return weight * (delay_s - corners->delay_min_s) /
               (corners->delay_max_s - corners->delay_min_s) +
           (1 - weight) * (energy_j - corners->energy_min_j) /
               (corners->energy_max_j - corners->energy_min_j);
}

static double sum_of(const CsConfig *config, const Heard *heard)
{
    double sum = 0;
    for (guint i = 0; i < config->n_devices; i++) {
        const CsRoundRecord *record = &heard->record[i];
        sum += cost_of(&record->corners, config->policy_settings.weight,
                       (double)(record->end_ns - record->start_ns) / 1e9, record->server_energy_j);
    }
    return sum;
}

/* The round by hand: whoever comes first to the one GPU is served first. */
static double sum_by_hand(const CsConfig *config, const CsRoundRecord *links,
                          const CsDecision *decision)
{
    const CsProfile *profile = config->profile;
    const CsServer *server = &config->server;
    guint n = config->n_devices;
    double ahead_s[MANY], behind_s[MANY], served_s[MANY], come_s[MANY], free_s = 0;
    double sum = 0, weight = config->policy_settings.weight;
    guint left[MANY];
    for (guint i = 0; i < n; i++) {
        const CsDeviceGroup *group = cs_config_group_of(config, i);
        guint c = decision[i].cut;
        double speed = group->frequency_hz * group->cores * group->flops_per_cycle;
        double smashed_bit = config->compression * profile->smashed_bit[c];
        ahead_s[i] =
            profile->device_forward_flop[c] / speed + smashed_bit / links[i].uplink.rate_bps;
        behind_s[i] =
            profile->device_backward_flop[c] / speed + smashed_bit / links[i].downlink.rate_bps;
        served_s[i] = (profile->server_forward_flop[c] + profile->server_backward_flop[c]) /
                      (server->cores * server->flops_per_cycle * decision[i].frequency_hz);
        come_s[i] = profile->adapter_bit[c] / links[i].downlink.rate_bps + ahead_s[i];
        left[i] = config->local_epochs;
    }
    for (guint served = 0; served < n * config->local_epochs; served++) {
        guint next = n;
        for (guint i = 0; i < n; i++)
            if (left[i] > 0 && (next == n || come_s[i] < come_s[next]))
                next = i;
        free_s = fmax(free_s, come_s[next]) + served_s[next];
        come_s[next] = free_s + behind_s[next];
        if (--left[next] > 0)
            come_s[next] += ahead_s[next];
    }
    for (guint i = 0; i < n; i++) {
        guint c = decision[i].cut;
        double f = decision[i].frequency_hz;
        double end_s = come_s[i] + profile->adapter_bit[c] / links[i].uplink.rate_bps;
        double energy_j =
            server->power_coefficient * f * f * f * config->local_epochs * served_s[i];
        sum += cost_of(&links[i].corners, weight, end_s, energy_j);
    }
    return sum;
}

static void set(const CsConfig *config, CsDecision *decision, guint device, guint choice)
{
    const CsCostTable *cost = &config->groups[device].cost;
    double part = (double)(choice / CUTS) / (GRID - 1);
    decision[device] =
        (CsDecision){choice % CUTS, cost->frequency_min_hz *
                                        pow(cost->frequency_max_hz / cost->frequency_min_hz, part)};
}

/* All cuts and a grid of frequencies; then finer grids about the best. */
static double best_by_force(const CsConfig *config, const CsRoundRecord *links)
{
    CsDecision decision[DEVICES], best[DEVICES];
    double least = INFINITY;
    for (guint i = 0; i < CUTS * GRID * CUTS * GRID * CUTS * GRID; i++) {
        guint rest = i;
        for (guint d = 0; d < DEVICES; d++, rest /= CUTS * GRID)
            set(config, decision, d, rest % (CUTS * GRID));
        double sum = sum_by_hand(config, links, decision);
        if (sum < least) {
            least = sum;
            memcpy(best, decision, sizeof best);
        }
    }
    for (double step = 1.2; step > 1.001; step = sqrt(step))
        for (guint i = 0; i < 5 * 5 * 5; i++) {
            guint rest = i;
            for (guint d = 0; d < DEVICES; d++, rest /= 5) {
                const CsCostTable *cost = &config->groups[d].cost;
                decision[d] = best[d];
                decision[d].frequency_hz =
                    CLAMP(best[d].frequency_hz * pow(step, (double)(rest % 5) - 2),
                          cost->frequency_min_hz, cost->frequency_max_hz);
            }
            least = fmin(least, sum_by_hand(config, links, decision));
        }
    return least;
}

/* --- eight devices ---------------------------------------------------------------------------- */

static CsScenario *read_crowd(guint k, const char *policy)
{
    g_autofree char *seed = g_strdup_printf("simulation.seed=%u", 100 + k);
    const char *const more[5] = {seed, "device.fast.count=2", "device.middle.count=3",
                                 "device.slow.count=3", "device.fast.distance=5 m .. 30 m"};
    return read_with(k, policy, more);
}

/* The best of one device's cuts and of steps of its frequency, up and down; TRUE where it moved. */
static gboolean step(const CsConfig *config, const CsRoundRecord *links, CsDecision *decision,
                     guint device, double *least)
{
    static const double factor[] = {1,    1.5,      1 / 1.5, 1.1,      1 / 1.1,
                                    1.02, 1 / 1.02, 1.005,   1 / 1.005};
    const CsCostTable *cost = &cs_config_group_of(config, device)->cost;
    CsDecision before = decision[device], best = before;
    gboolean moved = FALSE;
    for (guint c = 0; c < CUTS; c++)
        for (guint i = 0; i < G_N_ELEMENTS(factor); i++) {
            decision[device] =
                (CsDecision){c, CLAMP(before.frequency_hz * factor[i], cost->frequency_min_hz,
                                      cost->frequency_max_hz)};
            double sum = sum_by_hand(config, links, decision);
            if (sum < *least - 1e-12) {
                *least = sum;
                best = decision[device];
                moved = TRUE;
            }
        }
    decision[device] = best;
    return moved;
}

/* Local search from a start drawn at random. */
static double search_from(const CsConfig *config, const CsRoundRecord *links, CsRandomKey key,
                          guint start)
{
    CsDecision decision[MANY];
    for (guint i = 0; i < config->n_devices; i++) {
        const CsCostTable *cost = &cs_config_group_of(config, i)->cost;
        double u[2];
        cs_random_pair(key, start, i, 0, u);
        decision[i].cut = (guint)ceil(u[0] * CUTS) - 1;
        decision[i].frequency_hz =
            cost->frequency_min_hz * pow(cost->frequency_max_hz / cost->frequency_min_hz, u[1]);
    }
    double least = sum_by_hand(config, links, decision);
    for (gboolean moved = TRUE; moved;) {
        moved = FALSE;
        for (guint i = 0; i < config->n_devices; i++)
            moved |= step(config, links, decision, i, &least);
    }
    return least;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

START_TEST(near_the_best_of_all)
{
    double gap[CASES];
    guint better = 0;
    for (guint k = 0; k < CASES; k++) {
        g_autoptr(CsScenario) joint = read_case(k, "joint"), card = read_case(k, "card");
        const CsConfig *config = cs_scenario_config(joint);
        ck_assert_uint_eq(config->n_devices, DEVICES);
        Heard together = run(joint), alone = run(card);
        double sum = sum_of(config, &together), of_card = sum_of(config, &alone);
        CsDecision decided[DEVICES];
        for (guint i = 0; i < DEVICES; i++)
            decided[i] = together.record[i].decision;
        ck_assert_close(sum_by_hand(config, together.record, decided), sum, 1e-6);
        ck_assert_double_le(sum, of_card + 1e-9);
        better += sum < of_card - 1e-6;
        double least = best_by_force(config, together.record);
        gap[k] = (sum - least) / least;
    }
    qsort(gap, CASES, sizeof *gap, by_size);
    ck_assert_msg(gap[CASES / 2] <= 0.03 && gap[CASES * 9 / 10] <= 0.1, "median %.4f, 90 %% %.4f",
                  gap[CASES / 2], gap[CASES * 9 / 10]);
    ck_assert_uint_gt(better, CASES / 2);
}
END_TEST

/* Beside the best of local searches from fifty starts, by the calculation by hand. */
START_TEST(eight_devices_beside_many_searches)
{
    double gap[CROWDS];
    for (guint k = 0; k < CROWDS; k++) {
        g_autoptr(CsScenario) joint = read_crowd(k, "joint");
        const CsConfig *config = cs_scenario_config(joint);
        ck_assert_uint_eq(config->n_devices, MANY);
        Heard heard = run(joint);
        CsRandomKey key = cs_random_key(5, k + 1, 2, CS_PURPOSE_POLICY);
        double sum = sum_of(config, &heard), least = INFINITY;
        for (guint start = 0; start < STARTS; start++)
            least = fmin(least, search_from(config, heard.record, key, start));
        gap[k] = (sum - least) / least;
    }
    qsort(gap, CROWDS, sizeof *gap, by_size);
    ck_assert_msg(gap[CROWDS - 1] <= 0.03, "median %.4f, worst %.4f", gap[CROWDS / 2],
                  gap[CROWDS - 1]);
}
END_TEST

/* Prices alone: within 15 % of the best of all at the median, and never worse than CARD. */
START_TEST(prices_come_near)
{
    double gap[CASES];
    for (guint k = 0; k < CASES; k++) {
        g_autoptr(CsScenario) priced = read_case(k, "card-contention"), card = read_case(k, "card");
        const CsConfig *config = cs_scenario_config(priced);
        Heard heard = run(priced), alone = run(card);
        double sum = sum_of(config, &heard), least = best_by_force(config, heard.record);
        ck_assert_double_le(sum, sum_of(config, &alone) + 1e-9);
        gap[k] = (sum - least) / least;
    }
    qsort(gap, CASES, sizeof *gap, by_size);
    ck_assert_msg(gap[CASES / 2] <= 0.15 && gap[CASES * 9 / 10] <= 0.3, "median %.4f, 90 %% %.4f",
                  gap[CASES / 2], gap[CASES * 9 / 10]);
}
END_TEST

/* Who shares nothing decides as CARD does: one after the other, or with a GPU for each. */
START_TEST(alone_it_is_card)
{
    static const char *const names[] = {"joint", "card-contention"};
    for (guint p = 0; p < 2 * G_N_ELEMENTS(names); p++) {
        g_autoptr(CsScenario) other = read_case(0, names[p / 2]), card = read_case(0, "card");
        CsConfig *configs[] = {(CsConfig *)cs_scenario_config(other),
                               (CsConfig *)cs_scenario_config(card)};
        Heard heard[2];
        for (guint i = 0; i < 2; i++) {
            if (p % 2 == 0)
                configs[i]->schedule = CS_SCHEDULE_SEQUENTIAL;
            else
                configs[i]->server.gpus = DEVICES;
            heard[i] = run(i == 0 ? other : card);
        }
        for (guint i = 0; i < DEVICES; i++) {
            ck_assert(heard[0].record[i].decision.cut == heard[1].record[i].decision.cut);
            ck_assert_close(heard[0].record[i].decision.frequency_hz,
                            heard[1].record[i].decision.frequency_hz,
                            p / 2 == 0 && p % 2 == 1 ? 0.02 : 1e-12);
        }
    }
}
END_TEST

static guint finished(const Heard *heard)
{
    guint n = 0;
    for (guint i = 0; i < DEVICES; i++)
        n += heard->record[i].round > 0;
    return n;
}

/* Two are a crowd already: never worse than CARD, and in some case better. */
START_TEST(two_decide_together)
{
    guint better = 0;
    for (guint k = 0; k < 8; k++) {
        static const char *const two[5] = {"device.middle.count=0"};
        g_autoptr(CsScenario) joint = read_with(k, "joint", two), card = read_with(k, "card", two);
        const CsConfig *config = cs_scenario_config(joint);
        ck_assert_uint_eq(config->n_devices, 2);
        Heard together = run(joint), alone = run(card);
        double gain = sum_of(config, &alone) - sum_of(config, &together);
        ck_assert_double_ge(gain, -1e-9);
        better += gain > 1e-6;
    }
    ck_assert_uint_gt(better, 0);
}
END_TEST

/* A deadline that joint's own round without one just keeps: it loses nobody, CARD some. */
START_TEST(deadlines_are_kept)
{
    guint lost = 0;
    for (guint k = 0; k < 8; k++) {
        g_autoptr(CsScenario) free = read_case(k, "joint");
        Heard heard = run(free);
        gint64 last_ns = 0;
        for (guint i = 0; i < DEVICES; i++)
            last_ns = MAX(last_ns, heard.record[i].end_ns);
        g_autofree char *deadline =
            g_strdup_printf("simulation.deadline=%.6f s", 1.01 * (double)last_ns / 1e9);
        const char *const more[5] = {deadline};
        g_autoptr(CsScenario) joint = read_with(k, "joint", more);
        g_autoptr(CsScenario) card = read_with(k, "card", more);
        Heard kept = run(joint), missed = run(card);
        ck_assert_uint_eq(finished(&kept), DEVICES);
        lost += DEVICES - finished(&missed);
    }
    ck_assert_uint_gt(lost, 0);
}
END_TEST

/* Half a battery of what the last cut takes: then only smaller cuts bring a round home. */
START_TEST(batteries_are_foreseen)
{
    static const char *const device_only[5] = {"device.slow.power-coefficient=1e-25 W/Hz^3"};
    g_autoptr(CsScenario) whole = read_with(5, "device-only", device_only);
    double takes_j = run(whole).record[2].device_energy_j;
    g_autofree char *battery = g_strdup_printf("device.slow.battery=%.6f J", 0.5 * takes_j);
    const char *const more[5] = {device_only[0], battery, "policy.weight=0.01"};
    g_autoptr(CsScenario) joint = read_with(5, "joint", more), card = read_with(5, "card", more);
    Heard kept = run(joint), missed = run(card);
    ck_assert_uint_eq(finished(&kept), DEVICES);
    ck_assert_uint_lt(finished(&missed), DEVICES);
}
END_TEST

/* Never worse than CARD, within the memory, in clusters, and with times as measured. */
START_TEST(within_limits)
{
    static const char *const limits[][5] = {
        {"device.slow.memory=1.2 GB"},
        {"simulation.schedule=clusters", "simulation.cluster-size=2"},
        {"server.discipline=processor-sharing"},
        {"model.compute=measured", "server.platform=a100-80gb-sxm",
         "device.fast.platform=jetson-orin-nano-8gb", "device.middle.platform=jetson-orin-nano-8gb",
         "device.slow.platform=jetson-orin-nano-8gb"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(limits); i++)
        for (guint k = 0; k < 4; k++) {
            const char *more[5];
            memcpy(more, limits[i], sizeof more);
            g_autoptr(CsScenario) joint = read_with(k, "joint", more);
            g_autoptr(CsScenario) card = read_with(k, "card", more);
            Heard together = run(joint), alone = run(card);
            const CsConfig *config = cs_scenario_config(joint);
            ck_assert_double_le(sum_of(config, &together), sum_of(config, &alone) + 1e-9);
            for (guint d = 0; d < DEVICES; d++)
                ck_assert_uint_le(together.record[d].decision.cut, config->groups[d].cost.cut_max);
            ck_assert(i != 0 || config->groups[2].cost.cut_max < CUTS - 1);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("joint");
    TCase *all = tcase_create("joint");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, near_the_best_of_all);
    tcase_add_test(all, eight_devices_beside_many_searches);
    tcase_add_test(all, prices_come_near);
    tcase_add_test(all, alone_it_is_card);
    tcase_add_test(all, two_decide_together);
    tcase_add_test(all, deadlines_are_kept);
    tcase_add_test(all, batteries_are_foreseen);
    tcase_add_test(all, within_limits);
    suite_add_tcase(suite, all);
    return cs_check_main(suite);
}
