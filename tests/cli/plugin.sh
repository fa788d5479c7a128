#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Policies of one's own: built outside the tree, loaded by --plugin only, and refused, without a
# crash, where they are wrong.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"
cc=${CS_TEST_CC:-cc}
tree=$work/tree
letter=my.ini
sed 's/^rounds *=.*/rounds = 40/; s/^replications *=.*/replications = 3/' \
    "$srcdir/scenarios/letter.ini" >$letter

begin "the header and its pkg-config file are installed"
(cd "$builddir" && make -s install prefix="$tree") >"$top/log" 2>&1 ||
    fail "make install: $(tail -n 5 "$top/log")"
PKG_CONFIG_PATH=$(find "$tree" -name pkgconfig -type d):${PKG_CONFIG_PATH:-}
export PKG_CONFIG_PATH
flags=$(pkg-config --cflags cardsim-policy) || fail "pkg-config does not know cardsim-policy"
end

build() { # NAME.so SOURCE OPTION...
    so=$1 source=$2
    shift 2
    # shellcheck disable=SC2086 # the flags are words
    $cc -shared -fPIC -O1 -Wall -Wextra -Werror "$@" $flags -o "$so" "$source" >"$top/log" 2>&1 ||
        fail "$so: $(head -n 5 "$top/log")"
}

# refused FILE WHAT...: exit code 3, an error that names the file, nothing printed.
refused() {
    file=$1
    shift
    try 3 run $letter --plugin "$file"
    says "cardsim: error: plugin '$file': " "$@"
    prints_nothing
}

begin "the example of the documentation"
build sticky.so "$tree/share/doc/cardsim/examples/sticky-policy.c"
try 0 list policies --plugin ./sticky.so --format csv
prints "sticky,CARD that keeps a device's cut" "card,least weighted cost"
try 0 run $letter --plugin ./sticky.so -s policy.name=sticky -o sticky -q
try 0 run $letter -o card -q
changes() { # how often a device's cut is another than in its round before
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        { key = $at["replication"] "," $at["device"]; cut = $at["cut"]
          if (key in last && last[key] != cut) n++; last[key] = cut } END { print n + 0 }' "$1"
}
[ "$(changes card/rounds.csv)" -gt "$(changes sticky/rounds.csv)" ] ||
    fail "CARD changes $(changes card/rounds.csv) times, sticky $(changes sticky/rounds.csv)"
end

begin "a whole guide shows it as it is"
sed -n '/^```c$/,/^```$/p' "$srcdir/man/guide/plugin.md" | sed '/^```/d' |
    cmp -s - "$srcdir/examples/sticky-policy.c" || fail "man/guide/plugin.md has another source"
end

cat >own.c <<'END'
/* CARD and `random` from the manual alone: the same decisions as the program's own. */
#include <cardsim-policy.h>
#include <math.h>
static CardsimPolicyDecision decide(const CardsimPolicyRound *round, void *state)
{
    (void)state;
    double f = round->frequency_hz;
    uint32_t cut = 0;
#ifdef RANDOM
    cut = (uint32_t)ceil(round->uniform(round, 0) * round->n_cuts) - 1;
#else
    for (uint32_t c = 1; c < round->n_cuts; c++)
        if (cardsim_policy_cost(round, c, f) < cardsim_policy_cost(round, cut, f))
            cut = c;
#endif
    return (CardsimPolicyDecision){.cut = cut, .frequency_hz = f};
}
static const CardsimPolicyPlugin plugin = {
    CARDSIM_POLICY_HEAD, .name = NAME, .summary = "as the program's own", .decide = decide};
const CardsimPolicyPlugin *cardsim_policy_plugin(void)
{
    return &plugin;
}
END

begin "CARD and random, written again as plugins, give the same but for their names"
build card.so own.c -DNAME='"my-card"'
build random.so own.c -DNAME='"my-random"' -DRANDOM -lm
for policy in card random; do
    try 0 run $letter -q -o "own-$policy" -s policy.name=$policy -j 1
    try 0 run $letter -q -o "my-$policy" -s policy.name=my-$policy --plugin ./card.so \
        --plugin ./random.so -j 3
    for table in rounds devices totals; do
        sed "s/,my-$policy,/,$policy,/" "my-$policy/$table.csv" |
            cmp -s "own-$policy/$table.csv" - || fail "$policy: $table.csv"
    done
done
end

begin "the manifest names plugin and hash, not its place"
hash=$(sha256sum card.so | cut -d ' ' -f 1)
grep -qF "\"my-card\" : \"$hash\"" my-card/manifest.json || fail "no hash in manifest.json"
if grep -qF "card.so" my-card/manifest.json; then fail "manifest.json names the file"; fi
if grep -qF '"plugins"' own-card/manifest.json; then fail "a manifest without plugins names them"; fi
end

begin "in a sweep; resumed with the same plugin only"
try 0 sweep $letter -q -o swept -s policy.name=card,my-card --plugin ./card.so
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { sum[$at["policy"]] += $at["delay_total_s"] }
    END { exit sum["card"] != sum["my-card"] || sum["card"] == 0 }' swept/totals.csv ||
    fail "policies differ"
