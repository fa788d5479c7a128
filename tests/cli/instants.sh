#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What happens at one instant is judged when it is over; an end beyond the clock is told of.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

# tails ORDER...: three devices whose jobs come to one GPU together and differ in what is left behind
tails() {
    cat <<'END'
[simulation]
rounds = 1
schedule = parallel
[model]
llm = llama-3.2-1b
[training]
local-epochs = 1
[server]
gpus = 1
discipline = longest-remaining-device-first
[policy]
name = static
cut = 0
frequency = max
END
    for device in "$@"; do
        printf '[device %s]\nfrequency = 1 GHz\ncores = 1024\ndistance = 5 m\ntrace = %s.csv\n' \
            "$device" "$device"
        printf 'trace-kind = rate\ntrace-uplink-value = u\ntrace-downlink-value = d\ntrace-end = hold\n'
    done
}

begin "jobs that come together are served by Jackson's rule, in any order of the file"
for pair in fast:400 middle:90 slow:30; do
    printf 'time,u,d\n0,5e7,%se6\n' "${pair#*:}" >"${pair%:*}.csv"
done
for order in 'fast middle slow' 'slow fast middle' 'middle slow fast'; do
    # shellcheck disable=SC2086 # the order is words
    tails $order >tails.ini
    try 0 run tails.ini -q -o "out-${order%% *}"
    # all come when the uplink has brought them; then the longest tail first, each p on the GPU:
    # the round ends at max over k of arrival + k p + the k-th longest tail
    awk -F, -v order="$order" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        {
            tail[NR - 2] = $at["gradient_dl_s"]
            come = $at["smashed_ul_s"]; p = $at["server_compute_s"]
            if ($at["end_s"] > end) end = $at["end_s"]
        }
        END {
            for (i = 0; i < 3; i++)
                for (j = i + 1; j < 3; j++)
                    if (tail[j] > tail[i]) { t = tail[i]; tail[i] = tail[j]; tail[j] = t }
            for (i = 0; i < 3; i++)
                if (come + (i + 1) * p + tail[i] > least) least = come + (i + 1) * p + tail[i]
            if (end - least > 1e-6 || least - end > 1e-6 || !(tail[0] > 1.5 * tail[1])) {
                printf "%s: ends at %.9f, Jackson at %.9f\n", order, end, least
                exit 1
            }
        }' "out-${order%% *}/rounds.csv" >told || fail "$(cat told)"
done
end

begin "an end beyond the clock is told of, whoever shares a GPU"
cat >beyond.ini <<'END'
[simulation]
rounds = 5
schedule = parallel
[policy]
name = energy-only
[device slow]
frequency = 1 Hz
cores = 512
distance = 10 m
[device fast]
platform = jetson-agx-orin-64gb
distance = 10 m
END
for discipline in fifo processor-sharing longest-remaining-device-first; do
    try 1 run beyond.ini -q -o beyond -s "server.discipline=$discipline"
    says "of device 'slow' does not fit the clock"
done
end

begin "costs that are no number are an error where they come from"
cat >costs.ini <<'END'
[policy]
name = energy-only
[model]
layers = 900
[device a]
frequency = 1 GHz
cores = 1
flops-per-cycle = 3e-307
distance = 9 m
END
try 3 run costs.ini
says "costs.ini:8:"
says "costs beyond all numbers"
end

finish
