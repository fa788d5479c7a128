/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of src/sim/load: how busy server and shared air were in the round before, and what a second
 * of one's work cost all, by hand and against rounds that are run with a little more work.
 */
#include "cs-check.h"

#include "scenario/defaults.h"
#include "sim/load.h"

static const gint64 second_ns = 1000000000;

static CsConfig *config_of(const char *policy, CsSchedule schedule, guint gpus, CsSharing sharing)
{
    CsConfig *config = cs_config_new();
    config->schedule = schedule;
    config->local_epochs = 2;
    config->server.gpus = gpus;
    config->policy = cs_policy_find(policy);
    config->n_devices = 3;
    cs_config_add_group(config, "d")->radio.sharing = sharing;
    return config;
}

/* Served is served, whoever was, finished or not: 10 s on two GPUs, 6 s up and 7 s down of 20 s. */
START_TEST(shares_by_hand)
{
    g_autoptr(CsConfig) config =
        config_of("card-contention", CS_SCHEDULE_PARALLEL, 2, CS_SHARING_EQUAL);
    g_autoptr(CsLoadMeter) meter = cs_load_meter_new(config);
    ck_assert_ptr_nonnull(meter);
    cs_load_next_round(meter, 5 * second_ns);
    ck_assert(cs_load_of(meter, 0).server_share == 0 && cs_load_of(meter, 1).uplink_share == 0);
    cs_load_served(meter, CS_LOAD_SERVER, 4);
    cs_load_served(meter, CS_LOAD_SERVER, 6);
    cs_load_served(meter, CS_LOAD_UPLINK, 6);
    cs_load_served(meter, CS_LOAD_DOWNLINK, 7);
    cs_load_next_round(meter, 25 * second_ns);
    CsLoad load = cs_load_of(meter, 2);
    ck_assert_close(load.server_share, 0.25, 1e-12);
    ck_assert_close(load.uplink_share, 0.3, 1e-12);
    ck_assert_close(load.downlink_share, 0.35, 1e-12);
    ck_assert_uint_eq(load.gpus, 2);
    /* Nothing was done in the next; no time at all went by in the one behind it. */
    cs_load_next_round(meter, 26 * second_ns);
    ck_assert(cs_load_of(meter, 0).server_share == 0 && cs_load_of(meter, 0).downlink_share == 0);
    cs_load_served(meter, CS_LOAD_SERVER, 4);
    cs_load_next_round(meter, 26 * second_ns);
    ck_assert(cs_load_of(meter, 0).server_share == 0);
    cs_load_served(meter, CS_LOAD_SERVER, 400);
    cs_load_next_round(meter, 27 * second_ns);
    ck_assert(cs_load_of(meter, 0).server_share == 1);
}
END_TEST

/* One GPU is a server like any other number of them; one for each device is none to wait for. */
START_TEST(shares_of_any_number_of_gpus)
{
    static const guint gpus[] = {1, 2, 3, CS_GPUS_UNLIMITED};
    for (guint k = 0; k < G_N_ELEMENTS(gpus); k++) {
        g_autoptr(CsConfig) config =
            config_of("card-contention", CS_SCHEDULE_PARALLEL, gpus[k], CS_SHARING_EQUAL);
        g_autoptr(CsLoadMeter) meter = cs_load_meter_new(config);
        cs_load_served(meter, CS_LOAD_SERVER, 6);
        cs_load_served(meter, CS_LOAD_UPLINK, 6);
        cs_load_next_round(meter, 24 * second_ns);
        CsLoad load = cs_load_of(meter, 1);
        guint there = gpus[k] == CS_GPUS_UNLIMITED ? 0 : gpus[k];
        ck_assert_uint_eq(load.gpus, there);
        ck_assert(load.server_share == (load.gpus > 0 ? 0.25 / load.gpus : 0));
        ck_assert(load.uplink_share == 0.25 && load.downlink_share == 0);
    }
}
END_TEST

START_TEST(who_is_not_asked)
{
    g_autoptr(CsConfig) free =
        config_of("card-contention", CS_SCHEDULE_PARALLEL, CS_GPUS_UNLIMITED, CS_SHARING_DEDICATED);
    g_autoptr(CsLoadMeter) meter = cs_load_meter_new(free);
    ck_assert_uint_eq(cs_load_of(meter, 0).gpus, 0);
    g_autoptr(CsConfig) alone =
        config_of("card-contention", CS_SCHEDULE_SEQUENTIAL, 2, CS_SHARING_EQUAL);
    ck_assert_ptr_null(cs_load_meter_new(alone));
    g_autoptr(CsConfig) plain = config_of("card", CS_SCHEDULE_PARALLEL, 2, CS_SHARING_EQUAL);
    ck_assert_ptr_null(cs_load_meter_new(plain));
}
END_TEST

