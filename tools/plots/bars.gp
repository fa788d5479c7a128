# SPDX-License-Identifier: GPL-3.0-or-later
# Bars of a metric over names, a group a name, a bar a series, with 95 % confidence intervals over
# replications. Columns: series, place on the axis, the name, mean, half-width.
height_cm = 6.0
is(k) = strcol(1) eq series[k]
width = 0.8 / n_series
place(k) = $2 - 0.4 + (k - 0.5) * width
longest = 0
do for [i = 1:|names|] { longest = strlen(names[i]) > longest ? strlen(names[i]) : longest }
set xrange [0.4:|names| + 0.6]
set xtics scale 0 noenhanced
turned = |names| * longest > 40
if (turned) {
    set xtics rotate by 45 right
    height_cm = height_cm + 0.11 * longest
}
set xtics ()
set for [i = 1:|names|] xtics add (names[i] i)
set xlabel x_axis offset 0,(turned ? 0.04 * longest : 0) noenhanced
set ylabel y_axis.(strlen(y_note) ? "\n".y_note : '') noenhanced
if (low >= 0.0) { set yrange [0:*] } else { set xzeroaxis linetype 1 linecolor rgb '#444444' }
set style fill solid 1.0 noborder
legend = n_series > 1
if (legend) {
    unset title
    set key above maxrows 4 title above(key_title) enhanced
}
do for [format in passes] {
    eval terminal(format)
    plot for [k = 1:n_series] data using (is(k) ? place(k) : NaN):($4 / y_unit):(0.92 * width) \
             skip 1 with boxes fillcolor rgb colour(k) notitle, \
         for [k = 1:n_series] data using (is(k) ? place(k) : NaN):(($4 - $5) / y_unit):(0): \
             (2 * $5 / y_unit) skip 1 with vectors nohead linewidth 1.2 linecolor rgb black notitle, \
         for [k = 1:n_series] for [e in '-1 1'] data using (is(k) ? place(k) - 0.2 * width : NaN): \
             (($4 + e * $5) / y_unit):(0.4 * width):(0) skip 1 \
             with vectors nohead linewidth 1.2 linecolor rgb black notitle, \
         for [k = 1:n_series] NaN with boxes fillcolor rgb colour(k) title series[k]
    unset output
    if (format eq 'measure') { eval even('y', GPVAL_Y_MIN, GPVAL_Y_MAX) }
}
