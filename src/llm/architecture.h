/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * llm/architecture: the shape of a decoder-only LLM, from a model file or a Hugging Face
 * config.json.
 *
 * Layer: llm. Calls base, text.
 */
#ifndef CS_LLM_ARCHITECTURE_H
#define CS_LLM_ARCHITECTURE_H

#include "base/paths.h"
#include "text/diagnostic.h"

/* Bounds of every figure, from whatever file it comes. */
#define CS_LAYERS_MAX 4096
#define CS_HIDDEN_MAX 1048576 /* the embedding's width too */
#define CS_HEADS_MAX 65536
#define CS_HEAD_DIM_MAX 65536
#define CS_INTERMEDIATE_MAX 16777216
#define CS_VOCABULARY_MAX 16777216
#define CS_CONTEXT_MAX 1073741824
#define CS_PARAMETERS_MAX 1e15

/* What one decoder layer is made of. */
typedef struct {
    guint heads;        /* H  query heads            */
    guint kv_heads;     /* k  key and value heads    */
    guint head_dim;     /* d  size of a head         */
    guint intermediate; /* F  width of the MLP       */
    gboolean gated;     /* three MLP matrices, not two */
} CsLayerShape;

typedef struct {
    char *name;           /* "llama-3.2-1b", or the path as the scenario has it */
    guint hidden;         /* h */
    guint embedding;      /* e  width of the token embedding; h but in OPT-350m */
    guint vocabulary;     /* V */
    guint n_layers;       /* I */
    CsLayerShape *layers; /* n_layers of them; a model file may give each its own */
    guint64 parameters;   /* published total, 0 where the file gives none; for checks and lists */
    guint max_context;    /* 0 where not given */
} CsArchitecture;

/* A model of `n_layers` (1..CS_LAYERS_MAX) equal layers; the fields behind them are 0 but
 * embedding, which is `hidden`. Copies `name`. Transfer full. */
CsArchitecture *cs_architecture_new(const char *name, guint n_layers, guint hidden,
                                    guint vocabulary, CsLayerShape shape);

/*
 * Reads `model` as [model] llm names it: a name in models/llm, or, where it holds a '/' or ends in
 * .ini or .json, a path relative to `base_directory`. .json is a Hugging Face config.json of a
 * known family (llama, mistral, qwen2, gemma2, gpt2, opt, phi, phi3); another family is an error
 * that lists these. NULL with diagnostics added (at `from` where the file cannot be found: with a
 * suggestion). Transfer full.
 */
CsArchitecture *cs_architecture_read(const char *model, const char *base_directory,
                                     const CsPaths *paths, CsPlace from,
                                     CsDiagnostics *diagnostics);

/*
 * From config.json text of `length` bytes; `source` names it in errors. Transfer full.
 */
CsArchitecture *cs_architecture_from_config(CsSource *source, CsDiagnostics *diagnostics);

/* Makes the model `n_layers` deep: cuts it, or repeats its layers in turn. 1..CS_LAYERS_MAX. */
void cs_architecture_set_layers(CsArchitecture *architecture, guint n_layers);

CsArchitecture *cs_architecture_copy(const CsArchitecture *architecture);
void cs_architecture_free(CsArchitecture *architecture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsArchitecture, cs_architecture_free)

#endif
