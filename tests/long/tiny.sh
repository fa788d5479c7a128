#!/bin/sh
# the network that ships, made anew: the same bytes
# SPDX-License-Identifier: GPL-3.0-or-later
set -u
mkdir -p build && cd build || exit 1
[ -f Makefile ] || "$top/configure" -q || exit 1
make -s -j"$jobs" cardsim || exit 1
rm -rf made
./cardsim pretrain -o made -j "$jobs" || exit 1
for file in config.json model.safetensors; do
    cmp "made/$file" "$top/models/network/tiny/$file" || exit 1
    echo "figure: bytes of $file, the same again = $(wc -c <"made/$file")"
done
