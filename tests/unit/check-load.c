/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of src/sim/load: how busy server and shared air were in the round before, by hand.
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
    cs_chain_init(&config->chain, CS_PROTOCOL_SPLIT);
    config->sends_down = TRUE;
    cs_config_add_group(config, "d")->radio.sharing = sharing;
    return config;
}

/* Of two epochs each: server 2 s forward and 3 s backward, 1 s up, 2 s down; adapters 4 s up, and 3
 * s down, which is the first stage. */
static void add_round(CsLoadMeter *meter, const CsConfig *config)
{
    gint64 duration_ns[CS_STAGE_TOLD_N - 1] = {0};
    duration_ns[CS_STAGE_SERVER_FORWARD - 1] = 2 * second_ns;
    duration_ns[CS_STAGE_SERVER_BACKWARD - 1] = 3 * second_ns;
    duration_ns[CS_STAGE_SMASHED_UP - 1] = second_ns;
    duration_ns[CS_STAGE_GRADIENT_DOWN - 1] = 2 * second_ns;
    duration_ns[CS_STAGE_ADAPTER_UP - 1] = 4 * second_ns;
    cs_load_add(meter, config, 0, duration_ns, 3 * second_ns);
}

/* 10 s of server work on two GPUs, 6 s up and 7 s down in a round of 20 s. */
START_TEST(shares_by_hand)
{
    g_autoptr(CsConfig) config =
        config_of("card-contention", CS_SCHEDULE_PARALLEL, 2, CS_SHARING_EQUAL);
    g_autofree CsLoadMeter *meter = cs_load_meter_new(config);
    ck_assert_ptr_nonnull(meter);
    cs_load_next_round(meter, 5 * second_ns);
    ck_assert(meter->load.server_share == 0 && meter->load.uplink_share == 0);
    add_round(meter, config);
    cs_load_next_round(meter, 25 * second_ns);
    ck_assert_close(meter->load.server_share, 0.25, 1e-12);
    ck_assert_close(meter->load.uplink_share, 0.3, 1e-12);
    ck_assert_close(meter->load.downlink_share, 0.35, 1e-12);
    /* Nothing was done in the next; no time at all went by in the one behind it. */
    cs_load_next_round(meter, 26 * second_ns);
    ck_assert(meter->load.server_share == 0 && meter->load.downlink_share == 0);
    add_round(meter, config);
    cs_load_next_round(meter, 26 * second_ns);
    ck_assert(meter->load.server_share == 0 && meter->load.uplink_share == 0);
}
END_TEST

START_TEST(no_share_is_above_1)
{
    g_autoptr(CsConfig) config =
        config_of("card-contention", CS_SCHEDULE_PARALLEL, 1, CS_SHARING_PROPORTIONAL_FAIR);
    g_autofree CsLoadMeter *meter = cs_load_meter_new(config);
    for (int i = 0; i < 3; i++)
        add_round(meter, config);
    cs_load_next_round(meter, 20 * second_ns);
    ck_assert(meter->load.server_share == 1);
    ck_assert_close(meter->load.uplink_share, 0.9, 1e-12);
    ck_assert(meter->load.downlink_share == 1);
}
END_TEST

START_TEST(what_is_not_shared_is_not_busy)
{
    g_autoptr(CsConfig) config =
        config_of("card-contention", CS_SCHEDULE_PARALLEL, CS_GPUS_UNLIMITED, CS_SHARING_DEDICATED);
    g_autofree CsLoadMeter *meter = cs_load_meter_new(config);
    add_round(meter, config);
    cs_load_next_round(meter, 20 * second_ns);
    ck_assert(meter->load.server_share == 0 && meter->load.uplink_share == 0 &&
              meter->load.downlink_share == 0);
    ck_assert_uint_eq(meter->load.gpus, 0);
    g_autoptr(CsConfig) alone =
        config_of("card-contention", CS_SCHEDULE_SEQUENTIAL, 2, CS_SHARING_EQUAL);
    ck_assert_ptr_null(cs_load_meter_new(alone));
    g_autoptr(CsConfig) plain = config_of("card", CS_SCHEDULE_PARALLEL, 2, CS_SHARING_EQUAL);
    ck_assert_ptr_null(cs_load_meter_new(plain));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("load");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, shares_by_hand);
    tcase_add_test(tests, no_share_is_above_1);
    tcase_add_test(tests, what_is_not_shared_is_not_busy);
    suite_add_tcase(suite, tests);
    return cs_check_main(suite);
}
