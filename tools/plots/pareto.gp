# SPDX-License-Identifier: GPL-3.0-or-later
# One metric against another, along the values of a key, one curve a series, with 95 % confidence
# intervals over replications both ways. Columns: series, place along the key, the key's value, x, its
# half-width, y, its half-width. Labels at both ends of each curve tell the key's value.
body_cm = 4.9
is(k) = column(series_at) == k
set xlabel x_axis noenhanced
set ylabel y_axis noenhanced
set grid xtics ytics linecolor rgb '#dddddd' linetype 1 linewidth 0.7
# Where values span decades a linear axis shows but its ends.
x_log = x_low > 0 && x_high / x_low > 20
y_log = low > 0 && high / low > 20
if (x_log) { set logscale x }
if (y_log) { set logscale y }
set autoscale fix
set offsets graph 0.06, graph 0.22, graph 0.09, graph 0.09
legend = n_series > 1
n_entries = n_series
do for [k = 1:n_series] { longest = lettered(series[k]) }
height_cm = body_cm + above_cm(n_series)
hollow = '6 4 8 12 10 7 5 9'
twin(k) = same[k] > 0
shape(k) = twin(k) ? int(word(hollow, (k - 1) % 8 + 1)) : mark(k)
dashes(k) = twin(k) ? 2 : 1
size(k, f) = (twin(k) ? 1.9 : 1) * point(f)
do for [format in passes] {
    eval terminal(format)
    if (format ne 'measure') {
        eval y_title(y_axis, format); eval x_title(x_axis, format)
        do for [i = 201:200 + n_ends] { set label i font small(format) }
    }
    plot for [k = 1:n_series] data using (is(k) ? $4 / x_unit : NaN):($6 / y_unit) skip 1 \
             with lines dashtype dashes(k) linewidth 1.2 linecolor rgb colour(k) notitle, \
         for [k = 1:n_series] data using (is(k) ? $4 / x_unit : NaN):($6 / y_unit): \
             ($5 / x_unit):($7 / y_unit) skip 1 \
             with xyerrorbars pointtype shape(k) pointsize size(k, format) linewidth 0.8 linecolor rgb colour(k) notitle, \
         for [k = 1:n_series] NaN with linespoints dashtype dashes(k) pointtype shape(k) pointsize size(k, format) linewidth 1.2 \
             linecolor rgb colour(k) title series[k]
    unset output
    if (format eq 'measure') {
        eval x_log ? log_even('x', x_low / x_unit, x_high / x_unit) \
                   : even('x', GPVAL_X_MIN, GPVAL_X_MAX)
        eval y_log ? log_even('y', low / y_unit, high / y_unit) \
                   : even('y', GPVAL_Y_MIN, GPVAL_Y_MAX)
    }
}
