/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/codec-f32: the codecs in numbers of 32 bits. */
#define CS_REAL_BITS 32
#include "learning/codec-body.h"
