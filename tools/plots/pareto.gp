# SPDX-License-Identifier: GPL-3.0-or-later
# One metric against another, along the values of a key, one curve a series, with 95 % confidence
# intervals over replications both ways. Columns: series, place along the key, the key's value, x, its
# half-width, y, its half-width. The ends of the last
# curve tell the key's value.
height_cm = 6.5
is(k) = strcol(1) eq series[k]
set xlabel x_axis noenhanced
set ylabel y_axis.(strlen(y_note) ? "\n".y_note : '') noenhanced
set grid xtics ytics linecolor rgb '#dddddd' linetype 1 linewidth 0.7
# Where values span decades a linear axis shows but its ends.
x_log = x_low > 0 && x_high / x_low > 20
y_log = low > 0 && high / low > 20
if (x_log) { set logscale x }
if (y_log) { set logscale y }
set autoscale fix
set offsets graph 0.06, graph 0.22, graph 0.08, graph 0.06
ends = strlen(along)
end(k) = ends && is(k) && (strcol(3) eq names[1] || strcol(3) eq names[|names|])
name(s) = along.' = '.s
legend = n_series > 1
if (legend) {
    unset title
    set key above maxrows 4 title above(key_title) enhanced
}
do for [format in passes] {
    eval terminal(format)
    plot for [k = 1:n_series] data using (is(k) ? $4 / x_unit : NaN):($6 / y_unit) skip 1 \
             with lines linewidth 1.2 linecolor rgb colour(k) notitle, \
         for [k = 1:n_series] data using (is(k) ? $4 / x_unit : NaN):($6 / y_unit): \
             ($5 / x_unit):($7 / y_unit) skip 1 \
             with xyerrorbars pointtype mark(k) linewidth 0.8 linecolor rgb colour(k) notitle, \
         data using (end(n_series) ? $4 / x_unit : NaN):($6 / y_unit):(name(strcol(3))) skip 1 \
             with labels noenhanced left offset 0.5,0.5 font small(format) notitle, \
         for [k = 1:n_series] NaN with linespoints pointtype mark(k) linewidth 1.2 \
             linecolor rgb colour(k) title series[k]
    unset output
    if (format eq 'measure') {
        eval x_log ? log_even('x', x_low / x_unit, x_high / x_unit) \
                   : even('x', GPVAL_X_MIN, GPVAL_X_MAX)
        eval y_log ? log_even('y', low / y_unit, high / y_unit) \
                   : even('y', GPVAL_Y_MIN, GPVAL_Y_MAX)
    }
}
