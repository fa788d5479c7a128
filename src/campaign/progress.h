/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/progress: how far a plan is: runs done, %, events/s, simulated s/s, ETA.
 *
 * On a terminal one line is redrawn; elsewhere nothing is shown unless asked for.
 *
 * Layer: campaign.
 */
#ifndef CS_CAMPAIGN_PROGRESS_H
#define CS_CAMPAIGN_PROGRESS_H

#include <glib.h>
#include <stdio.h>

typedef struct CsProgress CsProgress;

/* `stream` is borrowed; shows nothing where it is not a terminal or `quiet`. */
CsProgress *cs_progress_new(FILE *stream, gboolean quiet);

typedef enum {
    CS_PROGRESS_TERMINAL, /* one line, redrawn, on a terminal; else nothing */
    CS_PROGRESS_LINES,    /* the same; but where there is no terminal, a line every 10 % */
    CS_PROGRESS_JSON      /* a JSON object a line, each second and at the end, terminal or not */
} CsProgressForm;

/* Changes the form; before the first update. A quiet one stays so. */
void cs_progress_set_form(CsProgress *progress, CsProgressForm form);

/* The plan has `runs` runs, of one or more units, of which `done` were done before: the line counts
 * these instead of replications, and its share is of all of them. */
void cs_progress_set_runs(CsProgress *progress, guint64 done, guint64 runs);
/* The share of all of them that was done before, where runs that are not whole count too. */
void cs_progress_set_before(CsProgress *progress, double share);

/* A run has ended; or has failed, which the line counts apart. */
void cs_progress_count_run(CsProgress *progress);
void cs_progress_count_failure(CsProgress *progress);
/* The latest test loss of what is being learned, in nats a token; NAN: nothing is. */
void cs_progress_set_loss(CsProgress *progress, double loss);
void cs_progress_free(CsProgress *progress);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsProgress, cs_progress_free)

/* Called by the pool. `share` is the share of all work done, 0..1; draws at most ten times a
 * second and not before half a second has passed. */
void cs_progress_update(CsProgress *progress, guint64 units_done, guint64 units, double share,
                        guint64 events, double simulated_s);

/* The results are being written as CSV: `rows` of about `all` of FILE. Told like the runs, on a
 * terminal after half a second and as lines after two; as JSON {"writing":FILE,...}. */
void cs_progress_write(CsProgress *progress, const char *file, guint64 rows, guint64 all);

/* Clears the line. */
void cs_progress_end(CsProgress *progress);

/* The line itself: "12/200 replications    6 %  3.2 M events/s  41 k simulated s/s  ETA 0:32",
 * where `counted` is "replications" or "runs", `of_all` the share shown and `share` that of the
 * time that has elapsed. Transfer full. */
char *cs_progress_format(guint64 done, guint64 all, const char *counted, double of_all,
                         double share, guint64 events, double simulated_s, double elapsed_s);

#endif
