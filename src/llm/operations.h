/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * llm/operations: what a layer asks of a processor, kind of work by kind of work: FLOPs, and bytes
 * that have to pass its memory.
 *
 * Sources: bytes of a matrix product and the roofline by Williams, Waterman, Patterson, "Roofline",
 * CACM 52(4), 2009; attention in tiles by Dao et al., "FlashAttention", NeurIPS 2022 (arXiv
 * 2205.14135): its backward pass computes the scores again.
 *
 * Layer: llm.
 */
#ifndef CS_LLM_OPERATIONS_H
#define CS_LLM_OPERATIONS_H

#include "base/work.h"
#include "llm/memory.h"
#include "llm/profile.h"

/*
 * One layer, one mini-batch of b s tokens; β_w bytes of a stored weight, β_x of an activation.
 *   linear       forward 2 W b s + 2 P' b s; backward the same inputs' gradients, + 2 P' b s of the
 *                adapters, or + 2 W b s of the weights where all are trained
 *                bytes: W read once a pass (experts: those that b s tokens meet), inputs and
 *                outputs of each matrix once; weights below 16 bit are unpacked: written and read
 *                once more at 16 bit
 *   attention    F_att; backward 2 F_att, 2.5 where the scores are computed again
 *                bytes: q, k, v and output; eager: the s x s matrix four times more (scores, mask,
 *                softmax, its reading)
 *   elementwise  two norms, two residual sums, rotary positions, activation: read and written
 *                once each, 10 h + 2 (H + k) d + 3 F (gated, else 2 F) elements a token; backward
 *                twice that, and the optimizer's pass over what is trained
 * Recomputation adds the forward pass (full) or attention's (selective) to the backward pass.
 */
void cs_layer_operations(const CsArchitecture *architecture, const CsTraining *training,
                         const CsMemorySettings *settings, guint layer, gboolean backward,
                         CsOperations *operations);

/* The head and its loss: 2 V e b s each way; its bytes are those of weights and logits, the latter
 * in 32 bit read and written twice. */
void cs_head_operations(const CsArchitecture *architecture, const CsTraining *training,
                        const CsMemorySettings *settings, gboolean backward,
                        CsOperations *operations);

#endif
