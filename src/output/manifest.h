/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output/manifest: manifest.json: what was run, by what, under which assumptions.
 *
 * No times, hosts or paths: the same scenario, seed and build give the same bytes.
 *
 * Layer: output.
 */
#ifndef CS_OUTPUT_MANIFEST_H
#define CS_OUTPUT_MANIFEST_H

#include "sim/config.h"

#include <json-glib/json-glib.h>

#define CS_MANIFEST_FILE "manifest.json"

/*
 * The manifest as JSON text: format version, program, build identity, seed, replications, the
 * resolved scenario (`scenario_text`, as cs_scenario_format() gives it) also as an object of groups
 * (`settings`: a NULL-ended list of group, key, value triples), and `assumptions`, sentences that
 * hold for the run (NULL-ended). `digest` (NULL: not told) is of all that decides its results,
 * files that it names included. `files` is a NULL-ended list of pairs: the name and digest of each
 * result beside it; NULL where they are told elsewhere. Transfer full.
 */
char *cs_manifest_format(const CsConfig *config, guint64 replications, const char *scenario_text,
                         const char *const *settings, const char *const *assumptions,
                         const char *digest, const char *const *files);

/* The same manifest, of which `files` was NULL, with these. Transfer full. */
char *cs_manifest_with_files(const char *manifest, const char *const *files);

/* The same manifest with "exact": true: its means are exact, no estimates. Transfer full. */
char *cs_manifest_with_exact(const char *manifest);

/* A manifest's JSON, an object; NULL where it is none, or nested deeper than any. Transfer full. */
JsonNode *cs_manifest_parse(const char *text, gsize length);

/* TRUE where `text` is a manifest of this program. */
gboolean cs_manifest_is_ours(const char *text, gsize length);

/* From what the results were computed. Texts are owned. */
typedef struct {
    char *build;    /* as cs_build_identity() */
    char *scenario; /* the resolved one */
    char *inputs;   /* the digest, or NULL */
    gboolean this_build;
} CsManifestOrigin;

/* FALSE where `text` is no manifest or tells no scenario; free with cs_manifest_origin_clear() in
 * any case. */
gboolean cs_manifest_read_origin(const char *text, CsManifestOrigin *origin);
void cs_manifest_origin_clear(CsManifestOrigin *origin);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CsManifestOrigin, cs_manifest_origin_clear)

/* The pairs of name and digest that a manifest of this program lists, NULL-ended; NULL where `text`
 * is not one, or nested deeper than any. Transfer full: g_strfreev. */
char **cs_manifest_files(const char *text, gsize length);

/* The sentences that hold for any run of `config`: embedding is free, labels take no air time, ...
 * and those that depend on it (which power figures are not modelled). Transfer full: g_strfreev. */
char **cs_assumptions(const CsConfig *config);

#endif
