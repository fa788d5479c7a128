#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes a man page: fill.sh CARDSIM PAGE.in > PAGE. A line "@ARGUMENTS@" of PAGE.in is replaced by
# what `CARDSIM ARGUMENTS` prints, so that tables come from the tables the program itself uses.
set -eu
cardsim=$1
while IFS= read -r line; do
    case $line in
    @*@)
        arguments=${line#@}
        # shellcheck disable=SC2086 # words are meant to be split
        "$cardsim" ${arguments%@}
        ;;
    *) printf '%s\n' "$line" ;;
    esac
done <"$2"
