# SPDX-License-Identifier: GPL-3.0-or-later
# Bars of a metric over names, a group a name, a bar a series, with 95 % confidence intervals over
# replications. Columns: series, place on the axis, the name, mean, half-width. Series differ by hatching
# too, so that they are told apart without colours.
body_cm = 4.6
is(k) = column(series_at) == k
hatches = '3 4 1 5 2 6 7 0'
hatch(k) = int(word(hatches, (k - 1) % 8 + 1))
width = 0.8 / n_series
place(k) = $2 - 0.4 + (k - 0.5) * width
longest_name = 0
do for [i = 1:|names|] { longest_name = strlen(names[i]) > longest_name ? strlen(names[i]) : longest_name }
set xrange [0.4:|names| + 0.6]
set xtics scale 0 noenhanced
turned = |names| * longest_name > 40
# Turned names hang below the axis, its title below them.
hang_cm = turned ? 0.35 + 0.115 * longest_name : 0.45
if (turned) {
    set xtics rotate by 45 right
    body_cm = body_cm - 0.45 + hang_cm
}
set xtics ()
set for [i = 1:|names|] xtics add (names[i] i)
set ylabel y_axis noenhanced
if (low >= 0.0) { set yrange [0:*] } else { set xzeroaxis linetype 1 linecolor rgb '#444444' }
legend = n_series > 1
n_entries = n_series
do for [k = 1:n_series] { longest = lettered(series[k]) }
height_cm = body_cm + above_cm(n_series)
set bmargin at screen (hang_cm + 0.65) / height_cm
do for [format in passes] {
    eval terminal(format)
    if (format ne 'measure') {
        eval y_title(y_axis, format)
        set label 98 x_axis at graph 0.5, screen 0.28 / height_cm center noenhanced \
            font fitted(x_axis, width_cm - 2, format)
    }
    plot for [k = 1:n_series] data using (is(k) ? place(k) : NaN):($4 / y_unit):(0.92 * width) \
             skip 1 with boxes fillstyle pattern hatch(k) border linecolor rgb colour(k) \
             fillcolor rgb colour(k) linewidth 0.8 notitle, \
         for [k = 1:n_series] data using (is(k) ? place(k) : NaN):(($4 - $5) / y_unit):(0): \
             (2 * $5 / y_unit) skip 1 with vectors nohead linewidth 1.2 linecolor rgb black notitle, \
         for [k = 1:n_series] for [e in '-1 1'] data using (is(k) ? place(k) - 0.2 * width : NaN): \
             (($4 + e * $5) / y_unit):(0.4 * width):(0) skip 1 \
             with vectors nohead linewidth 1.2 linecolor rgb black notitle, \
         for [k = 1:n_series] NaN with boxes fillstyle pattern hatch(k) border \
             linecolor rgb colour(k) fillcolor rgb colour(k) linewidth 0.8 title series[k]
    unset output
    if (format eq 'measure') { eval even('y', GPVAL_Y_MIN, GPVAL_Y_MAX) }
}
