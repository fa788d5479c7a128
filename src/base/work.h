/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base/work: what a processor is asked to do, kind by kind: made by llm/operations, timed by
 * energy/roofline.
 *
 * Layer: base.
 */
#ifndef CS_BASE_WORK_H
#define CS_BASE_WORK_H

#include <glib.h>

/* Kinds of work, each bound by the processor's arithmetic or by its memory. */
typedef enum { CS_WORK_LINEAR, CS_WORK_ATTENTION, CS_WORK_ELEMENTWISE, CS_WORK_N } CsWork;

typedef struct {
    double flop[CS_WORK_N];
    double byte[CS_WORK_N];
} CsOperations;

#endif
