/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/real: one source for float (CS_REAL_BITS 32) and double (64): REAL is the type, and
 * R(name) is name_f32 or name_f64. Included once by each *-f32.c and *-f64.c.
 *
 * Layer: learning.
 */
#ifndef CS_LEARNING_REAL_H
#define CS_LEARNING_REAL_H

#if CS_REAL_BITS == 32
#define REAL float
#define R(name) name##_f32
#define REAL_SQRT sqrtf
#else
#define REAL double
#define R(name) name##_f64
#define REAL_SQRT sqrt
#endif

#endif
