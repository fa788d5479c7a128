/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/directory: the directory of a run: whose it is, and what in it is ours.
 *
 *   open     creates and locks it; refuses what holds anything that is not ours
 *   create   new results, beside their final names
 *   begin    all of them are finished: the earlier manifest steps aside
 *   (the caller puts them into their places, the manifest last)
 *   end      what is ours of earlier results and not written anew goes
 *
 * Ours is what a manifest there lists with the digest that it has: a table that somebody has
 * changed, or that only bears the name of one, is theirs, and neither replaced nor removed. From
 * `begin` on, until the new manifest stands, both manifests lie under the names of unfinished files
 * and still prove what is whose. Unfinished files are ours where they begin as our files do and
 * their owner is dead. Pictures that `plot` drew there are let be.
 *
 * Layer: output. Calls base.
 */
#ifndef CS_OUTPUT_DIRECTORY_H
#define CS_OUTPUT_DIRECTORY_H

#include "base/dir.h"

/* How a figure's gnuplot script begins. */
#define CS_PICTURE_START "# Written by cardsim "

typedef struct CsRunFolder CsRunFolder;

/*
 * Creates `path` with its parents; accepts an empty directory, and one that holds nothing but what
 * is ours. Any other is refused, naming the first file that is not. Nothing is deleted yet. At work
 * in it is one process at a time: CS_FILE_ERROR_LOCKED. Transfer full.
 */
CsRunFolder *cs_run_folder_open(const char *path, GError **error);
void cs_run_folder_close(CsRunFolder *results); /* and unlocks; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsRunFolder, cs_run_folder_close)

/* A new result, of which a digest is taken: to be called before anything is written. */
CsFile *cs_run_folder_create(const CsRunFolder *results, const char *name, GError **error);

/* To be called when all new results are finished beside their final names: puts the earlier
 * manifest aside, so that one stands only where the results it tells of are whole. */
gboolean cs_run_folder_begin(CsRunFolder *results, GError **error);

/* All that was put into its place is on the disk before the manifest is: to be called before it. */
gboolean cs_run_folder_settle(const CsRunFolder *results, GError **error);

/* Removes results of ours that this run does not write anew: `kept` is the NULL-ended list of file
 * names it wrote. FALSE, too, where the path leads elsewhere by now. */
gboolean cs_run_folder_end(CsRunFolder *results, const char *const *kept, GError **error);

#endif
