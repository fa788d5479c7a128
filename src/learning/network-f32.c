/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/network-f32: the network in numbers of 32 bits. */
#define CS_REAL_BITS 32
#include "learning/network-body.h"