try 0 sweep $letter -q -o swept -s policy.name=card,my-card --plugin ./card.so --resume
build other.so own.c -DNAME='"my-card"' -DRANDOM -lm
try 4 sweep $letter -q -o swept -s policy.name=card,my-card --plugin ./other.so --resume
end

begin "other commands that read a scenario take it"
try 0 plan $letter -s policy.name=my-card --plugin ./card.so
try 0 plan $letter -s policy.name=card,my-card --plugin ./card.so --emit parallel -o out
prints "--plugin='./card.so'"
try 0 check $letter -s policy.name=my-card --plugin ./card.so
try 0 show $letter -s policy.name=my-card --plugin ./card.so
try 0 decide $letter --device 1 --uplink-rate 1Mbit/s --downlink-rate 1Mbit/s \
    -s policy.name=my-card --plugin ./card.so
prints "policy my-card"
end

crowded="$srcdir/scenarios/examples/contention.ini"
costs() { # the sum of U with the delays as they were, waiting included, a round a line
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        { span = $at["delay_max_s"] - $at["delay_min_s"]
          u[$at["round"]] += 0.2 * ($at["delay_s"] - $at["delay_min_s"]) / span
          span = $at["energy_max_j"] - $at["energy_min_j"]
          u[$at["round"]] += 0.8 * ($at["server_energy_j"] - $at["energy_min_j"]) / span }
        END { for (r = 1; r in u; r++) print u[r] }' "$1"
}

begin "a plugin decides for a crowd: never worse than CARD, and as well as joint"
build crowd.so "$tree/share/doc/cardsim/examples/crowd-policy.c"
for policy in card joint crowd; do
    try 0 run "$crowded" -q -o "crowd-$policy" --plugin ./crowd.so -s policy.name=$policy \
        -s simulation.rounds=6 -s simulation.replications=1 -s server.gpus=1 \
        -s device.fast.count=2 -s device.middle.count=3 -s device.slow.count=3
    costs "crowd-$policy/rounds.csv" >"$policy.costs"
done
paste card.costs joint.costs crowd.costs | awk '{ card += $1; joint += $2; crowd += $3
        if ($3 > $1 * (1 + 1e-9) || $2 > $1 * (1 + 1e-9)) worse = 1 }
    END { print card, joint, crowd
        exit NR != 6 || worse || crowd > 1.1 * joint || crowd > 0.9 * card }' >"$top/log" ||
    fail "card, joint and crowd: $(cat "$top/log")"
end

begin "a plugin of version 1, which has no decide_crowd(), still decides"
sed -n '1,/^static const CardsimPolicyPlugin/p' own.c | sed '$d' >old.c
cat >>old.c <<'END'
/* As that version laid it out: 56 bytes, and nothing behind them that could be read. */
static const struct {
    uint32_t magic, abi, size, round_size, decision_size, uses;
    const char *name, *summary;
    size_t state_size;
    CardsimPolicyDecision (*decide)(const CardsimPolicyRound *, void *);
} old = {CARDSIM_POLICY_MAGIC, 1, 56, 200, 16, 0, "old-card", "as it was", 0, decide};
const CardsimPolicyPlugin *cardsim_policy_plugin(void)
{
    return (const CardsimPolicyPlugin *)(const void *)&old;
}
END
build old.so old.c -Wno-array-bounds
try 0 run $letter -q -o old-card -s policy.name=old-card --plugin ./old.so
sed 's/,old-card,/,card,/' old-card/rounds.csv | cmp -s own-card/rounds.csv - || fail "rounds.csv"
end

begin "a scenario alone loads nothing"
try 3 run $letter -s policy.name=my-card
says "no policy is called 'my-card'"
try 3 run $letter -s policy.name=./card.so
end

cat >bad.c <<'END'
#include <cardsim-policy.h>
#include <math.h>
#ifndef NAME
#define NAME "bad"
#endif
#ifndef SUMMARY
#define SUMMARY "is wrong somewhere"
#endif
#ifndef CUT
#define CUT 0
#endif
#ifndef HERTZ
#define HERTZ round->frequency_max_hz
#endif
#ifndef DECIDE
#define DECIDE decide
#endif
#ifndef CHANGE
#define CHANGE
#endif
static CardsimPolicyDecision decide(const CardsimPolicyRound *round, void *state)
{
    (void)state;
    (void)round;
    CardsimPolicyDecision decision = {CUT, 0, HERTZ};
    return decision;
}
static CardsimPolicyPlugin plugin = {CARDSIM_POLICY_HEAD, 0, NAME, SUMMARY, 0, DECIDE, 0};
const CardsimPolicyPlugin *ENTRY(void);
const CardsimPolicyPlugin *ENTRY(void)
{
    (void)decide;
    CHANGE;
    return RESULT;
}
END
bad() { # build bad.so with OPTION...
    build bad.so bad.c -DENTRY=cardsim_policy_plugin -DRESULT='&plugin' "$@"
}

