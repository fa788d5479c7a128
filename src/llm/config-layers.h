/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * llm/config-layers: the layers of a model from the figures of its config.json: which have experts,
 * which see a window only, which have linear attention.
 *
 * Layer: llm.
 */
#ifndef CS_LLM_CONFIG_LAYERS_H
#define CS_LLM_CONFIG_LAYERS_H

#include "llm/architecture.h"
#include "llm/config-object.h"
#include "llm/families.h"

/* Fills the layers of `architecture` from `figure`, complete as read; FALSE with errors added. */
gboolean cs_config_fill_layers(const CsConfigObject *config, const CsFamily *family,
                               const guint figure[CS_N_FIGURES], CsArchitecture *architecture);

/* Parameters outside the layers: last norm, learned positions, biases of the head. */
guint64 cs_config_other_parameters(const CsConfigObject *config, const CsFamily *family,
                                   const CsArchitecture *architecture);

#endif
