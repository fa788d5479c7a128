/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sobol' indices against closed forms: Ishigami's function (Ishigami & Homma, ISUMA 1990) and
 * Sobol's g-function (Saltelli & Sobol', Reliability Engineering and System Safety 50, 1995), and
 * what holds of any additive model.
 */
#include "cs-check.h"

#include "base/sensitivity.h"

#include <math.h>
#include <string.h>

#define A 7.0
#define B 0.1

/* sin x1 + a sin² x2 + b x3⁴ sin x1, x uniform on (-π, π). */
static double ishigami(gpointer unused, const double *u)
{
    (void)unused;
    double x[3];
    for (int i = 0; i < 3; i++)
        x[i] = G_PI * (2 * u[i] - 1);
    return sin(x[0]) + A * sin(x[1]) * sin(x[1]) + B * pow(x[2], 4) * sin(x[0]);
}

static const double weak[] = {0, 1, 4.5, 9, 99, 99, 99, 99};

/* Π (|4 u - 2| + a) / (1 + a) */
static double g_function(gpointer unused, const double *u)
{
    (void)unused;
    double product = 1;
    for (guint i = 0; i < G_N_ELEMENTS(weak); i++)
        product *= (fabs(4 * u[i] - 2) + weak[i]) / (1 + weak[i]);
    return product;
}

static void check_index(const CsSobolIndex *index, double first, double total, double tolerance)
{
    ck_assert_double_eq_tol(index->first_order, first, tolerance);
    ck_assert_double_eq_tol(index->total, total, tolerance);
    ck_assert_double_le(index->first_order_low, first + 1e-9);
    ck_assert_double_ge(index->first_order_high, first - 1e-9);
    ck_assert_double_le(index->total_low, total + 1e-9);
    ck_assert_double_ge(index->total_high, total - 1e-9);
}

START_TEST(ishigamis_function)
{
    double v1 = 0.5 * pow(1 + B * pow(G_PI, 4) / 5, 2), v2 = A * A / 8;
    double v13 = B * B * pow(G_PI, 8) * 8 / 225, v = v1 + v2 + v13;
    double first[] = {v1 / v, v2 / v, 0}, total[] = {(v1 + v13) / v, v2 / v, v13 / v};
    CsSobolIndex index[3];
    cs_sensitivity_of(ishigami, NULL, 3, 4096, index);
    for (guint i = 0; i < 3; i++)
        check_index(&index[i], first[i], total[i], 0.01);
}
END_TEST

START_TEST(sobols_g_function)
{
    double part[G_N_ELEMENTS(weak)], all = 1;
    CsSobolIndex index[G_N_ELEMENTS(weak)];
    for (guint i = 0; i < G_N_ELEMENTS(weak); i++) {
        part[i] = 1 / (3 * pow(1 + weak[i], 2));
        all *= 1 + part[i];
    }
    cs_sensitivity_of(g_function, NULL, G_N_ELEMENTS(weak), 4096, index);
    for (guint i = 0; i < G_N_ELEMENTS(weak); i++)
        check_index(&index[i], part[i] / (all - 1), part[i] * all / (1 + part[i]) / (all - 1),
                    0.01);
}
END_TEST

/* As they come closer with the rows, Monte Carlo's error would go down by 8. */
START_TEST(more_rows_come_closer)
{
    double v1 = 0.5 * pow(1 + B * pow(G_PI, 4) / 5, 2), v2 = A * A / 8;
    double v = v1 + v2 + B * B * pow(G_PI, 8) * 8 / 225;
    CsSobolIndex few[3], many[3];
    cs_sensitivity_of(ishigami, NULL, 3, 256, few);
    cs_sensitivity_of(ishigami, NULL, 3, 16384, many);
    for (guint i = 0; i < 2; i++) {
        double known = i == 0 ? v1 / v : v2 / v;
        ck_assert_double_lt(fabs(many[i].first_order - known), 0.002);
        ck_assert_double_lt(many[i].first_order_high - many[i].first_order_low,
                            (few[i].first_order_high - few[i].first_order_low) / 4);
    }
}
END_TEST

static double additive(gpointer unused, const double *u)
{
    (void)unused;
    return 3 * u[0] + 4 * u[1];
}

static double constant(gpointer unused, const double *u)
{
    (void)unused, (void)u;
    return 5;
}

START_TEST(nothing_interacts_in_a_sum)
{
    CsSobolIndex index[3];
    cs_sensitivity_of(additive, NULL, 3, 1024, index);
    check_index(&index[0], 9.0 / 25, 9.0 / 25, 0.005);
    check_index(&index[1], 16.0 / 25, 16.0 / 25, 0.005);
    ck_assert_double_eq(index[2].total, 0);
    ck_assert_double_eq_tol(index[2].first_order, 0, 0.005);
}
END_TEST

START_TEST(what_does_not_vary_has_no_index)
{
    CsSobolIndex index[2];
    cs_sensitivity_of(constant, NULL, 2, 64, index);
    ck_assert(isnan(index[0].first_order) && isnan(index[1].total_high));
}
END_TEST

/* Column i of A_B^i is B's, the others are A's; each column of A is evenly spread. */
START_TEST(the_design_is_saltellis)
{
    enum { K = 5, N = 64 };
    static double points[N][K + 2][K];
    cs_sensitivity_design(K, N, &points[0][0][0]);
    for (guint i = 0; i < K; i++) {
        guint cells[2][N] = {{0}};
        for (guint j = 0; j < N; j++) {
            for (guint c = 0; c < K; c++)
                ck_assert(points[j][i + 2][c] == points[j][c == i][c]);
            ck_assert(memcmp(points[j][0], points[j][1], sizeof points[j][0]) != 0);
            for (guint m = 0; m < 2; m++)
                cells[m][(guint)(points[j][m][i] * N)]++;
        }
        for (guint cell = 0; cell < N; cell++)
            ck_assert(cells[0][cell] == 1 && cells[1][cell] == 1);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sensitivity");
    TCase *tcase = tcase_create("indices");
    tcase_set_timeout(tcase, 600);
    tcase_add_test(tcase, ishigamis_function);
    tcase_add_test(tcase, sobols_g_function);
    tcase_add_test(tcase, more_rows_come_closer);
    tcase_add_test(tcase, nothing_interacts_in_a_sum);
    tcase_add_test(tcase, what_does_not_vary_has_no_index);
    tcase_add_test(tcase, the_design_is_saltellis);
    suite_add_tcase(suite, tcase);
    return cs_check_main(suite);
}
