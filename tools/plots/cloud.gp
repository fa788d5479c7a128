# SPDX-License-Identifier: GPL-3.0-or-later
# Settings in the plane of two metrics, a point each, and the point that was asked for. Columns: kind
# (setting, near), x, y.
body_cm = 5.6
is(what) = strcol(1) eq what
set xlabel x_axis noenhanced
set ylabel y_axis noenhanced
set grid xtics ytics linecolor rgb '#dddddd' linetype 1 linewidth 0.7
set autoscale fix
set offsets graph 0.04, graph 0.04, graph 0.04, graph 0.04
set style fill transparent solid 0.45 noborder
legend = has_near
n_entries = 2
longest = strlen('a setting within the ranges')
height_cm = body_cm + above_cm(n_entries)
do for [format in passes] {
    eval terminal(format)
    if (format ne 'measure') { eval y_title(y_axis, format); eval x_title(x_axis, format) }
    plot data using (is('setting') ? $2 / x_unit : NaN):($3 / y_unit) skip 1 \
             with points pointtype 7 pointsize 0.35 linecolor rgb blue notitle, \
         data using (is('near') ? $2 / x_unit : NaN):($3 / y_unit) skip 1 \
             with points pointtype 3 pointsize 1.8 linewidth 1.8 linecolor rgb vermilion notitle, \
         NaN with points pointtype 7 pointsize 0.6 linecolor rgb blue \
             title 'a setting within the ranges', \
         NaN with points pointtype 3 pointsize 1.4 linewidth 1.8 linecolor rgb vermilion \
             title 'the point asked for'
    unset output
    if (format eq 'measure') {
        eval even('x', GPVAL_X_MIN, GPVAL_X_MAX)
        eval even('y', GPVAL_Y_MIN, GPVAL_Y_MAX)
    }
}
