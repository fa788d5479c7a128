#!/bin/sh
# deliberate faults in numerical code, each to be caught by the unit tests
# SPDX-License-Identifier: GPL-3.0-or-later
exec sh "$top/tests/mutants/mutants.sh" -j "$jobs" -d "$(pwd -P)"
