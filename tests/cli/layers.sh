#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The layers of the design: a file includes its own folder or lower ones; siblings never each other.
# Also: a file that is in no list of the build, and libraries that print or exit.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

sources=$(cd "$srcdir" && find src -name '*.[ch]' | sort)

# folder -> the folders it may include beside itself
allowed() {
    case $1 in
    base) echo "" ;;
    text | des) echo "base" ;;
    radio | llm | energy | policy) echo "base text des" ;;
    learning) echo "base text" ;;
    sim) echo "base text des radio llm energy policy learning" ;;
    expect | scenario | output) echo "base text des radio llm energy policy learning sim" ;;
    campaign) echo "base text des radio llm energy policy learning sim expect scenario output" ;;
    analysis) echo "base text des radio llm energy policy learning sim expect scenario output campaign" ;;
    cmd) echo "base text des radio llm energy policy learning sim expect scenario output campaign analysis" ;;
    *) return 1 ;;
    esac
}

begin "every folder of src is a layer"
for folder in $(printf '%s\n' "$sources" | sed -n 's,^src/\([^/]*\)/.*,\1,p' | sort -u); do
    allowed "$folder" >/dev/null || fail "src/$folder has no place among the layers"
done
end

begin "a file includes its own folder or lower ones"
for file in $sources; do
    folder=$(printf '%s\n' "$file" | sed -n 's,^src/\([^/]*\)/.*,\1,p')
    [ -n "$folder" ] || continue # src/cardsim.h is the library's face
    may=" $folder $(allowed "$folder") "
    for included in $(sed -n 's,^ *# *include *"\([^"/]*\)/[^"]*".*,\1,p' "$srcdir/$file"); do
        case $may in
        *" $included "*) ;;
        *) fail "$file includes $included/" ;;
        esac
    done
done
end

# What calls upwards, file by file: tables of what there is (commands, policies) name their entries,
# which call back what stands beside the table.
tables='src/cmd/command.o src/policy/policy.o'
known=''

# edges: "FILE INCLUDED" and "OBJECT CALLED-OBJECT", for tsort
edges() {
    for file in $sources; do
        printf '%s %s\n' "$file" "$file"
        sed -n 's,^ *# *include *"\([^"]*/[^"]*\)".*,src/\1,p' "$srcdir/$file" | sed "s,^,$file ,"
    done
    (cd "$builddir" && find src -name '*.o' ! -path '*/.libs/*' | sort) | while read -r object; do
        nm -g --defined-only "$builddir/$object" | sed -n "s,^[0-9a-f]* [A-Z] \(.*\),D $object \1,p"
        nm -gu "$builddir/$object" | sed -n "s,^ *U \(.*\),U $object \1,p"
    done | awk -v tables=" $tables $known " '
        $1 == "D" { home[$3] = $2 }
        $1 == "U" { n++; who[n] = $2; what[n] = $3 }
        END {
            for (i = 1; i <= n; i++)
                if (what[i] in home && home[what[i]] != who[i] && !index(tables, " " who[i] " "))
                    print who[i], home[what[i]]
        }' | sort -u
}

begin "the files form no circle: by what they include, and by whose functions they call"
edges >"$work/edges"
[ "$(grep -c '\.o ' "$work/edges")" -gt 100 ] || fail "no objects to look at in $builddir/src"
tsort "$work/edges" >/dev/null 2>"$work/circles" || fail "$(cat "$work/circles")"
printf 'src/sim/fleet.o src/sim/round.o\n' >>"$work/edges"
if tsort "$work/edges" >/dev/null 2>&1; then fail "a circle is not found"; fi
end

begin "the public header takes no part of the program"
if grep -n '"cmd/' "$srcdir/src/cardsim.h"; then fail "src/cardsim.h includes src/cmd"; fi
end

begin "every included header exists and every source is in the build"
for file in $sources; do
    for included in $(sed -n 's,^ *# *include *"\([^"]*/[^"]*\)".*,\1,p' "$srcdir/$file"); do
        [ -f "$srcdir/src/$included" ] || fail "$file includes $included, which is not there"
    done
    case $file in
    *.c) grep -qF "$file" "$srcdir/Makefile.am" || fail "Makefile.am does not name $file" ;;
    esac
done
end

