#!/bin/sh
# Sweeps that stop by their precision, over 1000 seeds: how often the 95 % interval covers the long-run value
# SPDX-License-Identifier: GPL-3.0-or-later
set -u
[ -f Makefile ] || "$top/configure" -q || exit 1
make -s -j"$jobs" cardsim >build.log 2>&1 || { tail build.log; exit 1; }
CARDSIM_DATADIR=$top
export CARDSIM_DATADIR
seeds=${CS_SEEDS:-1000}
settings="-s simulation.rounds=20 -s output.record=totals"

# column_mean NAME FILE: the column's mean.
column_mean() {
    awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i; next }
        { sum += $c } END { printf "%.15g\n", sum / (NR - 1) }' "$2"
}

bad=0
for exponent in 5 6; do
    # Seeds of their own, far from those that are tried.
    # shellcheck disable=SC2086
    [ -f "long-$exponent/totals.csv" ] || ./cardsim run "$top/scenarios/letter.ini" -q -o "long-$exponent" \
        -s radio.path-loss-exponent=$exponent -s simulation.seed=99999999 -s simulation.replications=100000 \
        $settings >/dev/null || exit 1
    truth=$(column_mean delay_mean_s "long-$exponent/totals.csv")
    for precision in 1 2 5; do
        for batch in 2 10; do
            directory=by-$exponent-$precision-$batch
            # shellcheck disable=SC2086
            ./cardsim sweep "$top/scenarios/letter.ini" -q --resume -o "$directory" $settings \
                -s radio.path-loss-exponent=$exponent -s simulation.seed=1..$seeds:1 \
                -s simulation.replications=$batch -s simulation.max-replications=5000 \
                -s "simulation.precision=delay $precision %" || exit 1
            ./cardsim report "$directory" --by run --metric delay --format csv >"$directory.csv" || exit 1
            # The interval is as the report tells it: value, then half-width.
            covered=$(awk -F, -v truth="$truth" '
                NR == 1 { for (i = 1; i <= NF; i++) { if ($i == "delay_s") c = i
                                                      if ($i ~ /half_width/) h = i }; next }
                { n++; covered += ($c - truth <= $h && truth - $c <= $h) }
                END { printf "%.1f", 100 * covered / n }' "$directory.csv")
            echo "figure: interval of delay stopped at $precision %, batches of $batch, exponent $exponent" \
                "= covers in $covered % of $seeds seeds"
            awk -v covered="$covered" 'BEGIN { exit !(covered < 93) }' && bad=1
        done
    done
done
exit $bad
