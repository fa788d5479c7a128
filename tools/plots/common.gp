# SPDX-License-Identifier: GPL-3.0-or-later
# Looks shared by all figures. The page is a journal's column, 8.5 cm wide, unless a figure takes two;
# text is 8 pt in print. A template sets body_cm, the height of all but what stands above the plot.
# Colours: Okabe and Ito, "Color universal design" (2008), told apart by all kinds of colour vision.

blue = '#0072B2'; orange = '#E69F00'; green = '#009E73'; vermilion = '#D55E00'
purple = '#CC79A7'; sky = '#56B4E9'; yellow = '#F0E442'; grey = '#666666'
colours = 'blue vermilion green purple orange sky grey black'
colour(k) = value(word(colours, (k - 1) % 8 + 1))
black = '#000000'; white = '#ffffff'
marks = '7 5 9 13 11 6 4 8'
mark(k) = int(word(marks, (k - 1) % 8 + 1))

# svg: 2 units a point; png: 300 dots an inch; pdf and eps: as they are printed.
printed(f) = f eq 'pdf' || f eq 'eps'
points(f) = f eq 'png' ? 300 / 72.0 : f eq 'svg' ? 2.0 : 1.0
cm(f) = 72 / 2.54 * points(f)
width_cm = 8.5
page(f) = printed(f) ? sprintf('%gcm,%gcm', width_cm, height_cm) \
                     : sprintf('%d,%d', int(width_cm * cm(f) + 0.5), int(height_cm * cm(f) + 0.5))
device(f) = f eq 'png' ? 'pngcairo' : f eq 'pdf' ? 'pdfcairo' : f eq 'eps' ? 'epscairo' : 'svg'
look(f) = printed(f) ? 'pointscale 0.45 linewidth 0.7' \
        : f eq 'png' ? "background '#ffffff' pointscale 1.9 linewidth 2.9" \
                     : "background '#ffffff' linewidth 1.4"
# The terminals differ in what they make of a font's points.
text(f) = f eq 'png' ? 27 : f eq 'svg' ? 15 : 7.5
small(f) = sprintf(',%g', 0.72 * text(f))

# Before the pictures one pass that draws nothing: it tells the axes' ranges, from which even() chooses
# tics that all have the same number of decimals ("1.0" beside "1.2").
passes = 'measure '.formats
terminal(f) = f eq 'measure' ? 'set terminal unknown' \
    : sprintf("set terminal %s size %s font 'sans-serif,%g' %s; set pointsize %g; " \
              ."%s; set output picture.'%s'", \
              device(f), page(f), text(f), look(f), point(f), above(f), f)
point(f) = f eq 'svg' ? 0.55 : 1.0
headed(f) = sprintf(',%g', 0.88 * text(f))

# What stands above the plot, each at a place of its own, so that nothing is cut off: the title's lines,
# the legend in as many columns as fit, below its title.
line_cm = 0.37
legend = 0       # whether there is one
legend_title = ''
longest = 0      # letters of its longest entry
n_entries = 0
legend_columns = 1
lettered(s) = strlen(s) > longest ? strlen(s) : longest
columns_of(n) = n < 2 ? 1 : n * (1.05 + 0.145 * longest) <= width_cm - 0.2 ? n : columns_of(n - 1)
heading_cm(s) = line_cm * (n_title_lines + (strlen(s) > 0))
legend_cm(n) = legend ? 0.4 * ceil(n / real(columns_of(n))) + 0.1 : 0
above_cm(n) = 0.15 + heading_cm(legend_title) + legend_cm(n) + 0.3
up(cm) = 1 - cm / height_cm
bold(i) = i <= n_bold_lines ? '{/:Bold '.title_lines[i].'}' : title_lines[i]
title_label(i, f) = i > n_title_lines ? '' \
    : sprintf("set label %d bold(%d) at screen 0.5, screen %.5f center enhanced font '%s'; ", \
              100 + i, i, up(0.15 + line_cm * (i - 0.5)), headed(f)).title_label(i + 1, f)
above(f) = title_label(1, f) \
    .sprintf("set label 99 legend_title at screen 0.5, screen %.5f center noenhanced font '%s'; ", \
             up(0.15 + line_cm * (n_title_lines + 0.5)), headed(f)) \
    .(legend ? sprintf("set key at screen 0.5, screen %.5f center top horizontal maxcols %d font '%s'; ", \
                       up(0.15 + heading_cm(legend_title)), columns_of(n_entries), headed(f)) \
             : 'unset key; ') \
    .sprintf('set tmargin at screen %.5f', up(above_cm(n_entries)))
# An axis' title in one line, smaller where it would be longer than `cm`.
fitted(s, cm, f) = sprintf(',%g', text(f) * (strlen(s) * 0.145 > cm ? cm / (strlen(s) * 0.145) : 1))
y_title(s, f) = sprintf("set ylabel font '%s'", fitted(s, body_cm - 0.3, f))
x_title(s, f) = sprintf("set xlabel font '%s'", fitted(s, width_cm - 2, f))

step(low, high) = rounded((high - low) / 5.0)
rounded(s) = s > 0 ? nice(s / 10 ** floor(log10(s))) * 10 ** floor(log10(s)) : 1
nice(m) = m < 1.5 ? 1 : m < 3.5 ? 2 : m < 7.5 ? 5 : 10
decimals(s) = s >= 1 ? 0 : int(ceil(-log10(s) - 1e-6))
even(axis, low, high) = sprintf("set %stics %.9g; set format %s '%%.%df'", axis, step(low, high), \
                                axis, decimals(step(low, high)))
# On a logarithmic axis of few decades also 2 and 5.
log_even(axis, low, high) = sprintf("set format %s '%%g'; set %stics (", axis, axis) \
    .log_tics(floor(log10(low)), ceil(log10(high)), log10(high / low) < 2).')'
log_tics(a, b, fine) = a > b ? '1e300' \
    : sprintf(fine ? '1e%d, 2e%d, 5e%d, ' : '1e%d, ', a, a, a).log_tics(a + 1, b, fine)

set encoding utf8
set datafile separator ','
set border 3 linewidth 1 linecolor rgb '#444444'
set tics nomirror out scale 0.6 textcolor rgb black
set grid ytics linecolor rgb '#dddddd' linetype 1 linewidth 0.7
set key noenhanced Left reverse samplen 1.6 spacing 1.15 width 0
# The rows of the devices, by device, as numbers: its number, then the columns that `columns` names. Texts
# are looked at here alone, since elsewhere gnuplot would take a device called NaN for a missing number.
rows_of(block, columns) = "set table ".block." append separator comma; do for [k = 1:|devices|] { plot data using (k):" \
    .columns." skip 1 with table if (strcol(name_at) eq devices[k]) }; unset table"
