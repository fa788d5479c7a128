/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/course-footprint: how much memory training takes, foretold from the network's shape:
 * what network-body.h, learner.c and trainer.c allocate, in float32.
 *
 * Layer: learning. Calls base, text.
 */
#ifndef CS_LEARNING_COURSE_FOOTPRINT_H
#define CS_LEARNING_COURSE_FOOTPRINT_H

#include "learning/shape.h"

typedef struct {
    double course_byte; /* of a course: weights packed both ways, adapters and what updates them */
    double tape_byte;   /* of each of its threads: all that a sequence leaves for backward */
} CsCourseFootprint;

/*
 * Of courses with adapters of `rank` at the modules of `modules` (bits 1 << CsModule), in
 * mini-batches of `batch` sequences of `length` positions. Grows with the network's numbers, with
 * the adapters of the sequences that wait to be added up (cs_network_waiting()), and with layers x
 * length x (widths + heads x length).
 */
CsCourseFootprint cs_course_footprint(const CsNetworkShape *shape, guint rank, guint modules,
                                      guint batch, guint length);

#endif
