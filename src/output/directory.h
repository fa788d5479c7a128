/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/directory: which directory may take results.
 *
 * Layer: output.
 */
#ifndef CS_OUTPUT_DIRECTORY_H
#define CS_OUTPUT_DIRECTORY_H

#include <glib.h>

/* How a figure's gnuplot script begins. */
#define CS_PICTURE_START "# Written by cardsim "

/*
 * Creates `path` with its parents; accepts an empty directory, and one that holds nothing but what
 * an earlier `run` of this program wrote there (told by manifest.json and the known file names), or
 * pictures that `plot` drew there, with their data and scripts.
 * Any other is refused, naming the first file that is not ours. Nothing is deleted yet.
 */
gboolean cs_results_directory_prepare(const char *path, GError **error);

/*
 * To be called when all new results are finished beside their final names: removes the earlier
 * manifest, so that one stands only where the results it tells of are whole.
 */
gboolean cs_results_directory_begin(const char *path, GError **error);

/* Removes results that this run does not write anew, once the new ones are in place: `kept` is the
 * NULL-ended list of file names it wrote. */
gboolean cs_results_directory_tidy(const char *path, const char *const *kept, GError **error);

#endif
