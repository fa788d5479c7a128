#!/bin/sh
# every call on result files fails in turn, all kinds, none left out
# SPDX-License-Identifier: GPL-3.0-or-later
set -u
mkdir -p build && cd build || exit 1
[ -f Makefile ] || "$top/configure" -q || exit 1
make -s -j"$jobs" cardsim tests/faults/shim.so || exit 1
CS_TEST_SRCDIR=$top CS_TEST_BUILDDIR=$(pwd -P) CARDSIM_DATADIR=$top CS_FAULT_STEP=1
export CS_TEST_SRCDIR CS_TEST_BUILDDIR CARDSIM_DATADIR CS_FAULT_STEP
sh "$top/tests/faults/faults.sh"
