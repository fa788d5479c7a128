/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base/paths: where models, scenarios and plot templates are.
 *
 * Searched in this order: the user's own directories (-I DIR), $CARDSIM_DATADIR, the source tree of
 * a program that is not installed, ../share/cardsim beside an installed one, and the data directory
 * it was configured with.
 *
 * Layer: base.
 */
#ifndef CS_BASE_PATHS_H
#define CS_BASE_PATHS_H

#include <glib.h>

typedef struct CsPaths CsPaths;

/* The search path: `include` is a NULL-ended list of user directories or NULL. Transfer full. */
CsPaths *cs_paths_new(const char *const *include);
CsPaths *cs_paths_ref(const CsPaths *paths); /* immutable but for its count of references */
void cs_paths_unref(CsPaths *paths);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsPaths, cs_paths_unref)

/*
 * The first existing regular file `folder/name` on the path ("models/llm", "gpt2.ini"); in a user's
 * own directory also plain `name`. Transfer full; NULL where there is none.
 */
char *cs_paths_find(const CsPaths *paths, const char *folder, const char *name);

/* The same among the program's own data alone: for what may run, such as plot templates, which
 * -I never gives. Transfer full. */
char *cs_paths_find_own(const CsPaths *paths, const char *folder, const char *name);

/*
 * The names of all files of `folder` that end in `suffix`, without it, over the whole path, sorted,
 * each once. Transfer full (g_strfreev).
 */
char **cs_paths_list(const CsPaths *paths, const char *folder, const char *suffix);

#endif
