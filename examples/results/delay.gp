# SPDX-License-Identifier: GPL-3.0-or-later
# The mean delay of each replication over a swept key, straight from totals.csv:
#
#     cardsim sweep my.ini -o out -s radio.path-loss-exponent=2..6:1
#     gnuplot -e "directory='out'; key='path_loss_exponent'; picture='delay.svg'" delay.gp
#
# Columns go by their names, the swept one included; a component that is not modelled is empty.
set datafile separator ","
set terminal svg size 640,420
set output picture
set xlabel key noenhanced
set ylabel "delay of a round (s)"
set key off
plot directory . "/totals.csv" using (column(key)):(column("delay_mean_s")) with points pointtype 7 pointsize 0.5
