/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/learner-f64: states and updates in numbers of 64 bits. */
#define CS_REAL_BITS 64
#include "learning/learner-body.h"
