/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/draws: normal and gamma variates by learning/elementary alone, so that data and weights
 * are the same bytes on every processor (GSL's samplers call libm, which takes other paths).
 *
 * Layer: learning. Calls base.
 */
#ifndef CS_LEARNING_DRAWS_H
#define CS_LEARNING_DRAWS_H

#include "base/random.h"

/* Two independent standard normal variates, of block `block` of (round, 0) of the key: Box and
 * Muller, sqrt(-2 ln u) (cos 2πv, sin 2πv). */
void cs_draw_normals(CsRandomKey key, guint64 round, guint32 block, double normal[2]);

/* Shares [n] that add up to 1, of Dirichlet(alpha, ..., alpha); all alike for an infinite alpha. */
void cs_draw_dirichlet(CsRandomKey key, double alpha, double *share, guint n);

#endif
