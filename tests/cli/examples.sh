#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every command among the EXAMPLES of the man pages, and in the guides that no other test walks, runs
# as it stands, on files of the names that it uses.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

mkdir "$top/bin" "$top/kept" "$top/home"
ln -s "$cardsim" "$top/bin/cardsim"
PATH=$top/bin:$PATH
HOME=$top/home
CARDSIM_DATADIR=$srcdir
export PATH HOME CARDSIM_DATADIR

# What the examples take for given.
begin "the files that the examples name"
cd "$top/kept" || exit 1
try 0 new my.ini
sed -i 's/^rounds = .*/rounds = 3/; s/^replications = .*/replications = 2/' my.ini
cp my.ini scenario.ini
try 0 run my.ini -o out1
cp -r out1 out2 && cp -r out1 here && cp -r out1 there
for shard in 0 1 2; do
    try 0 sweep -q my.ini -s radio.path-loss-exponent=2..6:1 -o part-$shard --shard $shard/3
done
# A sweep of all that a report or a plot of `out` asks for.
try 0 sweep -q my.ini -s radio.bandwidth=20MHz,50MHz -s device.near.distance=5m,9m \
    -s policy.weight=0.1,0.5 -o swept
try 0 sweep -q my.ini -s radio.path-loss-exponent=2,4,6 -s policy.name=card,device-only \
    -o results/fig4
try 0 sweep -q my.ini -s learning.network=tiny -s policy.name=card,device-only -s simulation.rounds=2 \
    -s simulation.replications=1 -o learned
end

missing() { # the program that the example needs and this machine lacks
    case $1 in
    mpirun*) command -v mpirun >/dev/null 2>&1 || echo mpirun ;;
    *parallel*sh) command -v parallel >/dev/null 2>&1 || echo parallel ;;
    *plot*|*reproduce*) command -v gnuplot >/dev/null 2>&1 || echo gnuplot ;;
    *less) command -v less >/dev/null 2>&1 || echo less ;;
    *plugin*) [ -n "${plugin:-}" ] || echo "a plugin" ;;
    source*) command -v bash >/dev/null 2>&1 || echo bash ;;
    esac
}

prepare() { # a directory with what the example needs and without what it makes
    rm -rf "$work" && mkdir "$work" && cd "$work" || exit 1
    cp "$top/kept/scenario.ini" "$srcdir/scenarios/letter.ini" .
    case $1 in cardsim\ new*) ;; *) cp "$top/kept/my.ini" . ;; esac
    case $1 in *part-0\ part*) cp -r "$top"/kept/part-* . ;; esac
    case $1 in *compare*) cp -r "$top/kept/out1" "$top/kept/out2" "$top/kept/here" \
        "$top/kept/there" . ;; esac
    case $1 in *run\ my.ini\ -o\ out*) ;; *report*|*plot*)
        cp -r "$top/kept/results" . && cp -r "$top/kept/swept" out ;; esac
    case $1 in *loss-time*) rm -rf out && cp -r "$top/kept/learned" out ;; esac
    case $1 in *export* | *decide\ results*) mkdir -p results && cp -r "$top/kept/swept" results/my ;; esac
    case $1 in *calibrate*) cp "$srcdir"/tests/data/measured/*.csv . && chmod u+w ./*.csv &&
        sed -i 's/v100-sxm2-32gb/my-gpu/; s/rtx-4090/my-gpu/' steps.csv power.csv ;; esac
    case $1 in *sensitivity*) cp -r "$srcdir/scenarios" . ;; esac
    case $1 in *plugin*) cp "$plugin" mine.so && cp "$plugin" sticky.so ;; esac
    case $1 in *learn*) mkdir -p vectors && cp -r "$srcdir/tests/data/learning/small" vectors/config1 &&
        cp -r vectors/config1 mine && chmod -R u+w vectors mine ;; esac
    mkdir -p mine "$HOME/.zfunc" "$HOME/.config/fish/completions"
}

# The letter's experiment in full, and a network, are for other tests; mpirun wants to be asked twice by root.
shorten() {
    sed 's/^\(cardsim reproduce .*\)/\1 -s simulation.rounds=5 -s simulation.replications=2/
         s/^\(cardsim pretrain .*\)/\1 --steps 2/
         s/ --samples 1024//; s/^\(cardsim sensitivity .*\)/\1 --samples 16/
         s/^mpirun /mpirun --allow-run-as-root --oversubscribe /'
}

walk() { # a file of commands, one a line
    while read -r line; do
        lacking=$(missing "$line")
        if [ -n "$lacking" ]; then
            skip "$lacking is not there for '$line'"
            continue
        fi
        prepare "$line"
        printf '%s\n' "$line" | shorten >"$top/command"
        shell=sh
        case $line in source*) shell=bash ;; esac
        $shell "$top/command" >"$top/out" 2>"$top/err" </dev/null ||
            fail "'$line' ended in $?: $(head -n 3 "$top/err")"
        walked=$((walked + 1))
    done <"$1"
}

plugin=
if command -v "${CC:-cc}" >/dev/null 2>&1 && [ -f "$srcdir/examples/sticky-policy.c" ] &&
    "${CC:-cc}" -shared -fPIC -I"$srcdir/src" -o "$top/plugin.so" \
        "$srcdir/examples/sticky-policy.c" 2>/dev/null; then
    plugin=$top/plugin.so
fi

page_of() { # in the build tree or, from an archive, the source tree
    if [ -f "$builddir/man/$1" ]; then printf '%s\n' "$builddir/man/$1"; else printf '%s\n' "$srcdir/man/$1"; fi
}

walked=0
begin "the EXAMPLES of the man pages"
for page in "$(dirname "$(page_of cardsim.1)")"/*.1 "$srcdir"/man/*.7; do
    awk '/^\.SH "?EXAMPLES/ { on = 1; next } /^\.SH/ { on = 0 }
         on && /^(cardsim|mpirun|source) /' "$page"
done | sed "s/\\\\-/-/g; s/\\\\(aq/'/g; s/\\\\(ti/~/g; s/\\\\e/\\\\/g" >"$top/examples"
walk "$top/examples"
[ "$walked" -ge 40 ] || fail "only $walked examples"
end

begin "the commands of man/guide/plugin.md"
sed -n '/^```sh$/,/^```$/p' "$srcdir/man/guide/plugin.md" | grep '^cardsim' >"$top/guide"
walk "$top/guide"
end

# "Try: cardsim ..." at the head of an example scenario, and at that of a study.
begin "what the example scenarios say to try"
for scenario in "$srcdir"/scenarios/examples/*.ini; do
    sed -n 's/^# *\(Try: *\)\{0,1\}\(cardsim .*\)/\2/p' "$scenario" | sed 's/  .*//'
done | sort -u >"$top/try"
while read -r line; do
    rm -rf "$work" && mkdir "$work" && cd "$work" || exit 1
    cp -r "$srcdir"/scenarios/examples/. . && chmod -R u+w .
    cp "$srcdir/scenarios/letter.ini" ..
    expected=0
    case $line in *memory.ini*device-only*) expected=3 ;; esac
    few=$(printf '%s\n' "$line" | sed 's/cardsim \(run\|sweep\) /&-s simulation.rounds=2 /')
    sh -c "$few" >"$top/out" 2>"$top/err" </dev/null
    code=$?
    [ "$code" -eq "$expected" ] || fail "'$line' ended in $code: $(head -n 3 "$top/err")"
done <"$top/try"
[ "$(wc -l <"$top/try")" -ge 15 ] || fail "only $(wc -l <"$top/try") of them"
end

finish
