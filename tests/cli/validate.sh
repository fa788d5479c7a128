#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Published testbeds: `cardsim validate` against its own ranges, and what must hold of all of them.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

begin "validate: every case lies in its range"
try 0 validate --format csv
cp "$top/out" all.csv
end

begin "validate: bytes are exact but for envelopes"
awk -F, '$2 ~ /bytes/ { n++; if ($5 < 0.975 || $5 > 1.025) exit 1 } END { exit n < 7 }' all.csv ||
    fail "an adapter or smashed data is off by more than 2.5 %"
end

begin "validate: steps foretold by other sources, and the slower GPU is slower"
awk -F, '$2 == "step-time" { e = $5 > 1 ? $5 - 1 : 1 - $5; n[$7]++; near[$7] += e <= 0.25; t[$1] = $4 }
    END {
        # Of either kind all but a document, boards and a few.
        if (n["fit"] < 35 || n["foresight"] < 35) exit 1
        if (near["foresight"] < 0.6 * n["foresight"] || near["fit"] < 0.8 * n["fit"]) exit 1
        # llama-3.1-8b, batch 2 x 8192 on both: the H100 is faster, as measured
        if (!(t["h100-llama-3.1-8b-lora-2x8192"] < t["a100-llama-3.1-8b-lora-2x8192"])) exit 1
        exit !(t["foresight-h100-llama-3.1-8b-lora-2x8192"] < t["foresight-a100-llama-3.1-8b-lora-2x8192"])
    }' all.csv || fail "steps"
end

begin "validate: peak memory of the allocator and card, most within a third"
awk -F, '$2 == "peak-memory" { n++; e = $5 > 1 ? $5 - 1 : 1 - $5; near += e <= 1 / 3 }
    END { exit !(n >= 55 && near >= 0.7 * n) }' all.csv || fail "memory"
end

begin "validate: one case by name, and none"
try 0 validate bytes-adapter-gemma-3-270m-r8 --format csv
[ "$(wc -l <"$top/out")" = 2 ] || fail "not one row"
case $(sed -n 2p "$top/out") in *,2949120,2949120,1,*) ;; *) fail "not exact: $(sed -n 2p "$top/out")" ;; esac
try 3 validate no-such-case
end
finish
