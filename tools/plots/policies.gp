# SPDX-License-Identifier: GPL-3.0-or-later
# Bars of a mean for each policy in each channel state, with 95 % confidence intervals. Where
# server-only at F_max dwarfs all others, the axis is broken, and each part says where it stands.
height_cm = 7.0
array name[4] = ['card', 'server-only', 'server-only', 'device-only']
array rule[4] = ['card', 'card', 'max', 'card']
array label[4] = ['CARD', 'Server-only ({/:Italic f}*)', 'Server-only ({/:Italic F}_{max})', \
                  'Device-only']
array fill[4] = [blue, orange, vermilion, green]
array hatch[4] = [0, 4, 1, 5]
n = words(states)
position(s) = sum [i = 1:n] (word(states, i) eq s ? i : 0)
is(k) = strcol(3) eq name[k] && strcol(4) eq rule[k]
step = 0.21
left(k) = position(strcol(1)) - 0.42 + step * (k - 1)
right(k) = left(k) + step
mean(k) = is(k) ? $7 / unit : NaN

# The highest and lowest of F_max's bars, and the highest of the others, intervals included.
giant_high = 0; giant_low = 1e300; others_high = 0
note(mean, half) = strcol(4) eq 'max' \
    ? (giant_low = mean - half < giant_low ? mean - half : giant_low, \
       giant_high = mean + half > giant_high ? mean + half : giant_high) \
    : (others_high = mean + half > others_high ? mean + half : others_high)
set table $ignored
plot data using (note($7 / unit, (strlen(strcol(8)) ? $8 : 0) / unit), $0) skip 1 with table
unset table
broken = giant_low > 3 * others_high
top = broken ? 1.12 * others_high : 1.06 * (others_high > giant_high ? others_high : giant_high)

set xrange [0.5:n + 0.5]
set style fill border linecolor rgb black
set lmargin at screen 0.165
set rmargin at screen 0.985
set label 1 axis at screen 0.03, 0.45 center rotate
# The legend, by hand: gnuplot's own cannot show a hatch over a colour.
array across[4] = [0.18, 0.18, 0.56, 0.56]
array up[4] = [0.875, 0.81, 0.875, 0.81]
do for [k = 1:4] {
    set object 2 * k rectangle from screen across[k], screen up[k] - 0.02 \
        to screen across[k] + 0.06, screen up[k] + 0.02 fillstyle solid 1.0 fillcolor rgb fill[k]
    set object 2 * k + 1 rectangle from screen across[k], screen up[k] - 0.02 \
        to screen across[k] + 0.06, screen up[k] + 0.02 \
        fillstyle transparent pattern hatch[k] fillcolor rgb white
    set label 10 + k label[k] at screen across[k] + 0.075, up[k] left
}

do for [format in formats] {
    eval terminal(format)
    set multiplot
    set border 3
    set bmargin at screen 0.165
    set tmargin at screen (broken ? 0.62 : 0.76)
    set xtics scale 0 () norotate textcolor rgb black
    set for [i = 1:n] xtics add (sprintf("%s\n(α = %s)", word(states, i), \
                                         word(exponents, i)) i)
    set yrange [0:top]
    eval even('y', 0, top)
    plot for [k = 1:4] data using (left(k)):(mean(k)):(left(k)):(right(k)):(0):(mean(k)) \
             skip 1 with boxxyerror fillstyle solid 1.0 fillcolor rgb fill[k] linewidth 0.7, \
         for [k = 1:4] data using (left(k)):(mean(k)):(left(k)):(right(k)):(0):(mean(k)) \
             skip 1 with boxxyerror fillstyle transparent pattern hatch[k] \
             fillcolor rgb white linewidth 0.7, \
         for [k = 1:4] data using (left(k) + 0.105):(mean(k) - $8 / unit):(0):(2 * $8 / unit) \
             skip 1 with vectors nohead linewidth 1.6 linecolor rgb black, \
         for [k = 1:4] for [e in '-1 1'] data using (left(k) + 0.065):(mean(k) + e * $8 / unit): \
             (0.08):(0) skip 1 with vectors nohead linewidth 1.6 linecolor rgb black
    if (broken) {
        set border 2
        set bmargin at screen 0.65
        set tmargin at screen 0.76
        unset xtics
        set yrange [0.94 * giant_low:1.06 * giant_high]
        part = 10 ** floor(log10(0.12 * giant_high))
        set ytics part
        set format y sprintf('%%.%df', decimals(part))
        set arrow 1 from graph -0.02, screen 0.61 to graph 0.02, screen 0.63 nohead front
        set arrow 2 from graph -0.02, screen 0.64 to graph 0.02, screen 0.66 nohead front
        plot for [k = 1:4] data using (left(k)):(mean(k)):(left(k)):(right(k)):(0):(mean(k)) \
                 skip 1 with boxxyerror fillstyle solid 1.0 fillcolor rgb fill[k] linewidth 0.7, \
             for [k = 1:4] data using (left(k)):(mean(k)):(left(k)):(right(k)):(0):(mean(k)) \
                 skip 1 with boxxyerror fillstyle transparent pattern hatch[k] \
                 fillcolor rgb white linewidth 0.7, \
             for [k = 1:4] data using (left(k) + 0.105):(mean(k) - $8 / unit):(0):(2 * $8 / unit) \
                 skip 1 with vectors nohead linewidth 1.6 linecolor rgb black, \
             for [k = 1:4] for [e in '-1 1'] data using (left(k) + 0.065): \
                 (mean(k) + e * $8 / unit):(0.08):(0) skip 1 \
                 with vectors nohead linewidth 1.6 linecolor rgb black
        unset arrow
    }
    unset multiplot
    unset output
}
