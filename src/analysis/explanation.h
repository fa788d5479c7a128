/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/explanation: why a policy chose its cut and frequency in one round of one device, and
 * what would change its mind.
 *
 * The decision is taken anew by the policy's own function at the round's rates. A flip is the
 * nearest value of one quantity, all others as they were, at which it takes another cut: a coarse
 * search outwards, then bisection; both ends of the last interval have been decided.
 *
 * Layer: analysis. Calls base, sim, scenario.
 */
#ifndef CS_ANALYSIS_EXPLANATION_H
#define CS_ANALYSIS_EXPLANATION_H

#include "scenario/scenario.h"

#define CS_EXPLANATION_ERROR (cs_explanation_error_quark())
GQuark cs_explanation_error_quark(void);
typedef enum {
    CS_EXPLANATION_ERROR_ROUND, /* the device completes no such round */
    CS_EXPLANATION_ERROR_POLICY /* a decision out of range */
} CsExplanationError;

/* What is varied. */
typedef enum {
    CS_FLIP_UPLINK,    /* rate in bit/s */
    CS_FLIP_DOWNLINK,  /* rate in bit/s */
    CS_FLIP_WEIGHT,    /* w, 0..1 */
    CS_FLIP_DISTANCE,  /* m; shadowing, line of sight and fading stay those of the round */
    CS_FLIP_FREQUENCY, /* of the device's GPU, Hz */
    CS_FLIP_N
} CsFlipKind;

typedef enum {
    CS_FLIP_FOUND,
    CS_FLIP_NONE,   /* none in the range searched */
    CS_FLIP_UNASKED /* this quantity has no meaning here */
} CsFlipState;

typedef struct {
    CsFlipState state;
    double value; /* FOUND: here the other cut is taken; NONE: how far the search went */
    guint cut;    /* FOUND: that cut */
} CsFlip;

typedef struct {
    double delay_s, server_energy_j;
    double delay_term, energy_term; /* of U: w (D - D_min)/(D_max - D_min) and its counterpart */
    double cost;                    /* U */
    gboolean fits;                  /* FALSE: more than the device's memory holds */
} CsCutCost;

typedef struct {
    guint64 round;       /* from 1; 0: rates were given, not simulated */
    guint64 replication; /* of it */
    CsLinkState uplink;  /* at the round's start */
    CsLinkState downlink;
    CsCorners corners;
    CsDecision decision; /* the recorded one or, with given rates, the policy's first */
    gboolean repeatable; /* deciding at these rates alone gives this decision again: flips are told;
                            FALSE where it hangs on memory of rounds, load or late knowledge */
    guint n_cuts;
    CsCutCost *cut;              /* [n_cuts], at the decision's frequency */
    double now[CS_FLIP_N];       /* the quantities as they are */
    CsFlip below[CS_FLIP_N];     /* the nearest flip at a smaller value, */
    CsFlip above[CS_FLIP_N];     /* and at a larger one */
    const char *kept[CS_FLIP_N]; /* UNASKED: why; static storage */
} CsExplanation;

/*
 * Explains round `round` (from 1, in that replication) of device number `device`, by simulating up
 * to it or, where both rates are above 0, the decision at those rates. NULL with `error` set where
 * the device has no such round, or the policy's decision is out of range. Transfer full.
 */
CsExplanation *cs_explanation_new(const CsScenario *scenario, guint device, guint64 round,
                                  guint64 replication, double uplink_bps, double downlink_bps,
                                  GError **error);
void cs_explanation_free(CsExplanation *explanation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsExplanation, cs_explanation_free)

/* Round `round` of device number `device` as that replication simulates it. FALSE with `error` set
 * where it completes no such round. */
gboolean cs_explanation_round(const CsConfig *config, guint device, guint64 round,
                              guint64 replication, CsRoundRecord *record, GError **error);

/* "uplink rate", ... Static storage. */
const char *cs_flip_name(CsFlipKind kind);

#endif
