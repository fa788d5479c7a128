/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text/catalogue: finding a file that a scenario names, in models/ or by a path of its own.
 *
 * Layer: text. Calls base.
 */
#ifndef CS_TEXT_CATALOGUE_H
#define CS_TEXT_CATALOGUE_H

#include "base/paths.h"
#include "text/diagnostic.h"

/*
 * The path of the file meant by `name`: the entry `folder`/name.ini of the catalogue on `paths`,
 * or, where `name` holds a '/' or ends in .ini or .json, that path, relative to `base_directory`
 * (NULL: the working directory). `kind` says what is looked for ("model"). Where the catalogue has
 * no such entry: NULL, with an error at `from` that suggests the nearest one. A path is returned
 * unchecked. Transfer full.
 */
char *cs_catalogue_find(const char *kind, const char *folder, const char *name,
                        const char *base_directory, const CsPaths *paths, CsPlace from,
                        CsDiagnostics *diagnostics);

#endif
