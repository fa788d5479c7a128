/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/base-model: the frozen network of a folder as Hugging Face writes it: config.json beside
 * model.safetensors, or the shards of model.safetensors.index.json.
 *
 * Layer: learning. Calls base, text.
 */
#ifndef CS_LEARNING_BASE_MODEL_H
#define CS_LEARNING_BASE_MODEL_H

#include "learning/shape.h"
#include "learning/tensors.h"

/* Immutable once read: learners on several threads may share it. */
typedef struct {
    char *folder;
    CsNetworkShape shape;
    CsTensors *weights;
} CsBaseModel;

/*
 * Reads a folder, or the folder that a config.json lies in, and checks that every weight is there
 * and has the shape that config.json says. `name` is what the user called it, at `from`, which may
 * have no source. NULL with errors added. Transfer full.
 */
CsBaseModel *cs_base_model_read(const char *path, const char *name, CsPlace from,
                                CsDiagnostics *diagnostics);
/* SHA-256 of shape and weights, in hexadecimal. Transfer full. */
char *cs_base_model_digest(const CsBaseModel *model);
/* Bytes of its file or files, which are mapped: those of the weights. */
double cs_base_model_byte(const CsBaseModel *model);
void cs_base_model_free(CsBaseModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsBaseModel, cs_base_model_free)

#endif
