#!/bin/sh
# whatever 'expect' answers of random scenarios, against 10^6 simulated rounds of each, as z-scores
# SPDX-License-Identifier: GPL-3.0-or-later
# Drawn over keys most of which prevent an answer: those are refused, and the others are right.
set -u
[ -f Makefile ] || "$top/configure" -q || exit 1
make -s -j"$jobs" tests/unit/check-expect >build.log 2>&1 || { tail build.log; exit 1; }
# 600 replications of 334 rounds of five devices.
CARDSIM_DATADIR=$top CS_TEST_SRCDIR=$top CS_EXPECT_CASES=1 CS_EXPECT_ANY=${ANSWERS:-200} CS_EXPECT_ROUNDS=334
CK_RUN_CASE=exact CK_DEFAULT_TIMEOUT=3600
export CARDSIM_DATADIR CS_TEST_SRCDIR CS_EXPECT_CASES CS_EXPECT_ANY CS_EXPECT_ROUNDS CK_RUN_CASE CK_DEFAULT_TIMEOUT
tests/unit/check-expect
