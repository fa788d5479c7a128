# Cut layer against the round: one band a device, filled up to the cut layer.
height_cm = 1.9 + 0.9 * words(devices)
n = words(devices)
high = value_max > 0 ? value_max : 1
base(k) = n - k
# Half a round, and a hair more, so that no light shines between neighbours.
half = 0.5 + 0.0008 * rounds
set bars 0
set grid noytics
set xrange [0.5:rounds + 0.5]
set yrange [-0.15:n]
set xlabel 'Training round'
set ylabel axis
set y2label 'Device'.(strlen(note) ? ' ('.note.')' : '')
set ytics ()
set y2tics () scale 0 noenhanced
do for [k = 1:n] {
    set ytics add ('0' base(k), sprintf('%g', high) base(k) + 0.7)
    set y2tics add (word(devices, k) base(k) + 0.35)
}
set y2range [-0.15:n]
unset key
do for [format in formats] {
    eval terminal(format)
    set output picture.format
    plot for [k = 1:n] data using 1:(strcol(2) eq word(devices, k) ? base(k) : NaN):($1 - half): \
             ($1 + half):(base(k)):(base(k) + 0.7 * $3 / high) skip 1 \
             with boxxyerror fillstyle solid 1.0 noborder fillcolor rgb colour(k), \
         for [k = 1:n] base(k) with lines linewidth 1 linecolor rgb '#444444'
    unset output
}
