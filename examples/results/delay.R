# SPDX-License-Identifier: GPL-3.0-or-later
# Mean delay of a device's round over a swept key, a curve a policy, with 95 % intervals.
#
#     cardsim sweep my.ini -o out -s radio.path-loss-exponent=2..6:1 -s policy.name=card,server-only
#     Rscript delay.R out path_loss_exponent delay.svg
#
# The swept values are columns of totals.csv, so that one line reads all there is to know. Needs R
# alone (r-base-core).
arguments <- commandArgs(trailingOnly = TRUE)
directory <- arguments[1]
key <- arguments[2]
picture <- arguments[3]

totals <- read.csv(file.path(directory, "totals.csv"))
at <- totals[c(key, "policy")]
table <- aggregate(list(mean = totals$delay_mean_s), at, mean)
# Student's t, as in 'cardsim report'.
half_width <- function(x) qt(0.975, length(x) - 1) * sd(x) / sqrt(length(x))
table$half_width <- aggregate(totals$delay_mean_s, at, half_width)$x
print(table, digits = 10)

svg(picture, width = 7, height = 5)
low <- table$mean - table$half_width
high <- table$mean + table$half_width
plot(range(table[[key]]), range(low, high), type = "n", xlab = key, ylab = "delay of a round (s)")
policies <- unique(table$policy)
for (i in seq_along(policies)) {
    here <- table$policy == policies[i]
    lines(table[[key]][here], table$mean[here], type = "b", col = i)
    arrows(table[[key]][here], low[here], y1 = high[here], angle = 90, code = 3, length = 0.04, col = i)
}
legend("topleft", legend = policies, col = seq_along(policies), lty = 1)
invisible(dev.off())
