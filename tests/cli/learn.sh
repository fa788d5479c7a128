#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# cardsim learn: against an independent program's numbers, the same bytes on every kind of
# processor, and what it says of folders that are wrong. Further folders with expected results are
# taken from $CARDSIM_VECTORS, where that is set.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"
small=$srcdir/tests/data/learning/small

# compare FOLDER PRECISION LOSS GRADIENT SGD ADAM
compare() {
    rm -rf out
    try 0 learn "$1" -o out --precision "$2"
    python3 "$srcdir/tests/cli/learn-compare.py" "$1" out "$3" "$4" "$5" "$6" >"$top/compare" || {
        fail "$1 in $2:"
        head -n 20 "$top/compare"
    }
}

# Its gradients are central differences, good to 1e-9.
begin "losses, gradients and adapters of a program that differentiates numerically"
if command -v python3 >/dev/null; then
    compare "$small" float64 1e-10 5e-9 5e-9 5e-9
    compare "$small" float32 1e-5 1e-5 1e-5 1e-5
else
    skip "no python3"
fi
end

for vectors in config1 config2 config3; do
    begin "losses, gradients and adapters of the vectors $vectors"
    folder=${CARDSIM_VECTORS:-/nonexistent}/$vectors
    if [ ! -d "$folder" ]; then
        skip "CARDSIM_VECTORS has no $vectors"
    elif command -v python3 >/dev/null; then
        compare "$folder" float64 1e-11 1e-11 1e-11 1e-11
        compare "$folder" float32 1e-5 1e-5 1e-5 1e-3
    else
        skip "no python3"
    fi
    end
done

begin "weights of 16 bits are the numbers that they hold"
if command -v python3 >/dev/null; then
    for dtype in F16 BF16; do
        rm -rf same narrow
        python3 "$srcdir/tests/cli/learn-dtypes.py" "$small" $dtype same narrow || fail "no copies"
        for precision in float32 float64; do
            try 0 learn same -o same/out --precision $precision --run cut1_none_sgd_par
            try 0 learn narrow -o narrow/out --precision $precision --run cut1_none_sgd_par
            for file in losses.csv tests.csv after/cut1_none_sgd_par.safetensors; do
                cmp "same/out/$file" "narrow/out/$file" || fail "$file of $dtype in $precision"
            done
            cmp -s same/out/losses.csv "$small/losses.csv" && fail "nothing was rounded"
        done
    done
else
    skip "no python3"
fi
end

# The first loss of each, by the program that made them.
begin "weights of 16 bits of the vectors config1"
folder=${CARDSIM_VECTORS:-/nonexistent}/config1
if [ ! -d "$folder/dtypes" ]; then
    skip "CARDSIM_VECTORS has no config1/dtypes"
else
    for dtype in BF16 F16; do
        rm -rf narrow
        cp -r "$folder" narrow && chmod -R u+w narrow && cp "$folder/dtypes/$dtype/"* narrow/model
        try 0 learn narrow -o out --precision float64 --run cut1_none_sgd_seq
        awk -F, -v want="$(sed -n "s/^$dtype,//p" "$folder/dtypes/losses.csv")" '
            $1 == "cut1_none_sgd_seq" && NR == 2 { off = $5 / want - 1; found = 1 }
            END { exit !(found && off < 1e-11 && off > -1e-11) }' out/losses.csv ||
            fail "$dtype: $(sed -n 2p out/losses.csv)"
    done
fi
end

bytes() { (cd "$1" && find . -type f | LC_ALL=C sort | xargs cat | sha256sum); }

begin "the same bytes for every width of vector and any number of threads"
for precision in float32 float64; do
    try 0 learn "$small" -o "first-$precision" --precision $precision -j 1
    for width in none avx2 avx512; do
        for jobs in 1 2 8; do
            rm -rf other
            CARDSIM_WIDTH=$width
            export CARDSIM_WIDTH
            try 0 learn "$small" -o other --precision $precision -j $jobs
            unset CARDSIM_WIDTH
            [ "$(bytes "first-$precision")" = "$(bytes other)" ] ||
                fail "$precision differs with $width on $jobs threads"
        done
    done
