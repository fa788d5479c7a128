#!/bin/sh
# 95 % intervals of means and of reductions, over 1000 seeds: how often they cover the long-run value
set -u
[ -f Makefile ] || "$top/configure" -q || exit 1
make -s -j"$jobs" tests/long/intervals >build.log 2>&1 || { tail build.log; exit 1; }
CARDSIM_DATADIR=$top
export CARDSIM_DATADIR
exec tests/long/intervals "$top/scenarios/letter.ini"
