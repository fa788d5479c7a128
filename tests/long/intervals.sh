#!/bin/sh
# 95 % intervals of means and of reductions, over 1000 seeds: how often they cover the long-run value
# SPDX-License-Identifier: GPL-3.0-or-later
set -u
[ -f Makefile ] || "$top/configure" -q || exit 1
make -s -j"$jobs" tests/long/intervals >build.log 2>&1 || { tail build.log; exit 1; }
CARDSIM_DATADIR=$top
export CARDSIM_DATADIR

# A state that was finished is not done again; delete its file to do so.
state() {
    [ -f "$1.done" ] && return
    tests/long/intervals "$top/scenarios/letter.ini" "$1" >"$1.out"
    [ $? -gt 1 ] || mv "$1.out" "$1.done" # 1: finished, outside the band
}
for exponent in 6 4 2; do state "$exponent" & done
wait
cat 6.done 4.done 2.done

# In the Good state (exponent 2) a deep fade comes once in thousands of rounds and carries the delay's
# variance: most samples hold none, and no interval that is made of them can tell. Its figures are
# shown; the other two must hold.
awk '/^figure/ { n++; share = $0; sub(/.*covers in /, "", share); if (share + 0 < 93 || share + 0 > 97) bad++ }
    END { exit n != 10 || bad > 0 }' 6.done 4.done
