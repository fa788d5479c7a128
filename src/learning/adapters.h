/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/adapters: LoRA adapters as PEFT keeps them: adapter_config.json and
 * adapter_model.safetensors with names such as
 * base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight.
 *
 * Layer: learning. Calls base, text.
 */
#ifndef CS_LEARNING_ADAPTERS_H
#define CS_LEARNING_ADAPTERS_H

#include "learning/shape.h"
#include "learning/tensors.h"

/* Adapters as plain numbers, in the order of their layout. */
typedef struct {
    CsAdapterLayout *layout;
    double *values;
} CsAdapters;

/* All zero, of this layout (transfer full). */
CsAdapters *cs_adapters_new(CsAdapterLayout *layout);
void cs_adapters_free(CsAdapters *adapters);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsAdapters, cs_adapters_free)

/* Reads an adapter folder for a network of this shape. NULL with errors added: another kind of
 * adapter, a tensor of a wrong shape or name, A without B, none at all. */
CsAdapters *cs_adapters_read(const char *folder, const CsNetworkShape *shape,
                             CsDiagnostics *diagnostics);

/* Writes numbers in the order of `layout` under PEFT's names. */
gboolean cs_adapters_write_values(const char *path, const CsNetworkShape *shape,
                                  const CsAdapterLayout *layout, const double *values,
                                  CsDtype dtype, GError **error);

/* Writes a folder that PEFT reads: adapter_config.json and adapter_model.safetensors (F32).
 * `base` goes into base_model_name_or_path. */
gboolean cs_adapters_write(const char *folder, const char *base, const CsNetworkShape *shape,
                           const CsAdapterLayout *layout, const double *values, GError **error);

#endif
