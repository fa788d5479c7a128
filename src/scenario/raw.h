/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario/raw: the texts in force: a scenario file with what it extends, and overrides laid over.
 *
 * Keys, groups and device names are known here; what the values mean is scenario/resolve's.
 *
 * Layer: scenario. Calls base, text. For the scenario layer only.
 */
#ifndef CS_SCENARIO_RAW_H
#define CS_SCENARIO_RAW_H

#include "scenario/keys.h"
#include "text/keyfile.h"

#define CS_RAW_GROUPS 12 /* those of cs_key_groups() */

/* A value's text; NULL where nobody gave one. `directory` is where its relative paths start, NULL
 * for the working directory (overrides). All borrowed from the files and overrides. */
typedef struct {
    const char *text;
    const char *directory;
    CsPlace place;
} CsRaw;

typedef struct {
    const char *name;
    CsPlace head;
    gboolean orphan;        /* what it inherits from cannot be had, which has been told */
    CsRaw values[CS_KEY_N]; /* of [device] and [radio] */
} CsRawDevice;

typedef struct {
    const char *key; /* "radio.bandwidth" */
    const char *values;
    CsPlace key_place;
    CsPlace values_place;
} CsRawAxis;

typedef struct {
    CsRaw fixed[CS_KEY_N]; /* of the groups but [device NAME] */
    CsPlace heads[CS_RAW_GROUPS];
    gboolean for_sweep;  /* which records no rounds where nobody says what it records */
    CsPlace whole;       /* the named file as a whole */
    GArray *devices;     /* of CsRawDevice, the extended file's first */
    GHashTable *by_name; /* name -> position + 1 */
    gboolean unnamed;    /* a device's head was wrong, and has been told */
    gboolean broken;     /* an extended file cannot be had: what is missing may stand there */
    GArray *axes;        /* of CsRawAxis: [sweep] */
    GArray *varied;      /* of CsRawAxis: [vary] */
    GPtrArray *sources;  /* of CsSource: what overrides borrow from */
} CsRawTable;

/* A file and those it extends: they own what a table borrows. */
typedef struct CsRawFiles CsRawFiles;

/* Reads `path` and its chain of `extends`. NULL where `path` itself cannot be read. */
CsRawFiles *cs_raw_files_read(const char *path, CsDiagnostics *diagnostics);
/* A text that extends nothing, as the file `path` would have it. NULL where it is no text. */
CsRawFiles *cs_raw_files_parse(const char *path, const char *text, CsDiagnostics *diagnostics);
CsRawFiles *cs_raw_files_ref(CsRawFiles *files);
void cs_raw_files_unref(CsRawFiles *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsRawFiles, cs_raw_files_unref)
const char *cs_raw_files_directory(const CsRawFiles *files); /* of the named file */

/* Lays the files over one another; unknown groups, keys and bad device names are reported. */
CsRawTable *cs_raw_table_new(const CsRawFiles *files, CsDiagnostics *diagnostics);
CsRawTable *cs_raw_table_copy(const CsRawTable *table);
void cs_raw_table_free(CsRawTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsRawTable, cs_raw_table_free)

/* Lays "group.key=value" or "device.NAME.key=value" over it. */
void cs_raw_table_override(CsRawTable *table, const char *override, CsDiagnostics *diagnostics);

/* Reports axes of [sweep] and keys of [vary] that name no key or no device. After overrides. */
void cs_raw_table_check_axes(const CsRawTable *table, CsDiagnostics *diagnostics);

/* Says that there is no device `name`, and which there are. */
void cs_raw_unknown_device(const CsRawTable *table, const char *name, CsPlace place,
                           CsDiagnostics *diagnostics);

/* Every device with what it inherits: `table`'s devices in order. Cycles and unknown names are
 * reported. Transfer full (g_free). */
CsRawDevice *cs_raw_inherit(const CsRawTable *table, CsDiagnostics *diagnostics);

#endif
