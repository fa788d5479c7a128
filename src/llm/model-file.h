/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * llm/model-file: a model as models/llm/NAME.ini describes it; cardsim-models(7) lists the keys.
 *
 * Layer: llm. Calls base, text.
 */
#ifndef CS_LLM_MODEL_FILE_H
#define CS_LLM_MODEL_FILE_H

#include "llm/architecture.h"
#include "text/diagnostic.h"

/* Reads `path` as the model `name`; NULL with errors added. Transfer full. */
CsArchitecture *cs_model_file_read(const char *path, const char *name, CsPlace from,
                                   CsDiagnostics *diagnostics);

#endif
