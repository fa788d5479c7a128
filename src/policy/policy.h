/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy/policy: who decides the cut layer and the server's GPU frequency of a round.
 *
 * A policy sees only the values handed in and its own state block, and returns a decision. A new
 * one is one file and one line in the table in policy.c.
 *
 * Layer: policy.
 */
#ifndef CS_POLICY_POLICY_H
#define CS_POLICY_POLICY_H

#include "base/names.h"
#include "base/random.h"
#include "policy/cost.h"

/* Where a policy that does not choose the frequency itself takes it from. */
typedef enum {
    CS_FREQUENCY_CARD, /* f* of Eq. 16 */
    CS_FREQUENCY_MAX,  /* F_max */
    CS_FREQUENCY_MIN,  /* F_min */
    CS_FREQUENCY_VALUE /* a value within every device's [F_min, F_max] */
} CsFrequencyRule;
extern const CsName cs_frequency_names[];

/* A shared object of the user's (plugin.h). */
typedef struct CsPlugin CsPlugin;

/* What [policy] says. */
typedef struct {
    double weight; /* w in 0..1 */
    CsFrequencyRule frequency_rule;
    double frequency_hz;    /* CS_FREQUENCY_VALUE only */
    guint cut;              /* policy static only, 0..I */
    double delay_limit_s;   /* card-deadline only, > 0 */
    double energy_budget_j; /* open only: server energy of a device's round in the mean, > 0 */
    guint search_effort;    /* joint only: devices' rounds that it may try */
    double tradeoff;        /* open only: V in J²/s, > 0 */
    double client_drift;    /* adaptsfl only: g of its bound, >= 0 */
    guint local_epochs;     /* T; set by cs_config_prepare() */
    const CsPlugin *plugin; /* set by cs_config_prepare(): that of the policy, or NULL */
} CsPolicySettings;

/* What a second more of a device's work would have cost all in the round before, in U, over what a
 * second of its own delay costs: 1 where nobody waited for anybody. */
typedef struct {
    double own;              /* of its computing, and of air that nobody shares */
    double server;           /* of a GPU */
    double uplink, downlink; /* of the whole of an air that is shared, while it sends adapters */
} CsPrices;

/* What the devices of a round had to share in the round before: zeros where nothing is shared or no
 * round has been. */
typedef struct {
    guint devices;       /* that start a round together */
    guint gpus;          /* that serve them; 0: one for each */
    double server_share; /* of the last round's time that the GPUs were busy in the mean, 0..1 */
    double uplink_share; /* and that the shared uplink was, in time at its full bandwidth */
    double downlink_share;
    CsPrices price;
} CsLoad;

/* What is known of a device when its round begins. */
typedef struct {
    const CsCostTable *cost;
    CsCorners corners;
    double uplink_bps;
    double downlink_bps;
    guint64 round;   /* from 1 */
    CsLoad load;     /* for policies that use it */
    CsRandomKey key; /* the device's stream of purpose CS_PURPOSE_POLICY */
} CsRoundState;

typedef struct {
    guint cut;
    double frequency_hz;
} CsDecision;

/* Devices that start together, for a policy that decides for them together. */
typedef struct {
    guint n, effort; /* rounds ahead that it may run: search_effort / n, 1 at least */
    const CsRoundState *round;
    gpointer *memory; /* of each, its state block; NULLs where the policy has none */
    /* Σ U with the delays as they come out, into `delay_s` (NULL: not) too, where they decide so;
     * INFINITY where they cannot. */
    double (*rollout)(gpointer context, const CsDecision *decisions, double *delay_s);
    gpointer context;
} CsCrowd;

/* Settings that a policy cannot do without, beside `cut`. */
typedef enum { CS_NEEDS_DELAY_LIMIT = 1, CS_NEEDS_ENERGY_BUDGET = 2 } CsPolicyNeeds;

typedef struct {
    const char *name;             /* as policy.name says it */
    const char *summary;          /* one line for `cardsim list policies` */
    gboolean uses_frequency_rule; /* FALSE: the policy chooses the frequency itself */
    gboolean uses_cut;            /* TRUE: `cut` is required */
    gboolean joint;     /* devices that start together are decided for together, by the simulation;
                           decide() is for one that is alone, or knows its channel imperfectly */
    gboolean priced;    /* the same, by prices on rounds run ahead, where there is effort for it */
    gboolean uses_load; /* CsRoundState.load is filled in */
    gboolean letters_law; /* works with time a/f and power ξ f³ only */
    gboolean draws_cut;   /* each cut that may be taken alike, at cs_policy_frequency() */
    guint needs;          /* CsPolicyNeeds */
    /* The cut of a policy that never takes another; NULL for one that chooses. */
    guint (*only_cut)(const CsPolicySettings *settings, const CsCostTable *cost);
    gsize state_size;       /* bytes of zeroed state a device gets; 0 for none */
    const CsPlugin *plugin; /* where it comes from; NULL: built in */
    CsDecision (*decide)(const CsPolicySettings *settings, const CsRoundState *round,
                         gpointer state);
    /* In its place for devices that start together and know their channels; or NULL. */
    void (*decide_crowd)(const CsPolicySettings *settings, const CsCrowd *crowd,
                         CsDecision *decisions);
} CsPolicy;

/* The table, in the order of `list policies`. */
const CsPolicy *const *cs_policies(guint *n);

/* By name, or NULL. */
const CsPolicy *cs_policy_find(const char *name);

#define CS_POLICY_ERROR (cs_policy_error_quark())
GQuark cs_policy_error_quark(void);
typedef enum {
    CS_POLICY_ERROR_PLUGIN,  /* a file that is no plugin for this program */
    CS_POLICY_ERROR_DECISION /* a cut or a frequency out of range */
} CsPolicyError;

/* CARD's decision at a weight. */
CsDecision cs_card_decide(double weight, const CsRoundState *round);

/* Whether a decision lies in range: for those of plugins, which nobody has proved. */
gboolean cs_decision_check(const CsPolicy *policy, const CsCostTable *cost, CsDecision decision,
                           GError **error);

/* The frequency that `settings` ask for in this round at `cut`: for policies that do not choose it.
 */
double cs_policy_frequency(const CsPolicySettings *settings, const CsRoundState *round, guint cut);

#endif
