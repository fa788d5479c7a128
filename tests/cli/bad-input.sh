#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every bad scenario a user may come with: its exit code, and a message that names file, line and
# column, and a remedy. Nothing runs and nothing is written.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

# The least valid scenario; the bad ones differ from it in the lines they add in front.
cat >good.ini <<'END'
[device a]
frequency = 1 GHz
cores = 2048
distance = 10 m
END

# bad NAME CODE TEXT WHAT...: TEXT, then good.ini, as the scenario bad.ini.
bad() {
    begin "$1"
    printf '%b' "$3" >bad.ini
    cat good.ini >>bad.ini
    refused "$2" bad.ini
    shift 3
    says "$@"
    end
}

# refused CODE FILE OPTION...: check and run both refuse, and run leaves no results.
refused() {
    expected_code=$1
    shift
    try "$expected_code" check "$@"
    try "$expected_code" run "$@" -o results
    [ ! -e results ] || fail "'$command_line' left a directory of results"
    prints_nothing
}

begin "the scenario the others differ from is valid"
try 0 check good.ini
end

begin "an empty file"
: >empty.ini
refused 3 empty.ini
says "empty.ini" "device" "help:"
end

begin "a binary file"
printf '\177ELF\002\001\001\000\000\377\376' >binary.ini
refused 3 binary.ini
says "binary.ini:1:5: error:" "plain text"
end

begin "a missing file"
refused 4 missing.ini
says "missing.ini" "No such file or directory"
end

begin "a directory"
mkdir folder.ini
refused 4 folder.ini
says "folder.ini" "directory"
end

begin "a line of 1 MB"
{ printf '[radio]\nbandwidth = '; head -c 1048576 /dev/zero | tr '\0' '1'; echo; } >long.ini
refused 3 long.ini
says "long.ini:2:1: error:" "65536"
[ "$(wc -c <"$top/err")" -lt 2000 ] || fail "the message repeats the line"
end

begin "a file that may not be read"
if [ "$(id -u)" = 0 ]; then
    skip "root may read everything"
else
    cp good.ini secret.ini && chmod 000 secret.ini
    refused 4 secret.ini
    says "secret.ini" "Permission denied"
fi
end

bad "an unknown key" 3 '[radio]\nbandwith = 20 MHz\n' "bad.ini:2:1: error:" "bandwith" \
    "did you mean 'bandwidth'"
bad "an unknown group" 3 '[radoi]\nbandwidth = 20 MHz\n' "bad.ini:1:2: error:" "radoi" "radio"
bad "a key outside of a group" 3 'bandwidth = 20 MHz\n' "bad.ini:1:1: error:" "bandwidth"
bad "a duplicate key" 3 '[radio]\nbandwidth = 20 MHz\nbandwidth = 40 MHz\n' \
    "bad.ini:3:1: error:" "bandwidth" "line 2"
bad "a duplicate group" 3 '[radio]\nbandwidth = 20 MHz\n[radio]\n' "bad.ini:3:2: error:" "radio"
bad "a line that is neither" 3 '[radio]\nbandwidth\n' "bad.ini:2:1: error:"
bad "no unit" 3 '[radio]\nbandwidth = 20\n' "bad.ini:2:13: error:" \
    "'bandwidth' needs a unit of frequency" "help: write '20 MHz'" "    2 | bandwidth = 20" \
    "      |             ^~"
bad "the wrong unit" 3 '[radio]\nbandwidth = 20 dBm\n' "bad.ini:2:16: error:" "frequency" "dBm"
bad "an unknown unit" 3 '[radio]\nbandwidth = 20 mhz\n' "bad.ini:2:16: error:" "mhz" "MHz"
bad "a unit where none belongs" 3 '[policy]\nweight = 0.2 s\n' "bad.ini:2:14: error:" "weight"
bad "a negative value" 3 '[radio]\nbandwidth = -20 MHz\n' "bad.ini:2:13: error:" "bandwidth"
bad "zero" 3 '[radio]\nbandwidth = 0 MHz\n' "bad.ini:2:13: error:" "bandwidth"
bad "a bare zero where zero is too little" 3 '[radio]\nbandwidth = 0\n' "bad.ini:2:13: error:" \
    "bandwidth"
