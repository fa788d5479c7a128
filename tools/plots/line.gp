# Curves of a metric over a key, one a series, with 95 % confidence intervals over replications.
# Columns: series, place on the axis, the key's value as text, mean, half-width.
height_cm = 6.0
is(k) = strcol(1) eq series[k]
set xlabel x_axis noenhanced
set ylabel y_axis.(strlen(y_note) ? "\n".y_note : '') noenhanced
set autoscale xfix
set offsets graph 0.02, graph 0.02, graph 0.04, 0
if (from_zero) { set yrange [0:*] }
if (n_series < 2) { unset key } else { set key above maxrows 4 title key_title noenhanced }
do for [format in formats] {
    eval terminal(format)
    set output picture.format
    plot for [k = 1:n_series] data using (is(k) ? $2 : NaN):($4 / y_unit) skip 1 \
             with lines linewidth 1.4 linecolor rgb colour(k) notitle, \
         for [k = 1:n_series] data using (is(k) ? $2 : NaN):($4 / y_unit):($5 / y_unit) skip 1 \
             with yerrorbars pointtype mark(k) linewidth 1 linecolor rgb colour(k) notitle, \
         for [k = 1:n_series] NaN with linespoints pointtype mark(k) linewidth 1.4 \
             linecolor rgb colour(k) title series[k]
    unset output
}
