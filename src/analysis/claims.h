/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/claims: the letter's seven claims about its Fig. 3 and Fig. 4, beside what was
 * simulated.
 *
 * Source: Z. Li et al., "Energy-Efficient Split Learning for Fine-Tuning Large Language Models in
 * Edge Networks", IEEE Networking Letters 7(3), 2025 ("the letter"). Nothing is written down here
 * but the letter's own figures; each verdict follows from the simulated data by the rule that is
 * told with it.
 *
 * Layer: analysis.
 */
#ifndef CS_ANALYSIS_CLAIMS_H
#define CS_ANALYSIS_CLAIMS_H

#include "analysis/tally.h"

#define CS_STATES_N 3

/* A channel state of the letter: a name and a path-loss exponent. */
typedef struct {
    const char *name;
    const char *exponent;
} CsState;

/* Good (2), Normal (4), Poor (6). */
extern const CsState cs_states[CS_STATES_N];

/* What Fig. 4 compares. The letter does not say which frequency its server-only runs at. */
typedef enum {
    CS_SERIES_CARD,
    CS_SERIES_SERVER,     /* server-only at f* */
    CS_SERIES_SERVER_MAX, /* server-only at F_max */
    CS_SERIES_DEVICE,     /* device-only at f* */
    CS_SERIES_N
} CsSeries;

/* Tallies of every state and series; NULL where not simulated. */
typedef struct {
    CsTally *of[CS_STATES_N][CS_SERIES_N];
} CsTallies;

/* The change in % of CARD's sum against a series': in one state, or over all (CS_STATES_N). */
CsEstimate cs_tallies_change(const CsTallies *tallies, CsSeries against, CsTallyField field,
                             guint state);

/* The simulated data. A tally may be NULL where it was not simulated, CARD's may not. */
typedef struct {
    guint n_devices;
    char **device;    /* names, in file order */
    double *strength; /* computing power of each, FLOP/s: the letter's "weaker" */
    guint n_layers;   /* I */
    const CsTallies *tally;
} CsComparison;

typedef enum {
    CS_VERDICT_HOLDS,
    CS_VERDICT_DIFFERS,
    CS_VERDICT_CONTRADICTS, /* the simulated frequencies are Eq. 16's, and the claim is false */
    CS_VERDICT_UNDECIDED,   /* the intervals are too wide to tell */
    CS_VERDICT_NONE         /* told beside a claim, not judged */
} CsVerdict;

/* "holds", "differs", "contradicts Eq. 16", "undecided", "". */
const char *cs_verdict_name(CsVerdict verdict);

/* One figure beside a claim. */
typedef struct {
    char *quantity;
    const char *state;  /* "all" or a state's name */
    const char *device; /* "" for all; borrowed from the comparison */
    const char *unit;
    double letter; /* NAN: the letter gives none */
    CsEstimate ours;
} CsClaimRow;

typedef struct {
    guint number;       /* 1..7 */
    const char *figure; /* "Fig. 4(a)" */
    char *statement;    /* what the letter says */
    const char *letter; /* its figure, as text */
    char *ours;         /* ours, as text */
    const char *rule;   /* how the verdict follows */
    CsVerdict verdict;
    GArray *rows; /* of CsClaimRow */
} CsClaim;

/* The claims that the data allow to judge: the first four, or all seven. The comparison must
 * outlive them. Transfer full (g_ptr_array_unref). */
GPtrArray *cs_claims_judge(const CsComparison *data);

/* claims.csv, claims.md, and a text for a terminal. `note` (may be NULL) is a paragraph on how far
 * the unstated parameters move the result. Transfer full. */
char *cs_claims_csv(const GPtrArray *claims);
char *cs_claims_markdown(const GPtrArray *claims, const char *note);
char *cs_claims_text(const GPtrArray *claims, const char *note);

#endif
