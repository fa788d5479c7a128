#!/bin/sh
# 1000 SIGKILLs of sweeps, each resumed; exports over threads x shards x straight or killed
# SPDX-License-Identifier: GPL-3.0-or-later
set -u
mkdir -p build && cd build || exit 1
[ -f Makefile ] || "$top/configure" -q || exit 1
make -s -j"$jobs" cardsim || exit 1
CS_TEST_SRCDIR=$top CS_TEST_BUILDDIR=$(pwd -P) CARDSIM_DATADIR=$top CS_KILLS=1000 CS_MATRIX=all
export CS_TEST_SRCDIR CS_TEST_BUILDDIR CARDSIM_DATADIR CS_KILLS CS_MATRIX
sh "$top/tests/cli/kills.sh"
