#!/bin/sh
# lines and branches of src/ that the suite executes, by gcov
# SPDX-License-Identifier: GPL-3.0-or-later
set -u
mkdir -p build && cd build || exit 1
[ -f Makefile ] || "$top/configure" -q CFLAGS="-O0 -g --coverage" LDFLAGS=--coverage || exit 1
find . -name '*.gcda' -exec rm -f {} +
# An instrumented archive needs flags that a program built against an installed one lacks.
CK_TIMEOUT_MULTIPLIER=8 make -s -k -j"$jobs" check >check.log 2>&1
failed=$(grep -E '^(FAIL|ERROR):' check.log | grep -v 'tests/cli/library.sh')
[ -z "$failed" ] || echo "$failed"

# Built without optimisation, so that a branch counted is one that the source has. Left out of lines
# and branches: declarations that GLib's macros turn into code with branches of its own (g_autoptr and
# the like), and assertions, whose other side is a bug. Left out of the branches besides: pure error
# plumbing. The rule: a line is plumbing that names what the system, SQLite or GSL reports (a GError, errno,
# SQLITE_..., GSL_SUCCESS, a call of cs_file_... or cs_database_...) or hands on that it failed (fail...,
# complain...); errors of what a user wrote (cs_diagnostics_...) are no plumbing. The figures with and
# without the rule are both told, and lines that were missed are listed whatever they are.
rm -rf gcov && mkdir gcov && cd gcov || exit 1
find ../src -name '*.gcda' | while read -r data; do
    gcov -p -b -c -r -s "$top" -o "$(dirname "$data")" "$data" >/dev/null 2>&1
done
awk '
    FNR == 1 { skip = 0; file = FILENAME; gsub(/#/, "/", file); sub(/\.gcov$/, "", file) }
    /^ *[^:]*: *[0-9]+:/ {
        split($0, part, ":"); count = part[1]; gsub(/[ *]/, "", count); text = $0
        skip = (text ~ /g_assert|G_DEFINE_|g_autoptr|g_autofree|g_auto\(/)
        gsub(/cs_diagnostics_[a-z_]*/, "", text)
        plumbing = (text ~ /error|errno|fail|complain|SQLITE_|GSL_SUCCESS|cs_file_|cs_database_/)
        if (count == "-" || skip) next
        lines[file]++; all++
        if (count ~ /^[0-9]/) { hit[file]++; hits++ } else missed[file] = missed[file] " " part[2] + 0
        next }
    /^branch/ && !skip { branches++; if ($4 + 0 > 0) taken++
                         if (!plumbing) { plain++; if ($4 + 0 > 0) plain_taken++ } }
    END { for (f in lines) printf "%6.1f %% of %4d lines  %s %s\n", 100 * hit[f] / lines[f], lines[f], f,
              hit[f] < lines[f] ? "missed:" missed[f] : ""
          printf "figure: lines covered = %.1f %% of %d\n", 100 * hits / all, all
          printf "figure: branches covered = %.1f %% of %d\n", 100 * taken / branches, branches
          printf "figure: branches covered outside error plumbing = %.1f %% of %d\n",
              100 * plain_taken / plain, plain
          exit !(hits >= 0.95 * all && plain_taken >= 0.90 * plain) }' ./*.gcov >../summary
status=$?
grep -v '^figure' ../summary | sort
grep '^figure' ../summary
[ -z "$failed" ] && exit "$status"