begin "files that are no shared objects"
printf 'hello\n' >text.so
: >empty.so
mkdir folder.so
head -c 4096 card.so >short.so
head -c 200 card.so >shorter.so
head -c 60 card.so >shortest.so
refused ./text.so "no ELF file"
refused ./empty.so "no ELF file"
refused ./folder.so "no such file"
refused ./nowhere.so "no such file"
refused ./short.so "cut short"
refused ./shorter.so "cut short"
refused ./shortest.so "no ELF file"
refused "$cardsim" ""
end

begin "shared objects that are no plugin for this program"
build none.so bad.c -DENTRY=something_else -DRESULT='&plugin'
refused ./none.so "no function cardsim_policy_plugin()"
build null.so bad.c -DENTRY=cardsim_policy_plugin -DRESULT=NULL -Wno-unused
refused ./null.so "returned NULL"
bad -DCHANGE='plugin.magic = 7'
refused ./bad.so "does not return a cardsim policy"
bad -DCHANGE='plugin.abi = 99'
refused ./bad.so "version 99" "version 2" "build it again"
bad -DCHANGE='plugin.size -= 8'
refused ./bad.so "other sizes"
bad -DCHANGE='plugin.round_size += 8'
refused ./bad.so "other sizes"
bad -DCHANGE='plugin.decision_size = 8'
refused ./bad.so "other sizes"
printf 'void nowhere(void);\nvoid f(void);\nvoid f(void) { nowhere(); }\n' >open.c
build open.so open.c
refused ./open.so "nowhere"
end

begin "descriptions that are incomplete"
bad -DNAME=NULL
refused ./bad.so "lacks a name"
bad -DSUMMARY=NULL
refused ./bad.so "lacks a name, a summary"
bad -DDECIDE=NULL
refused ./bad.so "decide()"
for called in '""' '"Bad"' '"a b"' '"a/b"' '"9x"' '"a\n"'; do
    bad -DNAME="$called"
    refused ./bad.so "policy's name"
done
bad -DSUMMARY='"\xff"'
refused ./bad.so "UTF-8"
bad -DCHANGE='plugin.state_size = (size_t)1 << 30'
refused ./bad.so "1 MiB"
bad -DNAME='"card"'
refused ./bad.so "a policy called 'card' already"
try 3 list policies --plugin ./card.so --plugin ./card.so
says "a policy called 'my-card' already"
end

begin "an older plugin, made when less was known of a round, is taken"
bad -DCHANGE='plugin.round_size -= 8'
try 0 run $letter -q --plugin ./bad.so -s policy.name=bad
end

begin "decisions out of range end the run"
for decision in -DCUT=33 -DCUT=4294967295u -DHERTZ=NAN -DHERTZ=0 -DHERTZ=-1 -DHERTZ=INFINITY \
    -DHERTZ='round->frequency_max_hz*1.0000001' -DHERTZ='round->frequency_min_hz*0.9999999'; do
    bad "$decision"
    rm -rf out
    try 1 run $letter -q --plugin ./bad.so -s policy.name=bad -o out
    says "round 1 of device '1'" "the policy 'bad' chose"
    [ ! -e out/rounds.csv ] || fail "$decision left results"
    try 1 run $letter -q --plugin ./bad.so -s policy.name=bad -s simulation.schedule=parallel
    says "the policy 'bad' chose"
    try 1 decide $letter --device 1 --uplink-rate 1Mbit/s --downlink-rate 1Mbit/s \
        -s policy.name=bad --plugin ./bad.so
    says "the policy 'bad' chose"
done
# A device with memory for cut 10 and not for 11: what fits in its memory is refused by name, whoever
# asks, and a plugin that keeps to cut_max is not.
memory=$("$cardsim" profile $letter --format csv | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
    $at["cut"] == "10" { printf "%.0f", $at["device_memory_bytes"] }')
limited="-s policy.name=bad -s device.2.memory=${memory}B"
bad -DCUT=10
# shellcheck disable=SC2086
try 0 run $letter -q --plugin ./bad.so $limited
for more in "" "-s simulation.schedule=parallel" "-s policy.csi=delayed\ 1\ round" \
    "-s device.1.time-to-failure=1h"; do
    bad -DCUT=11
    # shellcheck disable=SC2086
    eval "try 1 run $letter -q --plugin ./bad.so $limited $more"
    says "round 1 of device '2'" "the policy 'bad' chose cut 11" "has memory for 0 to 10"
done
# shellcheck disable=SC2086
try 1 decide $letter --device 2 --uplink-rate 1Mbit/s --downlink-rate 1Mbit/s --plugin ./bad.so $limited
says "the policy 'bad' chose cut 11" "has memory for 0 to 10"
bad -DCUT=round-\>cut_max
# shellcheck disable=SC2086
try 0 run $letter -q --plugin ./bad.so $limited
bad -DCUT='(round->round == 3 ? 33 : 0)'
try 1 sweep $letter -q --plugin ./bad.so -s policy.name=card,bad -o failed
says "round 3 of device '1'"
try 1 run $letter -q --plugin ./bad.so -s policy.name=bad -s policy.csi='error 2 dB'
end

finish
