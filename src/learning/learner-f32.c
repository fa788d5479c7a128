/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/learner-f32: states and updates in numbers of 32 bits. */
#define CS_REAL_BITS 32
#include "learning/learner-body.h"
