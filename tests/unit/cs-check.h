/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every unit test shares: relative comparison and a main() in one line.
 *
 * Check's own ck_assert_double_eq_tol() is absolute; physics needs relative tolerances.
 */
#ifndef CS_TESTS_UNIT_CS_CHECK_H
#define CS_TESTS_UNIT_CS_CHECK_H

/* Tests compare doubles that are exact by construction, and write figures as they are read. */
#pragma GCC diagnostic ignored "-Wfloat-equal"
#pragma GCC diagnostic ignored "-Wconversion"

#include <check.h>
#include <glib.h>
#include <math.h>
#include <stdlib.h>

/* |actual - expected| <= tolerance · |expected| (absolute where expected is 0). */
#define ck_assert_close(actual, expected, tolerance)                                               \
    do {                                                                                           \
        double close_a_ = (actual), close_e_ = (expected), close_t_ = (tolerance);                 \
        double close_s_ = close_e_ == 0.0 ? 1.0 : fabs(close_e_);                                  \
        ck_assert_msg(fabs(close_a_ - close_e_) <= close_t_ * close_s_,                            \
                      "%s = %.17g, expected %s = %.17g within %g relative", #actual, close_a_,     \
                      #expected, close_e_, close_t_);                                              \
    } while (0)

/* Runs `suite` (transfer full); the exit status for main(). Closes with Check's own count. */
static inline int cs_check_main(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* A file of the source tree, for tests that read data. Transfer full. */
static inline char *cs_test_path(const char *relative)
{
    const char *root = g_getenv("CS_TEST_SRCDIR");
    return g_build_filename(root != NULL ? root : ".", relative, NULL);
}

#endif
