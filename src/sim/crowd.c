/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/crowd: decisions for those that start together. See crowd.h. Layer: sim. */
#include "sim/crowd.h"

#include "policy/contention.h"
#include "sim/joint.h"

#include <math.h>
#include <string.h>

#define STARTS 4       /* CARD, prices, all to the server, all to the devices */
#define PRICED_MOST 24 /* rounds ahead that prices may take */
#define TURNS 3        /* a device hears its price once in so many of them */
#define STEP 0.5       /* and goes this part of the way to it */

typedef struct {
    CsSimulation *simulation;
    guint first, n;
    guint *device;
    CsRoundState *state; /* of each */
    const CsCostTable **cost;
    CsDecision *own; /* what the policy decides for each alone */
    CsDecision *all; /* by device of the simulation */
} Crowd;

static Crowd crowd_new(CsSimulation *simulation, guint first, guint end, CsCrowdLook look)
{
    const CsConfig *config = simulation->config;
    guint most = end - first;
    gboolean asks_alone = config->policy->decide_crowd == NULL;
    Crowd crowd = {.simulation = simulation,
                   .first = first,
                   .device = g_new(guint, most),
                   .state = g_new(CsRoundState, most),
                   .cost = g_new(const CsCostTable *, most),
                   .own = g_new(CsDecision, most),
                   .all = g_new(CsDecision, config->n_devices)};
    for (guint i = first; i < end; i++) {
        if (simulation->fleet != NULL && !cs_fleet_present(simulation->fleet, i))
            continue;
        CsBegun begun;
        look(simulation, i, asks_alone, &begun);
        crowd.device[crowd.n] = i;
        crowd.state[crowd.n] = begun.state;
        crowd.cost[crowd.n] = begun.state.cost;
        crowd.own[crowd.n++] = begun.decision;
    }
    for (guint i = 0; i < config->n_devices; i++)
        crowd.all[i] = (CsDecision){CS_ABSENT, 0};
    return crowd;
}

static void crowd_clear(Crowd *crowd)
{
    g_free(crowd->device);
    g_free(crowd->state);
    g_free(crowd->cost);
    g_free(crowd->own);
    g_free(crowd->all);
}

static double run_ahead(Crowd *crowd, const CsDecision *decisions, const CsAhead *ahead)
{
    for (guint i = 0; i < crowd->n; i++)
        crowd->all[crowd->device[i]] = decisions[i];
    return crowd->simulation->rollout(crowd->simulation, crowd->first, crowd->all, ahead);
}

/* Moves the prices of those whose turn it is to what was measured. */
static void hear_prices(const Crowd *crowd, guint k, const CsPrices *measured, CsPrices *price)
{
    for (guint i = 0; i < crowd->n; i++) {
        const CsPrices *now = &measured[crowd->device[i]];
        if (k == 0)
            price[i] = *now;
        else if ((i + k) % TURNS == 0)
            cs_prices_move(&price[i], now, STEP);
    }
}

/* The best of up to `most` >= 1 rounds ahead, each at the prices of those before it; its sum. */
static double decide_priced(Crowd *crowd, guint most, CsDecision *best)
{
    const CsConfig *config = crowd->simulation->config;
    gsize size = crowd->n * sizeof *best;
    g_autofree CsPrices *measured = g_new(CsPrices, config->n_devices);
    g_autofree CsPrices *price = g_new(CsPrices, crowd->n);
    g_autofree CsDecision *at = g_new(CsDecision, crowd->n);
    double least = INFINITY;
    for (guint k = 0; k < most; k++) {
        for (guint i = 0; i < crowd->n; i++)
            at[i] = k == 0   ? cs_card_decide(config->policy_settings.weight, &crowd->state[i])
                    : k == 1 ? crowd->own[i]
                             : cs_contention_decide(&config->policy_settings, &crowd->state[i],
                                                    &price[i]);
        double sum = run_ahead(crowd, at, &(CsAhead){.price = measured});
        if (sum < least || k == 0) {
            least = sum;
            memcpy(best, at, size);
        }
        hear_prices(crowd, k, measured, price);
    }
    return least;
}

static double joint_cost(gpointer context, const CsDecision *decisions)
{
    return run_ahead(context, decisions, &(CsAhead){NULL, NULL});
}

static void decide_jointly(Crowd *crowd, guint effort, CsDecision *best)
{
    guint n = crowd->n;
    double weight = crowd->simulation->config->policy_settings.weight;
    g_autofree CsDecision *given = g_new(CsDecision, STARTS * (gsize)n);
    guint priced = MIN(effort / STARTS, PRICED_MOST);
    for (guint i = 0; i < n; i++) {
        given[i] = given[n + i] = cs_card_decide(weight, &crowd->state[i]);
        given[2 * n + i] = (CsDecision){crowd->cost[i]->cut_min, given[i].frequency_hz};
        given[3 * n + i] = (CsDecision){crowd->cost[i]->cut_max, crowd->cost[i]->frequency_min_hz};
    }
    if (priced > 0)
        decide_priced(crowd, priced, &given[n]);
    CsJoint joint = {n, crowd->cost, MAX(effort - priced, STARTS), joint_cost, crowd};
    cs_joint_search(&joint, given, STARTS, best);
}

/* For decide_crowd() of a policy: delays in the order of the crowd. */
static double policy_rollout(gpointer context, const CsDecision *decisions, double *delay_s)
{
    Crowd *crowd = context;
    g_autofree double *delay = NULL;
    if (delay_s != NULL)
        delay = g_new0(double, crowd->simulation->config->n_devices);
    double sum = run_ahead(crowd, decisions, &(CsAhead){.delay_s = delay});
    for (guint i = 0; delay != NULL && i < crowd->n; i++)
        delay_s[i] = delay[crowd->device[i]];
    return sum;
}

static void let_policy_decide(Crowd *crowd, guint effort, CsDecision *best)
{
    CsSimulation *simulation = crowd->simulation;
    const CsPolicy *policy = simulation->config->policy;
    g_autofree gpointer *memory = g_new0(gpointer, crowd->n);
    for (guint i = 0; simulation->policy_state != NULL && i < crowd->n; i++)
        memory[i] = simulation->policy_state + (gsize)crowd->device[i] * policy->state_size;
    CsCrowd seen = {crowd->n, MAX(effort, 1), crowd->state, memory, policy_rollout, crowd};
    policy->decide_crowd(&simulation->config->policy_settings, &seen, best);
}

void cs_crowd_decide(CsSimulation *simulation, guint first, guint end, CsCrowdLook look)
{
    const CsConfig *config = simulation->config;
    Crowd crowd = crowd_new(simulation, first, end, look);
    guint effort = crowd.n > 0 ? config->policy_settings.search_effort / crowd.n : 0;
    g_autofree CsDecision *best = g_new(CsDecision, MAX(crowd.n, 1));
    gboolean decided = crowd.n > 0 && simulation->error == NULL;
    if (!decided)
        ;
    else if (config->policy->decide_crowd != NULL)
        let_policy_decide(&crowd, effort, best);
    else if (config->policy->joint)
        decide_jointly(&crowd, effort, best);
    else if (effort > 1)
        decide_priced(&crowd, MIN(effort, PRICED_MOST), best);
    else
        decided = FALSE;
    if (decided) {
        for (guint i = 0; i < crowd.n; i++)
            crowd.all[crowd.device[i]] = best[i];
        simulation->forced = g_steal_pointer(&crowd.all);
    }
    crowd_clear(&crowd);
}
