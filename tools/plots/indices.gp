# SPDX-License-Identifier: GPL-3.0-or-later
# Sobol' indices as bars, a group a key, with their 95 % intervals: the total index pale, the first
# order in the metric's colour. Columns: series, key, place, first order, its ends, total, its ends.
half = 0.8 / n_series / 2
body_cm = 1.6 + 0.5 * n_keys * (n_series > 1 ? 1.2 : 0.8)
is(k) = strcol(1) eq series[k]
# From the top of a key's place down: a metric's total, its first order, the next metric's.
total(k) = $3 + 0.4 - (2 * k - 1.5) * half
first(k) = $3 + 0.4 - (2 * k - 0.5) * half
set yrange [0.4:n_keys + 0.6]
set xrange [0:*]
set ytics scale 0 noenhanced
set ytics ()
set for [i = 1:n_keys] ytics add (names[i] i)
unset grid
set grid xtics linecolor rgb '#dddddd' linetype 1 linewidth 0.7
set xlabel "Share of the metric's variance\n(full: alone; pale: with others)"
widest = 0
do for [i = 1:n_keys] { widest = strlen(names[i]) > widest ? strlen(names[i]) : widest }
set lmargin at screen 0.04 + 0.0137 * (widest < 40 ? widest : 40)
set rmargin at screen 0.97
set style fill solid 1.0 noborder
pale(k) = word('#b3d5e7 #f2c9a8 #b3ded2 #ecd0e0', (k - 1) % 4 + 1)
legend = n_series > 1
n_entries = n_series
do for [k = 1:n_series] { longest = lettered(series_name[k]) }
height_cm = body_cm + above_cm(n_series)
do for [format in passes] {
    eval terminal(format)
    eval sprintf("set ytics font '%s'", small(format))
    plot for [k = 1:n_series] data using (is(k) ? 0.5 * $7 : NaN):(total(k)): \
             (0.5 * $7):(0.45 * half) skip 1 with boxxyerror fillcolor rgb pale(k) notitle, \
         for [k = 1:n_series] data using (is(k) && $4 > 0 ? 0.5 * $4 : NaN):(first(k)): \
             (0.5 * $4):(0.45 * half) skip 1 with boxxyerror fillcolor rgb colour(k) notitle, \
         for [k = 1:n_series] data using (is(k) ? $8 : NaN):(total(k)):($9 - $8):(0) skip 1 \
             with vectors nohead linewidth 1.0 linecolor rgb black notitle, \
         for [k = 1:n_series] data using (is(k) && $6 > 0 ? ($5 > 0 ? $5 : 0) : NaN):(first(k)): \
             ($6 - ($5 > 0 ? $5 : 0)):(0) skip 1 \
             with vectors nohead linewidth 1.0 linecolor rgb black notitle, \
         for [k = 1:n_series] NaN with boxes fillcolor rgb colour(k) title series_name[k]
    unset output
    if (format eq 'measure') { eval even('x', 0, 1.4 * GPVAL_X_MAX) }
}
