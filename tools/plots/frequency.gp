# SPDX-License-Identifier: GPL-3.0-or-later
# Server GPU frequency against the round: a line a device, a marker here and there.
height_cm = 6.3
n = words(devices)
every_nth = ceil(rounds / 10.0)
marked(k, r) = (int(r) + k * every_nth / n) % every_nth == 0
set xrange [0.5:rounds + 0.5]
set yrange [0:*]
set xlabel 'Training round'
set ylabel axis
unset title
set key outside top center horizontal \
    title above('Device'.(strlen(note) ? ' ('.note.')' : '')) enhanced
do for [format in passes] {
    eval terminal(format)
    plot for [k = 1:n] data using 1:(strcol(2) eq word(devices, k) ? $3 / unit : NaN) skip 1 \
             with lines linewidth 1.2 linecolor rgb colour(k) notitle, \
         for [k = 1:n] data using 1:(strcol(2) eq word(devices, k) && marked(k, $1) \
                                     ? $3 / unit : NaN) skip 1 \
             with points pointtype mark(k) linecolor rgb colour(k) notitle, \
         for [k = 1:n] NaN with linespoints linewidth 1.2 pointtype mark(k) \
             linecolor rgb colour(k) title word(devices, k)
    unset output
    if (format eq 'measure') { eval even('y', GPVAL_Y_MIN, GPVAL_Y_MAX) }
}
