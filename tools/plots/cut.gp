# SPDX-License-Identifier: GPL-3.0-or-later
# Cut layer against the round: a lane a device, grey from 0 to I, filled up to the cut layer, with a
# bold line at it, so that a cut of 0 shows as well.
n = |devices|
body_cm = 1.3 + 0.9 * n
height_cm = body_cm + above_cm(1)
name_at = 2
eval rows_of('$rows', '1:3')
high = value_max > 0 ? value_max : 1
lane = 0.66
base(k) = n - k
# Half a round, and a hair more, so that no light shines between neighbours.
half = 0.5 + 0.0008 * rounds
mine(k) = $1 == k
# Not by transparency, of which SVG would show the seams.
tints = '#99c7e0 #eebf99 #99d8c7 #ebc9dc #f5d999 #bbe1f6 #c2c2c2 #999999'
set bars 0
set grid noytics
set xrange [0.5:rounds + 0.5]
set yrange [-0.12:n - 0.22]
set xlabel 'Training round'
set ylabel axis
set y2label 'Device'.note
set ytics ()
set y2tics () scale 0 noenhanced
do for [k = 1:n] {
    set ytics add ('0' base(k), sprintf('%g', high) base(k) + lane)
    set y2tics add (devices[k] base(k) + lane / 2)
    set object k rectangle from 0.5, base(k) to rounds + 0.5, base(k) + lane \
        fillstyle solid 1.0 noborder fillcolor rgb '#eeeeee' behind
}
set y2range [-0.12:n - 0.22]
do for [format in formats] {
    eval terminal(format)
    plot for [k = 1:n] $rows using 2:(mine(k) ? base(k) : NaN):($2 - half):($2 + half): \
             (base(k)):(base(k) + lane * $3 / high) \
             with boxxyerror fillstyle solid 1.0 noborder fillcolor rgb word(tints, (k - 1) % 8 + 1), \
         for [k = 1:n] $rows using ($2 - half):(mine(k) ? base(k) + lane * $3 / high : NaN): \
             (2 * half):(0) with vectors nohead linewidth 2.2 linecolor rgb colour(k)
    unset output
}
