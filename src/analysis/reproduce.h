/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/reproduce: the letter's Fig. 3 and Fig. 4, simulated, compared and drawn.
 *
 * Simulates scenarios/fig3.ini (the rounds that Fig. 3 draws) and scenarios/fig4.ini (CARD,
 * server-only at f* and at F_max, device-only, each in the three channel states), and writes
 *     fig3a fig3b fig4a fig4b   each as .csv .gp .svg .png
 *     claims.csv claims.md      the letter's claims beside ours
 *     manifest-fig3.json manifest-fig4.json   the scenarios, resolved, and the build
 *     sensitivity.csv           the headline with one assumption changed each (`all` only)
 * into a directory. What is written is the same for any number of threads.
 *
 * Layer: analysis. Calls campaign and what is below it.
 */
#ifndef CS_ANALYSIS_REPRODUCE_H
#define CS_ANALYSIS_REPRODUCE_H

#include "analysis/figure.h"
#include "campaign/progress.h"
#include "text/diagnostic.h"

#define CS_REPRODUCE_ERROR (cs_reproduce_error_quark())
GQuark cs_reproduce_error_quark(void);
typedef enum {
    CS_REPRODUCE_ERROR_SCENARIO /* fig3.ini or fig4.ini is not there or invalid: see diagnostics */
} CsReproduceError;

typedef enum {
    CS_REPRODUCE_FIG3 = 1 << 0,
    CS_REPRODUCE_FIG4 = 1 << 1,
    CS_REPRODUCE_ALL = CS_REPRODUCE_FIG3 | CS_REPRODUCE_FIG4
} CsReproduceWhat;

typedef struct {
    CsReproduceWhat what;
    const char *directory; /* created; accepted if empty or if it holds nothing but such results,
                              else CS_FILE_ERROR_DIRECTORY */
    guint threads;         /* 0: all cores */
    const char *const *overrides; /* -s, applied to both scenarios; NULL for none */
    const CsPaths *paths;
    CsProgress *progress;  /* or NULL */
    const gint *interrupt; /* or NULL */
} CsReproduceOptions;

/*
 * Does it. `report` receives what a person wants to read (the claims, what was written where);
 * print it on failure too: when gnuplot is missing (CS_FIGURE_ERROR_GNUPLOT) everything but the
 * pictures is there. A scenario that is invalid is CS_REPRODUCE_ERROR_SCENARIO, with the errors
 * themselves in `diagnostics`.
 */
gboolean cs_reproduce(const CsReproduceOptions *options, GString *report,
                      CsDiagnostics *diagnostics, GError **error);

#endif
