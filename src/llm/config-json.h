/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * llm/config-json: a Hugging Face config.json as an architecture.
 *
 * Layer: llm. Calls base, text, json-glib.
 */
#ifndef CS_LLM_CONFIG_JSON_H
#define CS_LLM_CONFIG_JSON_H

#include "llm/architecture.h"
#include "text/diagnostic.h"

/*
 * From config.json text; `source` names it in errors. Where the figures stand in a nested
 * text_config (models that see too), that is read. A key that changes what a layer computes and
 * that the family's row does not read is an error, never ignored. Transfer full.
 */
CsArchitecture *cs_architecture_from_config(CsSource *source, CsDiagnostics *diagnostics);

#endif
