/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/elementary: exp, log, sine and cosine in double that give the same bytes on every
 * processor, which libm's do not: it takes another path where there is a fused multiply-add.
 * Plain additions and multiplications only; relative errors below 1e-15.
 *
 * Layer: learning. Calls nothing.
 */
#ifndef CS_LEARNING_ELEMENTARY_H
#define CS_LEARNING_ELEMENTARY_H

/* |x| <= 700 */
double cs_exact_exp(double x);
/* x > 0, normal; anything else gives NAN */
double cs_exact_log(double x);
/* |x| <= 1e6 */
void cs_exact_sin_cos(double x, double *sine, double *cosine);

#endif
