#!/bin/sh
# a thousand shards merged under `ulimit -n 256`, the bytes of one machine; SHARDS says how many
# SPDX-License-Identifier: GPL-3.0-or-later
set -u
export CARDSIM_DATADIR="$top"
mkdir -p build && cd build || exit 1
[ -f Makefile ] || CFLAGS="-O2 -g" "$top/configure" -q || exit 1
make -s -j"$jobs" cardsim || exit 1
cd .. || exit 1
cardsim=$PWD/build/cardsim
shards=${SHARDS:-1000}
rm -rf parts one merged
cat >many.ini <<END
[scenario]
extends = $top/scenarios/letter.ini
[simulation]
rounds = 1
replications = 1
[sweep]
policy.weight = $(awk -v n="$shards" 'BEGIN { printf "%.6f .. %.6f step %.6f", 1e-6, n * 1e-6, 1e-6 }')
END
"$cardsim" sweep many.ini -q -o one || exit 1
seq 0 $((shards - 1)) | xargs -P "$jobs" -I {} "$cardsim" sweep many.ini -q -j 1 --shard {}/"$shards" -o parts/{} || exit 1
begun=$(date +%s)
(ulimit -n 256 && exec "$cardsim" merge parts/* -q -o merged) || exit 1
seconds=$(($(date +%s) - begun))
status=0
for file in devices.csv totals.csv manifest.json; do
    cmp "one/$file" "merged/$file" || status=1
done
[ "$status" -eq 0 ] && echo "figure: shards merged with 256 files open at most = $shards in $seconds s"
exit "$status"
