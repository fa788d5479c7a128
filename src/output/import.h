/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/import: results of any kind of directory as a database to ask: results.sqlite where there
 * is one, else the CSV files, read into memory.
 *
 * Layer: output. Calls base, SQLite, json-glib.
 */
#ifndef CS_OUTPUT_IMPORT_H
#define CS_OUTPUT_IMPORT_H

#include "output/database.h"

#include <json-glib/json-glib.h>

/*
 * Opens the results that `run`, `sweep` or `merge` left in `directory`. CSV files say nothing of
 * parameters: `param` is then empty. Columns go by their names, unknown ones are passed over, those
 * of an older file that lacks some are empty. CS_DATABASE_ERROR_OPEN where there are no results,
 * CS_DATABASE_ERROR_READ (file and line named) where a file is not as it should be. Transfer full.
 */
CsDatabase *cs_results_open(const char *directory, GError **error);

/* The manifest of results: that of `database` (NULL: none), or else of `directory`. NULL where
 * there is none. Transfer full. */
char *cs_results_manifest(CsDatabase *database, const char *directory);

/* The same as JSON, an object; NULL where there is none. Transfer full. */
JsonNode *cs_results_manifest_json(CsDatabase *database, const char *directory);

/* The scenario's title, from the manifest of `database` (NULL: none) or else of `directory`; NULL
 * where neither says one. Transfer full. */
char *cs_results_title(CsDatabase *database, const char *directory);

/* A setting of the scenario, as text, from the same place; NULL where it has none. Transfer full.
 */
char *cs_results_setting(CsDatabase *database, const char *directory, const char *group,
                         const char *key);

/* TRUE where the manifest says that the means are exact: no estimates, and without an interval. */
gboolean cs_results_exact(CsDatabase *database, const char *directory);

#endif