bad "NaN" 3 '[radio]\nbandwidth = nan MHz\n' "bad.ini:2:13: error:" "bandwidth"
bad "infinity" 3 '[radio]\nbandwidth = inf MHz\n' "bad.ini:2:13: error:" "bandwidth"
bad "1e400" 3 '[radio]\nbandwidth = 1e400 MHz\n' "bad.ini:2:13: error:" "bandwidth"
bad "a decimal comma" 3 '[policy]\nweight = 0,2\n' "bad.ini:2:" "error:" "weight"
bad "an empty value" 3 '[radio]\nbandwidth =\n' "bad.ini:2:" "error:" "bandwidth"
bad "rounds 2.5" 3 '[simulation]\nrounds = 2.5\n' "bad.ini:2:10: error:" "whole number"
bad "rounds 99999999999999999999" 3 '[simulation]\nrounds = 99999999999999999999\n' \
    "bad.ini:2:10: error:" "rounds"
bad "rounds 0" 3 '[simulation]\nrounds = 0\n' "bad.ini:2:10: error:" "rounds"
bad "a weight of 1.5" 3 '[policy]\nweight = 1.5\n' "bad.ini:2:10: error:" "weight" "1"
bad "a policy that is none" 3 '[policy]\nname = crad\n' "bad.ini:2:8: error:" "crad" "card"
bad "a model that is not there" 3 '[model]\nllm = llama-3.2-1\n' "bad.ini:2:7: error:" \
    "llama-3.2-1b"
bad "a model file that is not there" 3 '[model]\nllm = ./nothing.ini\n' "bad.ini:2:7: error:" \
    "nothing.ini"
bad "every error is told, not the first only" 3 '[radio]\nbandwidth = 20\ncarier = 1 GHz\n' \
    "bad.ini:2:13: error:" "bad.ini:3:1: error:" "2 errors"

for policy in card server-only device-only static random delay-only energy-only exhaustive; do
    bad "a cut above I under policy $policy" 3 \
        "[model]\nllm = llama-3.2-1b\n[policy]\nname = $policy\ncut = 17\n" "bad.ini:5:7: error:" "16"
done

begin "an extends cycle"
printf '[scenario]\nextends = b.ini\n' >a.ini
printf '[scenario]\nextends = a.ini\n' >b.ini
refused 3 a.ini
says "a.ini" "b.ini" "error:" "extends"
end

begin "a scenario that extends itself"
printf '[scenario]\nextends = self.ini\n' >self.ini
refused 3 self.ini
says "self.ini:2:11: error:"
end

begin "extends names a file that is not there"
printf '[scenario]\nextends = nowhere.ini\n' >a.ini
refused 3 a.ini
says "a.ini:2:11: error:" "nowhere.ini" "No such file or directory"
end

begin "an error in an extended file stands there"
printf '[scenario]\nextends = base.ini\n' >a.ini
printf '[radio]\nbandwidth = 20\n' >base.ini
refused 3 a.ini
says "base.ini:2:13: error:"
end

begin "a device faster than the server"
cat >fast.ini <<'END'
[server]
frequency-max = 1 GHz
cores = 1000
[device quick]
frequency = 2 GHz
cores = 1000
distance = 10 m
END
refused 3 fast.ini
says "fast.ini:5:13: error:" "help: lower" "quick" "server"
end

begin "zero devices"
sed '1a count = 0' good.ini >none.ini
refused 3 none.ini
says "none.ini" "error:" "device"
end

begin "a device without what is required"
printf '[device a]\nfrequency = 1 GHz\n' >lacking.ini
refused 3 lacking.ini
says "lacking.ini:1:2: error:" "cores" "distance"
end

