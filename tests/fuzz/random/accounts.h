/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz/random/accounts: whether the tables of a run add up, read as strangers would: the stages
 * and waiting of a round are its delay, its end less its start; a device's totals are the sums of
 * its rounds, the run's those of its devices; every number is finite, every time and energy >= 0.
 */
#ifndef CS_TESTS_FUZZ_ACCOUNTS_H
#define CS_TESTS_FUZZ_ACCOUNTS_H

#include <glib.h>

/* What is wrong in `directory`, or NULL. Tables that are not there are passed over. Transfer full.
 */
char *accounts_fault(const char *directory);

#endif
