# SPDX-License-Identifier: GPL-3.0-or-later
# Bars of a mean, one a device, with 95 % confidence intervals over replications.
height_cm = 6.0
n = words(devices)
name(i) = word(devices, i)
is(i) = strcol(1) eq name(i)
longest = 0
do for [i = 1:n] { longest = strlen(name(i)) > longest ? strlen(name(i)) : longest }
set xrange [0.4:n + 0.6]
set yrange [0:*]
set xtics scale 0 noenhanced
if (n * longest > 40) { set xtics rotate by 90 right }
set xtics ()
set for [i = 1:n] xtics add (name(i) i)
set xlabel 'Device'.(strlen(note) ? ' ('.note.')' : '')
set ylabel axis
set style fill solid 1.0 border linecolor rgb black
legend = 0
do for [format in passes] {
    eval terminal(format)
    plot for [i = 1:n] data using (i):(is(i) ? $3 / unit : NaN):(0.7) skip 1 \
             with boxes fillcolor rgb blue linewidth 0.7, \
         for [i = 1:n] data using (i):(is(i) ? ($3 - $4) / unit : NaN):(0):(2 * $4 / unit) \
             skip 1 with vectors nohead linewidth 1.6 linecolor rgb black, \
         for [i = 1:n] for [e in '-1 1'] data using (i - 0.15): \
             (is(i) ? ($3 + e * $4) / unit : NaN):(0.3):(0) skip 1 \
             with vectors nohead linewidth 1.6 linecolor rgb black
    unset output
    if (format eq 'measure') { eval even('y', GPVAL_Y_MIN, GPVAL_Y_MAX) }
}