begin "a name that is empty, or lacks its ending"
try 4 run ""
says "'': error: cannot be read"
cp "$srcdir/scenarios/letter.ini" near.ini
try 4 run near
says "near: error: cannot be read" "did you mean 'near.ini'?"
end

begin "inherits from no device, and in a circle"
printf 'inherits = b\n' | cat good.ini - >a.ini
refused 3 a.ini
says "a.ini:5:12: error:"
printf '[device a]\ninherits = b\n[device b]\ninherits = a\n' >circle.ini
refused 3 circle.ini
says "circle.ini:" "error:" "inherits"
end

begin "a model file with a missing figure"
mkdir -p models
model=$(find "$srcdir/models/llm" -name 'llama-3.2-1b.ini')
grep -v '^layers' "$model" >models/broken.ini
{ printf '[model]\nllm = models/broken.ini\n'; cat good.ini; } >a.ini
refused 3 a.ini
says "broken.ini:" "error:" "layers"
end

begin "a config.json of an unknown family"
printf '{"model_type": "mamba", "hidden_size": 768}\n' >models/config.json
{ printf '[model]\nllm = models/config.json\n'; cat good.ini; } >a.ini
refused 3 a.ini
says "config.json" "error:" "mamba" "llama"
end

begin "overrides are checked in their place"
refused 3 good.ini -s radio.bandwidth=20
says "-s:1:17: error:" "needs a unit of frequency" "20 MHz"
refused 3 good.ini -s radio.bandwith=20MHz
says "-s:1:" "did you mean" "bandwidth"
refused 3 good.ini -s nonsense
says "-s:1:1: error:"
refused 3 good.ini -s device.b.distance=3m
says "-s:1:" "error:"
end

begin "errors in a file that a device names stand there, at their line"
printf 'time,state\n0,up\n5,away\n' >log.csv
{ cat good.ini; echo 'availability = log.csv'; } >a.ini
refused 3 a.ini
says "log.csv:3:3: error: not a state" "write 'up' or 'down'"
printf 'start,end\n5,9\n8,10\n' >log.csv
echo 'availability-kind = down' >>a.ini
refused 3 a.ini
says "log.csv:3:1: error: the interval begins before 0 or before the end of the one before"
printf 'time,cqi\n0,5\n1,16\n' >walk.csv
{ cat good.ini; echo 'trace = walk.csv'; } >a.ini
refused 3 a.ini
says "walk.csv:3:3: error: a CQI is a whole number in 0 .. 15"
end

bad "devices of a cell that disagree about it" 3 \
    '[device b]\ninherits = a\nsharing = equal\n[device c]\ninherits = a\nsharing = proportional-fair\n' \
    "bad.ini:6:11: error: devices 'b' and 'c' share the air" "set both in [radio]"
bad "a fading that cannot move" 3 '[radio]\nfading = nakagami\ncoherence = 1 ms\n' \
    "bad.ini:3:13: error:" "no Doppler spectrum" "write 'fading = rayleigh'"
bad "a start outside the area" 3 '[device b]\ninherits = a\nmobility = random-waypoint\narea-radius = 3 m\n' \
    "bad.ini:8:12: error: device 'b' starts up to 10 m away" "area-radius"

begin "an override mends what a file lacks"
try 0 check lacking.ini -s device.a.cores=1024 -s "device.a.distance=10 m"
end

begin "check goes on to the next file and ends with the worst"
try 3 check good.ini empty.ini
says "good.ini: valid" "empty.ini"
try 4 check empty.ini missing.ini good.ini
says "good.ini: valid"
end

begin "a sweep over what is no key is an error at its place, as one value is"
for axis in foo=1,2 =1,2 foo.bar=1,2 radio.foo=1,2 radio.bandwith='1 MHz,2 MHz' device.zz.distance='1 m,2 m' \
    device.=1,2 device.1=1,2 .rounds=1,2 radio.=1..3:1; do
    for command in plan sweep expect; do
        try 3 $command "$srcdir/scenarios/letter.ini" -q -s "$axis"
        says "-s:1:" "error: "
    done
done
end

finish
