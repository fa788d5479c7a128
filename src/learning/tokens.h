/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/tokens: what a network reads, from files: a .bin or .u16 file holds little-endian uint16
 * tokens; any other is a text whose bytes are the tokens.
 *
 * Layer: learning. Calls base, text.
 */
#ifndef CS_LEARNING_TOKENS_H
#define CS_LEARNING_TOKENS_H

#include "text/diagnostic.h"

/* Reads little-endian uint16 tokens, all below `vocabulary`. NULL with errors added: an empty file,
 * half a token, a token beyond the vocabulary. Transfer full. */
GArray *cs_tokens_read(const char *path, guint vocabulary, CsDiagnostics *diagnostics);

/*
 * Reads a file of either kind, appending to `tokens` (of guint16). `name` is what the user called
 * it; errors are told at `from`, where it stands in a scenario, or at the file where that has no
 * source. FALSE with an error added, and nothing appended.
 */
gboolean cs_tokens_append(GArray *tokens, const char *path, const char *name, guint vocabulary,
                          CsPlace from, CsDiagnostics *diagnostics);

#endif
