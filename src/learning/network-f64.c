/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/network-f64: the network in numbers of 64 bits. */
#define CS_REAL_BITS 64
#include "learning/network-body.h"
