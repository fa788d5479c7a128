# SPDX-License-Identifier: GPL-3.0-or-later
# Why a cut was chosen: the cost U over the cuts, its two terms below it. Columns: cut, delay term,
# energy term, U, whether it fits, whether it was chosen. The chosen cut is ringed, cuts that do not fit
# the device's memory stand on grey and are crossed out.
body_cm = 4.9
fits(v, yes) = yes > 0.5 ? v : NaN
set xrange [-0.6:cuts - 0.4]
set yrange [*:*]
set xlabel 'Cut layer'
set ylabel 'Cost U and its terms'
set key samplen 3
legend = 1
n_entries = unfit > 0 ? 5 : 4
longest = 16
height_cm = body_cm + above_cm(n_entries)
steps(n) = n <= 1 ? 1 : n <= 20 ? (n > 10 ? 2 : 1) : n <= 40 ? 4 : 8 * ceil(n / 80.0)
set xtics steps(cuts - 1)
if (unfit > 0 && unfit < cuts) {
    set object 1 rectangle from first cuts - unfit - 0.5, graph 0 to first cuts - 0.4, graph 1 \
        fillstyle solid 1.0 noborder fillcolor rgb '#eeeeee' behind
}
do for [format in passes] {
    eval terminal(format)
    plot data using 1:4 skip 1 with lines linewidth 1.8 linecolor rgb black notitle, \
         data using 1:2 skip 1 with lines dashtype 2 linewidth 1.4 linecolor rgb blue \
             title 'delay term', \
         data using 1:3 skip 1 with lines dashtype 4 linewidth 1.4 linecolor rgb vermilion \
             title 'energy term', \
         data using 1:(fits($4, $5)) skip 1 with points pointtype 7 linecolor rgb black notitle, \
         NaN with linespoints pointtype 7 linewidth 1.8 linecolor rgb black title 'U', \
         data using 1:($5 > 0.5 ? NaN : $4) skip 1 with points pointtype 2 linecolor rgb grey \
             title (unfit > 0 ? 'does not fit' : ''), \
         data using 1:($6 > 0.5 ? $4 : NaN) skip 1 with points pointtype 6 pointsize 2.2 * point(format) linewidth 2 \
             linecolor rgb green title sprintf('chosen: cut %d', chosen)
    unset output
    if (format eq 'measure') { eval even('y', GPVAL_Y_MIN, GPVAL_Y_MAX) }
}
