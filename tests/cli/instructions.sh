#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The regression guard of the hot path: see tools/bench/instructions.
exec "${CS_TEST_SRCDIR:-.}/tools/bench/instructions" "${CS_TEST_BUILDDIR:-.}"
