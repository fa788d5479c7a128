# SPDX-License-Identifier: GPL-3.0-or-later
# Server GPU frequency against the round: a line a device, a marker here and there.
body_cm = 4.9
n = |devices|
name_at = 2
eval rows_of('$rows', '1:3')
every_nth = ceil(rounds / 10.0)
marked(k, r) = (int(r) + k * every_nth / n) % every_nth == 0
set xrange [0.5:rounds + 0.5]
set yrange [0:*]
set xlabel 'Training round'
set ylabel axis
legend = 1
legend_title = 'Device'.note
n_entries = n
do for [k = 1:n] { longest = lettered(devices[k]) }
height_cm = body_cm + above_cm(n)
do for [format in passes] {
    eval terminal(format)
    plot for [k = 1:n] $rows using 2:($1 == k ? $3 / unit : NaN) \
             with lines linewidth 1.2 linecolor rgb colour(k) notitle, \
         for [k = 1:n] $rows using 2:($1 == k && marked(k, $2) ? $3 / unit : NaN) \
             with points pointtype mark(k) linecolor rgb colour(k) notitle, \
         for [k = 1:n] NaN with linespoints linewidth 1.2 pointtype mark(k) \
             linecolor rgb colour(k) title devices[k]
    unset output
    if (format eq 'measure') { eval even('y', GPVAL_Y_MIN, GPVAL_Y_MAX) }
}
