#!/bin/sh
# deliberate faults in numerical code, each to be caught by the unit tests
exec sh "$top/tests/mutants/mutants.sh" -j "$jobs" -d "$(pwd -P)"
