#!/bin/sh
# random scenarios over all keys, run by the program under ASan and UBSan for RANDOM_SECONDS (3600)
# SPDX-License-Identifier: GPL-3.0-or-later
# tests/fuzz/random/ draws and judges them. Each call goes on where the last one ended, so that an
# hour may be several; RANDOM_SEED says where to begin. What fails is kept in findings/SEED.
set -u
seconds=${RANDOM_SECONDS:-3600}
export CARDSIM_DATADIR="$top" G_SLICE=always-malloc
export ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1

mkdir -p build && cd build || exit 1
[ -f Makefile ] || CFLAGS="-O1 -g" "$top/configure" -q --enable-sanitizers=address,undefined || exit 1
make -s -j"$jobs" cardsim tests/fuzz/random/scenarios || exit 1
cd .. || exit 1

# As many at a time as there are processors, each on seeds of its own.
begin=${RANDOM_SEED:-$(cat next-seed 2>/dev/null || echo 1)}
worker=0
while [ "$worker" -lt "$jobs" ]; do
    build/tests/fuzz/random/scenarios -t "$seconds" -s $((begin + worker * 1000000)) \
        build/cardsim >"worker-$worker.log" 2>&1 &
    eval "child_$worker=$!"
    worker=$((worker + 1))
done
status=0 worker=0 most=0
while [ "$worker" -lt "$jobs" ]; do
    eval "wait \"\$child_$worker\"" || status=1
    grep -E '^FAIL|scenarios:' "worker-$worker.log" || status=1 # or it died before its end
    n=$(sed -n 's/^\([0-9]*\) scenarios:.*/\1/p' "worker-$worker.log")
    [ "${n:-0}" -gt "$most" ] && most=$n
    worker=$((worker + 1))
done
echo $((begin + most)) >next-seed
total=$(sed -n 's/^\([0-9]*\) scenarios:.*/\1/p' worker-*.log | awk '{ n += $1 } END { print n + 0 }')
ran=$(sed -n 's/^.*scenarios: \([0-9]*\) run.*/\1/p' worker-*.log | awk '{ n += $1 } END { print n + 0 }')
bad=$(cat worker-*.log | grep -c '^FAIL')
echo "figure: random scenarios = $total, of which $ran run to the end"
echo "figure: random scenarios that fail = $bad"
exit "$status"
