/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz: what the fuzz targets share. A target is one LLVMFuzzerTestOneInput(); libFuzzer drives it
 * where the build has it (configure --enable-libfuzzer), driver.c everywhere else.
 *
 * A target asserts with g_assert(): what the library promises for every input, beyond not crashing.
 */
#ifndef CS_TESTS_FUZZ_H
#define CS_TESTS_FUZZ_H

#include "base/paths.h"
#include "text/diagnostic.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The search path, made once. Borrowed. */
const CsPaths *fuzz_paths(void);

/* A path in a directory of this process's own, removed at exit. Transfer full. */
char *fuzz_path(const char *name);

/* Writes an input there. Transfer full. */
char *fuzz_write(const char *name, const uint8_t *data, size_t size);

/*
 * Writes an input of several files: a line "##file NAME" begins each but the first, which is
 * `first`; NAME is of [a-z0-9.-]. The path of the first. Transfer full.
 */
char *fuzz_write_files(const char *first, const uint8_t *data, size_t size);

/* What every reader promises: something was returned, or at least one error explains why not; what
 * is shown to a person is UTF-8 without control characters. */
void fuzz_check_diagnostics(const CsDiagnostics *diagnostics, gboolean something);

#endif
