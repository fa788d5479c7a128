/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * llm/read: a model by the name that a scenario gives it.
 *
 * Layer: llm. Calls base, text.
 */
#ifndef CS_LLM_READ_H
#define CS_LLM_READ_H

#include "base/paths.h"
#include "llm/architecture.h"
#include "text/diagnostic.h"

/*
 * Reads `model` as [model] llm names it: a name in models/llm, or, where it holds a '/' or ends in
 * .ini or .json, a path relative to `base_directory`. .json is a Hugging Face config.json of a
 * known family (families.h); a folder stands for the config.json in it. NULL with diagnostics added
 * (at `from` where the file cannot be found: with a suggestion). Transfer full.
 */
CsArchitecture *cs_architecture_read(const char *model, const char *base_directory,
                                     const CsPaths *paths, CsPlace from,
                                     CsDiagnostics *diagnostics);

/* All of models/llm, of CsArchitecture *, but those that cannot be read: told. Transfer full. */
GPtrArray *cs_architectures_read(const CsPaths *paths, CsDiagnostics *diagnostics);

#endif
