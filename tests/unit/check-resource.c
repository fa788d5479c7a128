/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of src/des/resource: who is served when, by which server, after how long. */
#include "cs-check.h"

#include "des/resource.h"

#include <string.h>

typedef struct {
    CsDes *des;
    CsResource *resource;
    CsHandlerId arrive, leave;
    gint64 service_ns;
    guint server_of[64];
    GString *log; /* "job@time server+waited " */
} Shop;

static void started(CsDes *des, gpointer context, guint32 job, guint server, gint64 waited_ns)
{
    Shop *shop = context;
    shop->server_of[job] = server;
    g_string_append_printf(shop->log, "%u@%d %u+%d ", job, (int)cs_des_now(des), server,
                           (int)waited_ns);
    cs_des_post(des, cs_des_now(des) + shop->service_ns, job, shop->leave, job);
}

static void arrive(CsDes *des, gpointer context, guint32 job)
{
    (void)des;
    cs_resource_request(((Shop *)context)->resource, job);
}

static void leave(CsDes *des, gpointer context, guint32 job)
{
    (void)des;
    Shop *shop = context;
    cs_resource_release(shop->resource, shop->server_of[job]);
}

static void shop_open(Shop *shop, guint servers, gint64 service_ns)
{
    *shop = (Shop){.des = cs_des_new(), .service_ns = service_ns, .log = g_string_new(NULL)};
    shop->resource = cs_resource_new(shop->des, servers, started, shop);
    shop->arrive = cs_des_add_handler(shop->des, arrive, shop);
    shop->leave = cs_des_add_handler(shop->des, leave, shop);
}

static void shop_close(Shop *shop)
{
    cs_resource_free(shop->resource);
    cs_des_free(shop->des);
    g_string_free(shop->log, TRUE);
}

START_TEST(first_come_first_served)
{
    Shop shop;
    shop_open(&shop, 1, 10);
    /* By arrival, those of one instant by priority, whatever the order of scheduling. */
    cs_des_post(shop.des, 2, 3, shop.arrive, 3);
    cs_des_post(shop.des, 2, 1, shop.arrive, 1);
    cs_des_post(shop.des, 0, 7, shop.arrive, 7);
    cs_des_post(shop.des, 40, 2, shop.arrive, 2);
    ck_assert(cs_des_run(shop.des, NULL));
    ck_assert_str_eq(shop.log->str, "7@0 0+0 1@10 0+8 3@20 0+18 2@40 0+0 ");
    ck_assert_uint_eq(cs_resource_busy(shop.resource), 0);
    shop_close(&shop);
}
END_TEST

START_TEST(several_servers)
{
    Shop shop;
    shop_open(&shop, 2, 10);
    for (guint32 i = 0; i < 5; i++)
        cs_des_post(shop.des, 3 * (gint64)i, i, shop.arrive, i);
    ck_assert(cs_des_run(shop.des, NULL));
    ck_assert_str_eq(shop.log->str, "0@0 0+0 1@3 1+0 2@10 0+4 3@13 1+4 4@20 0+8 ");
    shop_close(&shop);
}
END_TEST

START_TEST(unlimited_never_waits)
{
    Shop shop;
    shop_open(&shop, CS_RESOURCE_UNLIMITED, 10);
    for (guint32 i = 0; i < 3; i++)
        cs_des_post(shop.des, 1, i, shop.arrive, i);
    for (guint i = 0; i < 3; i++)
        ck_assert(cs_des_step(shop.des));
    ck_assert_uint_eq(cs_resource_busy(shop.resource), 3);
    ck_assert(cs_des_run(shop.des, NULL));
    ck_assert_str_eq(shop.log->str, "0@1 0+0 1@1 0+0 2@1 0+0 ");
    ck_assert_uint_eq(cs_resource_busy(shop.resource), 0);
    shop_close(&shop);
}
END_TEST

START_TEST(a_waiting_job_can_withdraw)
{
    Shop shop;
    shop_open(&shop, 1, 10);
    for (guint32 i = 0; i < 4; i++)
        cs_resource_request(shop.resource, i);
    ck_assert_uint_eq(cs_resource_queue_length(shop.resource), 4);
    ck_assert(cs_des_step(shop.des)); /* the server takes the first */
    ck_assert_uint_eq(cs_resource_queue_length(shop.resource), 3);
    ck_assert(cs_resource_withdraw(shop.resource, 2));
    ck_assert(!cs_resource_withdraw(shop.resource, 2));
    ck_assert(!cs_resource_withdraw(shop.resource, 0)); /* it is being served */
    ck_assert(cs_des_run(shop.des, NULL));
    ck_assert_str_eq(shop.log->str, "0@0 0+0 1@10 0+10 3@20 0+20 ");
    shop_close(&shop);
}
END_TEST

START_TEST(the_queue_grows_in_order)
{
    /* Waiting jobs wrap round the ring before it grows: the order must survive. */
    Shop shop;
    shop_open(&shop, 1, 10);
    for (guint32 i = 0; i < 40; i++)
        cs_des_post(shop.des, i, i, shop.arrive, i);
    while (cs_des_now(shop.des) < 40)
        cs_des_step(shop.des);
    for (guint32 i = 40; i < 64; i++)
        cs_resource_request(shop.resource, i);
    for (guint32 i = 0; i < 30; i++)
        cs_resource_request(shop.resource, 63);
    g_string_truncate(shop.log, 0);
    guint before = cs_resource_queue_length(shop.resource);
    ck_assert_uint_gt(before, 64);
    ck_assert(cs_des_run(shop.des, NULL));
    guint next = 64 + 30 - before;
    for (const char *at = shop.log->str; *at != '\0'; next++) {
        guint expected = MIN(next, 63);
        ck_assert_uint_eq(strtoul(at, NULL, 10), expected);
        at = strchr(strchr(at, ' ') + 1, ' ') + 1;
    }
    ck_assert_uint_eq(next, 94);
    shop_close(&shop);
}
END_TEST

/* Whom the server takes is decided when all of an instant have come, in whatever order they did. */
START_TEST(those_of_one_instant_go_by_number)
{
    Shop shop;
    shop_open(&shop, 1, 10);
    static const guint32 come[] = {5, 2, 9, 1};
    for (guint i = 0; i < G_N_ELEMENTS(come); i++)
        cs_des_post(shop.des, 7, i, shop.arrive, come[i]);
    cs_des_post(shop.des, 8, 0, shop.arrive, 0);
    /* One that comes when a server is given back at the same instant. */
    cs_des_post(shop.des, 57, 63, shop.arrive, 3);
    cs_des_post(shop.des, 57, 0, shop.arrive, 4);
    ck_assert(cs_des_run(shop.des, NULL));
    ck_assert_str_eq(shop.log->str,
                     "1@7 0+0 2@17 0+10 5@27 0+20 9@37 0+30 0@47 0+39 3@57 0+0 4@67 0+10 ");
    shop_close(&shop);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("resource");
    TCase *all = tcase_create("queue");
    tcase_add_test(all, first_come_first_served);
    tcase_add_test(all, those_of_one_instant_go_by_number);
    tcase_add_test(all, several_servers);
    tcase_add_test(all, unlimited_never_waits);
    tcase_add_test(all, a_waiting_job_can_withdraw);
    tcase_add_test(all, the_queue_grows_in_order);
    suite_add_tcase(suite, all);
    return cs_check_main(suite);
}
