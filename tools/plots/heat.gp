# SPDX-License-Identifier: GPL-3.0-or-later
# A map: a metric as colour over two keys. Columns: the vertical key's value, place on the horizontal
# axis, the horizontal key's value, mean, half-width. Colours run from light to dark in print too.
# Names on the axes take the width of two columns.
row(s) = sum [k = 1:n_series] (s eq series[k] ? k : 0)
longest = 0
do for [i = 1:|names|] { longest = strlen(names[i]) > longest ? strlen(names[i]) : longest }
long = longest > 8
if (long && |names| > 6) { width_cm = 17.5 }
height_cm = (n_series < 6 ? 5.0 : n_series < 13 ? 6.0 : 8.0) + (long ? 0.12 * longest : 0)
few = n_series * |names| <= (width_cm > 9 ? 300 : 60)
letters = width_cm > 9 ? 110 : 36
every_x = long || |names| * (longest + 1) <= letters ? 1 : 1 + |names| * (longest + 1) / letters
every_y = 1 + (n_series - 1) / 20
set xrange [0.5:|names| + 0.5]
set yrange [0.5:n_series + 0.5]
unset grid
set tics scale 0
set xtics noenhanced ()
set ytics noenhanced ()
if (long) { set xtics rotate by 45 right }
set for [i = 1:|names|:every_x] xtics add (names[i] i)
set for [k = 1:n_series:every_y] ytics add (rows[k] k)
set xlabel x_axis offset 0,(long ? 0.1 * longest : 0) noenhanced
longest_row = 0
do for [k = 1:n_series] { longest_row = strlen(rows[k]) > longest_row ? strlen(rows[k]) : longest_row }
# gnuplot takes letters for wider than they are.
set ylabel rows_axis offset (longest_row > 8 ? 0.15 * longest_row : 0) noenhanced
set cblabel y_axis.(strlen(y_note) ? "\n".y_note : '') offset (width_cm > 9 ? 1.5 : 0) noenhanced
set palette defined (0 '#f7fbff', 0.25 '#c6dbef', 0.5 '#6baed6', 0.75 '#2171b5', 1 '#08306b')
legend = 0
# A share has its own scale.
if (y_unit == 0.01 && low >= 0) { set cbrange [0:100] }
bottom = y_unit == 0.01 && low >= 0 ? 0 : low / y_unit
top = y_unit == 0.01 && low >= 0 ? 100 : high / y_unit
dark(v) = v > bottom + 0.64 * (top - bottom)
# Four characters fit a cell; no decimals where nothing has any.
whole = 1
stats data using (whole = whole && abs($4 / y_unit - floor($4 / y_unit + 0.5)) < 1e-9, 0) skip 1 nooutput
shown(v) = whole || abs(v) >= 100 ? sprintf('%.0f', v) \
    : abs(v) >= 10 ? sprintf('%.1f', v) : sprintf('%.2f', v)
eval even('cb', bottom, top)
do for [format in formats] {
    eval terminal(format)
    if (few) {
        plot data using 2:(row(strcol(1))):(0.5):(0.5):($4 / y_unit) skip 1 \
                 with boxxyerror fillstyle solid 1.0 noborder linecolor palette, \
             data using 2:(row(strcol(1))):(shown($4 / y_unit)):(dark($4 / y_unit) ? 0xffffff : 0) \
                 skip 1 with labels noenhanced textcolor rgb variable font small(format)
    } else {
        plot data using 2:(row(strcol(1))):(0.5):(0.5):($4 / y_unit) skip 1 \
                 with boxxyerror fillstyle solid 1.0 noborder linecolor palette
    }
    unset output
}
