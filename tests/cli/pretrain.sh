#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# cardsim pretrain: the same bytes on every kind of processor and for any number of threads, what
# it says of where they come from, and its errors.
. "${CS_TEST_SRCDIR:-.}/tests/cli/lib.sh"

cat >small.json <<'END'
{"model_type": "llama", "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
 "num_key_value_heads": 1, "intermediate_size": 20, "vocab_size": 256,
 "tie_word_embeddings": true}
END

begin "the same bytes for every width of vector and any number of threads"
try 0 pretrain small.json -o first --steps 6 -j 1
says "step 6 of 6: loss" "(the least is 1.69"
for width in none avx2 avx512; do
    for jobs in 1 2 8; do
        rm -rf other
        CARDSIM_WIDTH=$width
        export CARDSIM_WIDTH
        try 0 pretrain small.json -o other --steps 6 -j $jobs -q
        unset CARDSIM_WIDTH
        silent
        cmp first/model.safetensors other/model.safetensors ||
            fail "it differs with $width on $jobs threads"
    done
done
end

begin "what it was made from stands in config.json"
try 0 pretrain small.json -o seeded --steps 6 --seed 9 -q
cmp -s first/model.safetensors seeded/model.safetensors && fail "a seed changes nothing"
contains seeded/config.json '"seed": 9,'
contains seeded/config.json '"steps": 6,'
contains seeded/config.json '"data": "dialects'
try 0 pretrain seeded/config.json -o again --steps 6 --seed 9 -q
cmp seeded/model.safetensors again/model.safetensors || fail "its own config.json makes another"
end

begin "without a shape it is the one that ships"
try 0 pretrain -o tiny --steps 1 -q
# 386,112 numbers of two bytes, and the text in front of them.
size=$(wc -c <tiny/model.safetensors)
[ "$size" -gt 772224 ] && [ "$size" -lt 790000 ] || fail "a file of $size bytes"
end

begin "errors"
try 2 pretrain small.json
says "needs '-o DIR'"
try 2 pretrain small.json -o never --steps 0
says "'--steps' takes a whole number"
try 2 pretrain small.json -o never --seed minus
says "'--seed' takes a whole number"
try 4 pretrain absent.json -o never
sed 's/256/255/' small.json >narrow.json
try 3 pretrain narrow.json -o never
says "narrow.json" "a vocabulary of 256, not 255"
sed 's/"intermediate_size": 20/"intermediate_size": 65536/; s/: 16/: 65536/' small.json >huge.json
try 3 pretrain huge.json -o never
says "more than the 50000000"
sed 's/"hidden_size"/"hidden"/' small.json >wrong.json
try 3 pretrain wrong.json -o never
says "'hidden_size' is missing"
[ ! -e never ] || fail "something was written"
: >file
try 4 pretrain small.json -o file/below --steps 1 -q
end

finish
