# SPDX-License-Identifier: GPL-3.0-or-later
# Bars of a mean, one a device, with 95 % confidence intervals over replications.
body_cm = 4.6
n = |devices|
name_at = 1
eval rows_of('$rows', '3')
# Those with an interval; a first row that is not drawn, for there may be none.
$intervals << end
0,0,0
end
eval rows_of('$intervals', '3:4')
longest_name = 0
do for [i = 1:n] { longest_name = strlen(devices[i]) > longest_name ? strlen(devices[i]) : longest_name }
set xrange [0.4:n + 0.6]
set yrange [0:*]
set xtics scale 0 noenhanced
turned = n * longest_name > 40
hang_cm = turned ? 0.25 + 0.15 * longest_name : 0.45
if (turned) {
    set xtics rotate by 90 right
    body_cm = body_cm - 0.45 + hang_cm
}
height_cm = body_cm + above_cm(1)
set bmargin at screen (hang_cm + 0.65) / height_cm
set label 98 'Device'.note at graph 0.5, screen 0.28 / height_cm center noenhanced
set xtics ()
set for [i = 1:n] xtics add (devices[i] i)
set ylabel axis
set style fill solid 1.0 border linecolor rgb black
do for [format in passes] {
    eval terminal(format)
    plot for [i = 1:n] $rows using 1:($1 == i ? $2 / unit : NaN):(0.7) \
             with boxes fillcolor rgb blue linewidth 0.7, \
         $intervals using 1:(($2 - $3) / unit):(0):(2 * $3 / unit) \
             with vectors nohead linewidth 1.6 linecolor rgb black, \
         for [e in '-1 1'] $intervals using ($1 - 0.15):(($2 + e * $3) / unit):(0.3):(0) \
             with vectors nohead linewidth 1.6 linecolor rgb black
    unset output
    if (format eq 'measure') { eval even('y', GPVAL_Y_MIN, GPVAL_Y_MAX) }
}