begin "the physics names no key of a scenario"
keys=$(cat "$srcdir/src/scenario/key-list.h" "$srcdir/src/scenario/key-list-gpu.h" |
    sed -n 's/^KEY([A-Z_0-9]*, "[a-z]*", "\([a-z0-9-]*-[a-z0-9-]*\)".*/\1/p
        s/^GPU_KEY([A-Z_0-9]*, "\([a-z0-9-]*-[a-z0-9-]*\)".*/\1/p' | sort -u)
[ "$(printf '%s\n' "$keys" | wc -l)" -gt 50 ] || fail "too few keys were found"
pattern=$(printf '%s\n' "$keys" | tr '\n' '|' | sed 's/|$//')
names_keys() { grep -nE "\"[^\"]*'($pattern)[^a-z-][^\"]*\"" "$@"; }
for file in $sources; do
    case $file in
    src/des/* | src/radio/* | src/sim/*) if names_keys "$srcdir/$file"; then fail "$file"; fi ;;
    esac
done
printf '%s\n' "say(\"set 'transfer-limit' in [radio]\");" >"$work/names.c"
names_keys "$work/names.c" >/dev/null || fail "a name is not found"
end

begin "no two files of the library share a name, since their objects share an archive"
twice=$(printf '%s\n' "$sources" | grep '\.c$' | grep -v '^src/cmd/' | sed 's,.*/,,' | sort | uniq -d)
[ -z "$twice" ] || fail "$twice"
end

begin "every function has a caller: in another file, in a test or in an example"
(cd "$builddir" && find src -name '*.o' ! -path '*/.libs/*') | while read -r object; do
    nm -g --defined-only "$builddir/$object" | sed -n 's,^[0-9a-f]* [TDRB] \(cs_.*\),D \1,p'
    nm -gu "$builddir/$object" | sed -n 's,^ *U \(cs_.*\),U \1,p'
done >"$work/symbols"
sed -n 's/^U //p' "$work/symbols" | sort -u >"$work/called"
sed -n 's/^D //p' "$work/symbols" | sort -u | comm -23 - "$work/called" >"$work/idle"
[ -s "$work/idle" ] || fail "nothing to look at in $builddir/src"
while read -r name; do
    grep -q "CLEANUP_FUNC(.*\b$name)" "$srcdir"/src/*/*.h && continue
    case $name in *_error_quark) continue ;; esac
    (cd "$srcdir" && grep -rqwF "$name" tests examples --include='*.c') || fail "$name has no caller"
done <"$work/idle"
end

begin "libraries neither print nor exit"
for file in $sources; do
    case $file in
    src/cmd/*) continue ;;
    esac
    if grep -nE '(^|[^a-z_])(printf|puts|putchar|g_print|g_printerr|exit|_exit|perror|abort) ?\(' \
        "$srcdir/$file" | grep -vE '^[0-9]+: *(/?\*|//)'; then
        fail "$file prints or exits"
    fi
done
end

# touch WHAT LIMIT PATTERN: in so many files of src the pattern may stand.
touch_at_most() {
    found=$(cd "$srcdir" && grep -rlE "$3" src | sort | tr '\n' ' ')
    n=$(printf '%s' "$found" | wc -w)
    [ "$n" -ge 1 ] || fail "$1: nothing has '$3'"
    [ "$n" -le "$2" ] || fail "$1 touches $n files, not $2: $found"
}

begin "what a change touches is what HACKING.md says"
for policy in adaptsfl card_deadline random; do
    touch_at_most "a policy" 2 "(^| |&)cs_policy_$policy\\b|X\\($policy\\)"
done
for key in nakagami-m reference-distance battery; do
    touch_at_most "a key's row" 1 "^KEY\\([A-Z_]*, \"[a-z]*\", \"$key\""
done
for sum in idle_energy_j regret blocks_given_up; do
    touch_at_most "the adding up of a sum" 1 "sums->$sum \\+= other"
    grep -q "sums->$sum += other" "$srcdir/src/sim/sink.h" || fail "'$sum' is not added beside its struct"
done
for metric in cut-share cut-first cut-last; do
    touch_at_most "a metric" 1 "\"$metric\""
done
for command in decide explain memory; do
    touch_at_most "a command" 3 "\\bcs_command_$command\\b"
done
for family in '"qwen3_moe"' '"deepseek_v3"' '"gpt_neox"'; do
    touch_at_most "a family of models" 1 "$family"
done
end

begin "the physics asks no clock and no shared generator"
for file in $sources; do
    case $file in
    src/cmd/* | src/campaign/*) continue ;;
    esac
    if grep -nE '(^|[^a-z_])(time|clock|gettimeofday|clock_gettime|rand|srand|g_random_[a-z]+|g_get_[a-z]*_time) ?\(' \
        "$srcdir/$file" | grep -vE '^[0-9]+: *(/?\*|//)'; then
        fail "$file asks a clock or a generator that is not a stream's"
    fi
done
end

finish
