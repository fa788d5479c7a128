#!/bin/sh
# 250 faults drawn over all of src by seed (DRAWN_NUMBER, DRAWN_SEED), each to be caught; by folder
# SPDX-License-Identifier: GPL-3.0-or-later
# tests/mutants/drawn.py says how. As many at a time as there are processors; resumable.
set -u
command -v python3 >/dev/null 2>&1 || { echo "python3 is needed" >&2; exit 1; }
part=0
while [ "$part" -lt "$jobs" ]; do
    python3 "$top/tests/mutants/drawn.py" judge -d "$(pwd -P)" --part "$part/$jobs" \
        -n "${DRAWN_NUMBER:-250}" -s "${DRAWN_SEED:-1}" &
    part=$((part + 1))
done
wait
python3 "$top/tests/mutants/drawn.py" report -d "$(pwd -P)"
