#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mean delay of a device's round over a swept key, a curve a policy, with 95 % intervals.

    cardsim sweep my.ini -o out -s radio.path-loss-exponent=2..6:1 -s policy.name=card,server-only
    python3 delay.py out path_loss_exponent delay.png

The swept values are columns of totals.csv, so that one line reads all there is to know. Needs
pandas and matplotlib (python3-pandas, python3-matplotlib).
"""
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pandas

directory, key, picture = sys.argv[1:4]
totals = pandas.read_csv(f"{directory}/totals.csv")
groups = totals.groupby(["policy", key])["delay_mean_s"]
# Student's t would be a little wider for few replications; 'cardsim report' prints that interval.
table = pandas.DataFrame({"mean": groups.mean(), "half_width": 1.96 * groups.sem()})
for policy, curve in table.groupby(level="policy"):
    x = curve.index.get_level_values(key)
    plt.errorbar(x, curve["mean"], yerr=curve["half_width"], capsize=3, marker="o", label=policy)
plt.xlabel(key)
plt.ylabel("delay of a round (s)")
plt.legend()
plt.savefig(picture)
print(table.to_string())