done
end

begin "adapters that were written are read as a start"
rm -rf out again
try 0 learn "$small" -o out --run cut1_none_sgd_par
cp -r "$small" again
chmod -R u+w again
cp out/adapters/cut1_none_sgd_par/* again/adapter/
try 0 learn again -o again/out --run cut1_none_sgd_par
# Where the first ended, the second begins.
[ "$(sed -n 's/.*,2,//p' out/tests.csv)" = "$(sed -n 's/.*,0,//p' again/out/tests.csv)" ] ||
    fail "$(cat out/tests.csv again/out/tests.csv)"
end

begin "only the runs asked for"
rm -rf out
try 0 learn "$small" -o out --run cut1_q4_sgd_seq,cut0_none_sgd_seq
[ "$(cut -d, -f1 out/tests.csv | sort -u | tr '\n' ' ')" = "cut0_none_sgd_seq cut1_q4_sgd_seq run " ] ||
    fail "other runs: $(cut -d, -f1 out/tests.csv | sort -u)"
try 2 learn "$small" -o out --run none-such
says "no run 'none-such'"
try 2 learn "$small" -o out --precision float16
says "no precision"
try 2 learn "$small"
says "needs '-o DIR'"
end

# spoil: a copy to be made wrong
spoil() {
    rm -rf wrong
    cp -r "$small" wrong
    chmod -R u+w wrong
}

refuses() { # TEXT...
    try 3 learn wrong -o never
    says "$@"
    [ ! -e never ] || fail "results were written"
}

begin "files that are wrong are told before anything runs"
spoil
head -c 700 "$small/model/b.safetensors" >wrong/model/b.safetensors
refuses "b.safetensors" "truncated"
spoil
size=$(wc -c <"$small/model/b.safetensors")
head -c $((size - 4)) "$small/model/b.safetensors" >wrong/model/b.safetensors
refuses "b.safetensors" "truncated"
spoil
sed -i 's/"intermediate_size": 10/"intermediate_size": 11/' wrong/model/config.json
refuses "lora_B.weight' has the shape [10, 2], not [11, 2]"
spoil
sed -i 's/"vocab_size": 13/"vocab_size": 14/' wrong/model/config.json
refuses "model.embed_tokens.weight' has the shape [13, 8], not [14, 8]" "lm_head.weight"
spoil
sed -i 's/"silu"/"gelu"/' wrong/model/config.json
refuses "config.json:3:" "only 'hidden_act': silu is computed here"
spoil
: >wrong/tokens.u16
refuses "tokens.u16" "no tokens: the file is empty"
spoil
printf '\015\000' >>wrong/test.u16
refuses "token 13 at position 21 is beyond the vocabulary of 13"
spoil
printf '\001' >>wrong/test.u16
refuses "an odd number of bytes"
spoil
sed -i 's/^2,5$/2,0/' wrong/devices.csv
refuses "devices.csv:3:3" "a device without data"
spoil
sed -i 's/^1,2,1,.*/1,2,1,55 3/' wrong/batches.csv
refuses "runs.csv:2:" "would end behind tokens.u16"
spoil
sed -i 's/quant:4/quant:1/' wrong/runs.csv
refuses "runs.csv:4:" "neither 'none', 'quant:K'"
spoil
sed -i 's/cut2_top25_sgd_par,2,/cut2_top25_sgd_par,3,/' wrong/runs.csv
refuses "runs.csv:5:"
spoil
sed -i 's/,"r": 2,/,/; s/"r": 2,//' wrong/adapter/adapter_config.json
refuses "adapter_config.json" "'r' is missing"
spoil
rm wrong/model/a.safetensors
try 4 learn wrong -o never
end

begin "a rate at which training diverges is told"
spoil
sed -i 's/,0\.3,0\.2,/,1e30,1e30,/' wrong/runs.csv
try 1 learn wrong -o out --run cut0_none_sgd_seq
says "run 'cut0_none_sgd_seq'" "training has diverged"
end

finish
