# SPDX-License-Identifier: GPL-3.0-or-later
# A map: a metric as colour over two keys. Columns: the vertical key's value, place on the horizontal
# axis, the horizontal key's value, mean, half-width. Colours run from light to dark in print too.
# Names on the axes take the width of two columns.
# Labels and the colours' scale have places of their own, so that they keep apart from the ticks.
longest_name = 0
do for [i = 1:|names|] { longest_name = strlen(names[i]) > longest_name ? strlen(names[i]) : longest_name }
long = longest_name > 8
if (long && |names| > 6) { width_cm = 17.5 }
hang_cm = long ? 0.3 + 0.115 * longest_name : 0.4
body_cm = (n_series < 6 ? 3.6 : n_series < 13 ? 4.6 : 6.6) + hang_cm
few = n_series * |names| <= (width_cm > 9 ? 300 : 60)
letters = width_cm > 9 ? 110 : 36
every_x = long || |names| * (longest_name + 1) <= letters ? 1 : 1 + |names| * (longest_name + 1) / letters
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
longest_row = 0
do for [k = 1:n_series] { longest_row = strlen(rows[k]) > longest_row ? strlen(rows[k]) : longest_row }
set palette defined (0 '#f7fbff', 0.25 '#c6dbef', 0.5 '#6baed6', 0.75 '#2171b5', 1 '#08306b')
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
height_cm = body_cm + above_cm(1)
longest_tick = strlen(sprintf(sprintf('%%.%df', decimals(step(bottom, top))), top))
set lmargin at screen (0.9 + 0.17 * longest_row) / width_cm
set rmargin at screen 1 - (1.45 + 0.17 * longest_tick) / width_cm
set bmargin at screen (hang_cm + 0.65) / height_cm
do for [format in formats] {
    eval terminal(format)
    set label 97 x_axis at graph 0.5, screen 0.28 / height_cm center noenhanced \
        font fitted(x_axis, width_cm - 3, format)
    set label 98 rows_axis at screen 0.3 / width_cm, graph 0.5 center rotate by 90 noenhanced \
        font fitted(rows_axis, body_cm - 0.5, format)
    set label 96 y_axis at screen 1 - 0.3 / width_cm, graph 0.5 center rotate by 90 noenhanced \
        font fitted(y_axis, body_cm - 0.5, format)
    if (few) {
        plot data using 2:(column(series_at)):(0.5):(0.5):($4 / y_unit) skip 1 \
                 with boxxyerror fillstyle solid 1.0 noborder linecolor palette, \
             data using 2:(column(series_at)):(shown($4 / y_unit)):(dark($4 / y_unit) ? 0xffffff : 0) \
                 skip 1 with labels noenhanced textcolor rgb variable font small(format)
    } else {
        plot data using 2:(column(series_at)):(0.5):(0.5):($4 / y_unit) skip 1 \
                 with boxxyerror fillstyle solid 1.0 noborder linecolor palette
    }
    unset output
}
