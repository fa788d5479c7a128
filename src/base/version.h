/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base/version: what this program is: version, hash of the sources it was built from, compiler.
 *
 * Layer: base.
 */
#ifndef CS_BASE_VERSION_H
#define CS_BASE_VERSION_H

/* "0.1.0" */
const char *cs_version(void);

/* SHA-256 of the sources, in hexadecimal. */
const char *cs_source_hash(void);

/* "gcc 12.2.0 x86_64" */
const char *cs_compiler(void);

/* All three in one line; two programs with the same identity give the same bytes. */
const char *cs_build_identity(void);

#endif
