#!/bin/sh
# simulated means of 200 random scenarios against exact ones, as z-scores
# SPDX-License-Identifier: GPL-3.0-or-later
set -u
[ -f Makefile ] || "$top/configure" -q || exit 1
make -s -j"$jobs" tests/unit/check-expect >build.log 2>&1 || { tail build.log; exit 1; }
CARDSIM_DATADIR=$top CS_TEST_SRCDIR=$top CS_EXPECT_CASES=200 CK_DEFAULT_TIMEOUT=3600
export CARDSIM_DATADIR CS_TEST_SRCDIR CS_EXPECT_CASES CK_DEFAULT_TIMEOUT
tests/unit/check-expect
