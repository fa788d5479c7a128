/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/emit: scripts that run a sweep in shards on an engine that exists: Slurm, GNU parallel.
 *
 * A script can be run again: every shard carries on where it was, finished ones end at once.
 * Nothing that comes from the user is ever read as shell, as a directive or as a replacement
 * string: it stands in single quotes, out of reach of the engine's own substitutions.
 *
 * Layer: campaign. Calls GLib only.
 */
#ifndef CS_CAMPAIGN_EMIT_H
#define CS_CAMPAIGN_EMIT_H

#include <glib.h>

typedef enum { CS_EMIT_SLURM, CS_EMIT_PARALLEL } CsEmitEngine;

/* Texts are borrowed. */
typedef struct {
    CsEmitEngine engine;
    const char *program; /* path of cardsim */
    const char *working; /* directory that relative paths start from */
    const char *scenario;
    const char *const *settings; /* -s, NULL-ended */
    const char *const *include;  /* -I, NULL-ended */
    const char *const *plugins;  /* --plugin, NULL-ended */
    const char *directory;       /* of the merged results; the shards' is named after it */
    guint64 runs, shards;
    guint64 replications; /* of all runs, where the shards share them; 0: whole runs */
    gboolean stopped; /* a stopping rule ends runs: more shards than runs were asked for in vain */
    guint threads;    /* of one shard */
    double shard_s;   /* that the largest shard is expected to take */
    double merge_s;
} CsEmit;

/* How many shards of a sweep that takes `total_s`: of about ten minutes each, at least four and at
 * most a thousand, and never more than `most`. */
guint64 cs_emit_shards(double total_s, guint64 most);

/* The script. Transfer full. */
char *cs_emit(const CsEmit *emit);

#endif