/*
 * The round that load.h draws: a has jobs 1 and 3, b has job 2, which waited for job 1. v_a = 2,
 * v_b = 3. A second more of job 1 costs both, of job 3 a alone: (2 + 3 + 2) / 2 jobs over 2. Of a's
 * own seconds, half an epoch's before job 1 costs 5, what lies between costs 2, half one behind 2.
 * Of b's, what lies before job 2 costs nothing, what is behind it 3: half an epoch's.
 */
START_TEST(prices_by_hand)
{
    g_autoptr(CsConfig) config =
        config_of("card-contention", CS_SCHEDULE_PARALLEL, 1, CS_SHARING_DEDICATED);
    g_autoptr(CsLoadMeter) meter = cs_load_meter_new(config);
    cs_load_together(meter, 3);
    cs_load_begin(meter, 0, 2);
    cs_load_begin(meter, 1, 3);
    cs_load_begin(meter, 2, 7); /* never at the server: nobody waits for it */
    cs_load_granted(meter, 0, 0, FALSE);
    cs_load_released(meter, 0, 0);
    cs_load_granted(meter, 1, 0, TRUE);
    cs_load_released(meter, 1, 0);
    cs_load_granted(meter, 0, 0, FALSE);
    cs_load_released(meter, 0, 0);
    for (guint i = 0; i < 3; i++)
        cs_load_end(meter, i);
    cs_load_next_round(meter, 20 * second_ns);
    CsPrices a = cs_load_of(meter, 0).price, b = cs_load_of(meter, 1).price;
    CsPrices c = cs_load_of(meter, 2).price;
    ck_assert_close(a.server, 7.0 / 2 / 2, 1e-12);
    ck_assert_close(a.own, (0.5 * 5 + 2 + 0.5 * 2) / 2 / 2, 1e-12);
    ck_assert_close(b.server, 1, 1e-12);
    ck_assert_close(b.own, 0.5, 1e-12);
    ck_assert(c.server == 1 && c.own == 1 && c.uplink == 1 && c.downlink == 1);
    /* A device that is lost: its delay is nothing, what it did to others stays. */
    cs_load_begin(meter, 0, 2);
    cs_load_begin(meter, 1, 3);
    cs_load_granted(meter, 1, 0, FALSE);
    cs_load_released(meter, 1, 0);
    cs_load_granted(meter, 0, 0, TRUE);
    cs_load_end(meter, 1);
    cs_load_next_round(meter, 40 * second_ns);
    ck_assert_close(cs_load_of(meter, 1).price.server, 1, 1e-12);
    ck_assert(cs_load_of(meter, 0).price.server == 1);
}
END_TEST

/* Three share an uplink, v = 1, 2, 4; the first to end took three times as long for a second more,
 * and cost the others theirs; the last had it to itself. */
START_TEST(prices_of_a_shared_air)
{
    g_autoptr(CsConfig) config =
        config_of("card-contention", CS_SCHEDULE_PARALLEL, 2, CS_SHARING_EQUAL);
    g_autoptr(CsLoadMeter) meter = cs_load_meter_new(config);
    for (guint i = 0; i < 3; i++) {
        cs_load_begin(meter, i, 1 << i);
        cs_load_join(meter, CS_LOAD_UPLINK, i);
    }
    for (guint i = 0; i < 3; i++) {
        cs_load_leave(meter, CS_LOAD_UPLINK, i, TRUE);
        cs_load_end(meter, i);
    }
    cs_load_next_round(meter, second_ns);
    ck_assert_close(cs_load_of(meter, 0).price.uplink, 3 + 6.0 / 1, 1e-12);
    ck_assert_close(cs_load_of(meter, 1).price.uplink, 2 + 4.0 / 2, 1e-12);
    ck_assert_close(cs_load_of(meter, 2).price.uplink, 1, 1e-12);
    ck_assert(cs_load_of(meter, 0).price.downlink == 1);
    /* On two GPUs that are shared: the first of three takes 3/2, and costs each of the others 1/2;
     * of two nobody is in the other's way. */
    for (guint i = 0; i < 3; i++) {
        cs_load_begin(meter, i, 1 << i);
        cs_load_join(meter, CS_LOAD_SERVER, i);
    }
    for (guint i = 0; i < 3; i++) {
        cs_load_leave(meter, CS_LOAD_SERVER, i, TRUE);
        cs_load_end(meter, i);
    }
    cs_load_next_round(meter, 2 * second_ns);
    ck_assert_close(cs_load_of(meter, 0).price.server, 1.5 + 6.0 / 2, 1e-12);
    ck_assert_close(cs_load_of(meter, 1).price.server, 1, 1e-12);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("load");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, shares_by_hand);
    tcase_add_test(tests, shares_of_any_number_of_gpus);
    tcase_add_test(tests, who_is_not_asked);
    tcase_add_test(tests, prices_by_hand);
    tcase_add_test(tests, prices_of_a_shared_air);
    suite_add_tcase(suite, tests);
    return cs_check_main(suite);
}
