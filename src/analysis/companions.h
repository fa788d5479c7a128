/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/companions: the data (.csv) and the gnuplot script (.gp) beside a picture: written only
 * where nothing is, or where what is there was written by us and left as it was.
 *
 * The script says so itself; its first three lines are
 *
 *     # Written by cardsim 0.1: figure NAME. ...
 *     # data sha256:HEX        of STEM.csv
 *     # script sha256:HEX      of all that follows this line
 *
 * A script that was edited by hand, and data that somebody has changed, are theirs.
 *
 * Layer: analysis. Calls base, output.
 */
#ifndef CS_ANALYSIS_COMPANIONS_H
#define CS_ANALYSIS_COMPANIONS_H

#include <glib.h>

/*
 * Writes `csv` as STEM.csv and `body` as STEM.gp into `directory`, following no link; `first` is
 * the script's first line, beginning with CS_PICTURE_START. CS_FILE_ERROR where one of the two
 * names is taken by what is not ours, which is named and left as it is, or cannot be written.
 */
gboolean cs_companions_write(const char *directory, const char *stem, const char *csv,
                             const char *first, const char *body, GError **error);

#endif
