# SPDX-License-Identifier: GPL-3.0-or-later
# Curves of a metric over a key, one a series, with 95 % confidence intervals over replications.
# Columns: series, place on the axis, the key's value as text, mean, half-width. Where the key's values
# rise by a factor the axis is logarithmic, with a tic at each; so is then the metric's, but for shares,
# where it spans more than a decade.
body_cm = 4.9
is(k) = column(series_at) == k
# The curve is exact where all of it is known so; marks and intervals are the simulation's.
curve(mean) = exact ? column(series_at + 1) : mean
half(h) = h > 0 ? h : NaN
set xlabel x_axis noenhanced
set ylabel y_axis noenhanced
set autoscale xfix
set offsets graph 0.02, graph 0.02, graph 0.04, 0
y_log = x_factor && y_unit != 0.01 && low > 0 && high / low > 10
if (from_zero && !y_log) { set yrange [0:*] }
if (y_log) {
    set logscale y
    set offsets graph 0.02, graph 0.02, 0, 0
    set yrange [0.7 * low / y_unit:1.4 * high / y_unit]
}
if (x_factor) {
    set logscale x
    set xtics ()
    set for [i = 1:|names|] xtics add (names[i] real(names[i]))
    set mxtics 1
}
legend = n_series > 1
n_entries = n_series
do for [k = 1:n_series] { longest = lettered(series[k]) }
height_cm = body_cm + above_cm(n_series)
# A curve that lies on another is dashed, with larger marks that are hollow, so that both are seen.
hollow = '6 4 8 12 10 7 5 9'
twin(k) = same[k] > 0
shape(k) = twin(k) ? int(word(hollow, (k - 1) % 8 + 1)) : mark(k)
dashes(k) = twin(k) ? 2 : 1
size(k, f) = (twin(k) ? 1.9 : 1) * point(f)
do for [format in passes] {
    eval terminal(format)
    if (format ne 'measure') { eval y_title(y_axis, format); eval x_title(x_axis, format) }
    plot for [k = 1:n_series] data using (is(k) ? $2 : NaN):(curve($4) / y_unit) skip 1 \
             with lines dashtype dashes(k) linewidth 1.4 linecolor rgb colour(k) notitle, \
         for [k = 1:n_series] data using (is(k) ? $2 : NaN):($4 / y_unit):(half($5) / y_unit) \
             skip 1 with yerrorbars pointtype 0 linewidth 1 linecolor rgb colour(k) notitle, \
         for [k = 1:n_series] data using (is(k) ? $2 : NaN):($4 / y_unit) skip 1 \
             with points pointtype shape(k) pointsize size(k, format) linecolor rgb colour(k) notitle, \
         for [k = 1:n_series] NaN with linespoints dashtype dashes(k) pointtype shape(k) pointsize size(k, format) linewidth 1.4 \
             linecolor rgb colour(k) title series[k]
    unset output
    if (format eq 'measure') {
        eval y_log ? log_even('y', low / y_unit, high / y_unit) \
                   : even('y', GPVAL_Y_MIN, GPVAL_Y_MAX)
        if (!x_factor) { eval even('x', GPVAL_DATA_X_MIN, GPVAL_DATA_X_MAX) }
    }
}
