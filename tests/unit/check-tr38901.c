/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of src/radio/tr38901: worked by hand from the formulas of TR 38.901, Tables 7.4.1-1 and
 * 7.4.2-1.
 */
#include "cs-check.h"

#include "radio/tr38901.h"

/* 5 GHz, h_UT 1.5 m: published check values. */
START_TEST(check_values)
{
    CsGeometry micro = {100, 10, 1.5, 5e9, 1}, office = {50, 3, 1.5, 5e9, 1};
    ck_assert_close(cs_environment_loss_db(CS_ENVIRONMENT_UMI, TRUE, &micro), 88.4122, 1e-6);
    ck_assert_close(cs_environment_loss_db(CS_ENVIRONMENT_UMI, FALSE, &micro), 107.9432, 1e-6);
    ck_assert_close(cs_environment_loss_db(CS_ENVIRONMENT_INH_MIXED, FALSE, &office), 99.7824,
                    1e-6);
}
END_TEST

/*
 * UMa at 2 GHz, h_BS 25 m, h_UT 1.5 m: d_BP = 4·24·0.5·2e9/299792458 = 320.2215 m. At 1000 m:
 * d3 = sqrt(1000² + 23.5²) = 1000.27609; 28 + 40·3.00011988 + 20·0.30103000 - 9·lg(320.2215² +
 * 552.25) = 28 + 120.004795 + 6.020600 - 9·5.01323... (102541.8 + 552.25 = 103094.1).
 */
START_TEST(beyond_the_break_point)
{
    CsGeometry macro = {1000, 25, 1.5, 2e9, 1};
    double expected = 28 + 40 * log10(1000.2760869) + 20 * log10(2) - 9 * log10(103094.06);
    ck_assert_close(cs_environment_loss_db(CS_ENVIRONMENT_UMA, TRUE, &macro), expected, 1e-7);
    /* The two branches meet at the break point but for the curve between d2 and d3. */
    double at_m = 320.2215;
    CsGeometry near = {at_m - 0.01, 25, 1.5, 2e9, 1}, far = {at_m + 0.01, 25, 1.5, 2e9, 1};
    ck_assert_double_eq_tol(cs_environment_loss_db(CS_ENVIRONMENT_UMA, TRUE, &near),
                            cs_environment_loss_db(CS_ENVIRONMENT_UMA, TRUE, &far), 0.01);
}
END_TEST

START_TEST(never_better_without_line_of_sight)
{
    for (int e = 0; e < CS_ENVIRONMENT_N; e++) {
        for (double d = 1; d <= 150; d += 1) {
            CsGeometry geometry = {d, e < CS_ENVIRONMENT_INH_MIXED ? 10 : 3, 1.5, 3.5e9, 1};
            ck_assert(cs_environment_loss_db((CsEnvironment)e, FALSE, &geometry) >=
                      cs_environment_loss_db((CsEnvironment)e, TRUE, &geometry));
        }
    }
}
END_TEST

START_TEST(line_of_sight_probability)
{
    static const struct {
        CsEnvironment environment;
        double distance_m, probability;
    } known[] = {
        {CS_ENVIRONMENT_UMI, 18, 1},
        {CS_ENVIRONMENT_UMI, 36, 0.5 + 0.36787944117 * 0.5},
        {CS_ENVIRONMENT_UMA, 63, 18.0 / 63 + 0.36787944117 * (1 - 18.0 / 63)},
        {CS_ENVIRONMENT_INH_MIXED, 1.2, 1},
        {CS_ENVIRONMENT_INH_MIXED, 5.9, 0.36787944117},
        {CS_ENVIRONMENT_INH_MIXED, 6.5, 0.32},
        {CS_ENVIRONMENT_INH_MIXED, 39.1, 0.32 * 0.36787944117},
        {CS_ENVIRONMENT_INH_OPEN, 5, 1},
        {CS_ENVIRONMENT_INH_OPEN, 49, 0.53715}, /* exp(-44/70.8) */
        {CS_ENVIRONMENT_INH_OPEN, 260.7, 0.54 * 0.36787944117},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        ck_assert_close(
            cs_environment_los_probability(known[i].environment, known[i].distance_m, 1.5),
            known[i].probability, i == 8 ? 1e-4 : 1e-9);
    /* C' = 1 at 23 m: (0.18 + exp(-100/63) 0.82)(1 + 1.25 exp(-100/150)); at 18 m C' = 0.5^1.5 */
    ck_assert_close(cs_environment_los_probability(CS_ENVIRONMENT_UMA, 100, 23), 0.5707960361,
                    1e-9);
    ck_assert_close(cs_environment_los_probability(CS_ENVIRONMENT_UMA, 100, 18), 0.4265575076,
                    1e-9);
    ck_assert_close(cs_environment_los_probability(CS_ENVIRONMENT_UMA, 100, 13),
                    cs_environment_los_probability(CS_ENVIRONMENT_UMA, 100, 1.5), 0);
    ck_assert(cs_environment_los_probability(CS_ENVIRONMENT_UMA, 18.5, 23) <= 1);
    ck_assert_double_eq(cs_environment_los_probability(CS_ENVIRONMENT_UMI, 100, 23),
                        cs_environment_los_probability(CS_ENVIRONMENT_UMI, 100, 1.5));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tr38901");
    TCase *tc = tcase_create("tr38901");
    tcase_add_test(tc, check_values);
    tcase_add_test(tc, beyond_the_break_point);
    tcase_add_test(tc, never_better_without_line_of_sight);
    tcase_add_test(tc, line_of_sight_probability);
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
