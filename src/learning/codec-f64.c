/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/codec-f64: the codecs in numbers of 64 bits. */
#define CS_REAL_BITS 64
#include "learning/codec-body.h"
