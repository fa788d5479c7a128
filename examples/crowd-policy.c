/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crowd-policy: an example of a policy plugin that decides for devices which start together.
 *
 * Each for itself, devices that share a server's GPUs or the air make each other wait. This policy
 * does what the program's own `joint` does: it begins with every device's best decision for itself,
 * runs the round ahead, and changes the cut or the frequency of one device after the other for as
 * long as that makes the sum of the weighted costs smaller.
 *
 *     cc -shared -fPIC -O2 -o crowd.so crowd-policy.c $(pkg-config --cflags cardsim-policy)
 *     cardsim run --plugin ./crowd.so -s policy.name=crowd scenario.ini
 */
#include <cardsim-policy.h>

#define N_STEPS 4
static const double step_of[N_STEPS] = {1.5, 1.15, 1.05, 1.015}; /* factors of the frequency */

/* The best for one device alone: f* and the cut of least weighted cost. */
static CardsimPolicyDecision decide(const CardsimPolicyRound *round, void *state)
{
    (void)state;
    CardsimPolicyDecision best = {.cut = round->cut_min, .frequency_hz = round->frequency_hz};
    for (uint32_t cut = round->cut_min; cut <= round->cut_max; cut++)
        if (cardsim_policy_cost(round, cut, best.frequency_hz) <
            cardsim_policy_cost(round, best.cut, best.frequency_hz))
            best.cut = cut;
    return best;
}

/* A search, from where it stands. */
typedef struct {
    const CardsimPolicyCrowd *crowd;
    CardsimPolicyDecision *decisions;
    double least;
    uint32_t asked;
} Search;

/* Whether another decision of one device is better; it then stays. */
static int take(Search *search, uint32_t device, uint32_t cut, double frequency_hz)
{
    const CardsimPolicyRound *round = search->crowd->round[device];
    CardsimPolicyDecision *own = &search->decisions[device], before = *own;
    if (frequency_hz < round->frequency_min_hz)
        frequency_hz = round->frequency_min_hz;
    if (frequency_hz > round->frequency_max_hz)
        frequency_hz = round->frequency_max_hz;
    if (search->asked >= search->crowd->effort || cut < round->cut_min || cut > round->cut_max ||
        (cut == own->cut && frequency_hz == own->frequency_hz))
        return 0;
    own->cut = cut;
    own->frequency_hz = frequency_hz;
    search->asked++;
    double sum = search->crowd->rollout(search->crowd, search->decisions, NULL);
    if (sum < search->least) {
        search->least = sum;
        return 1;
    }
    *own = before;
    return 0;
}

/* All moves of one device, each made again for as long as it helps. */
static int improve(Search *search, uint32_t device, double step)
{
    const CardsimPolicyRound *round = search->crowd->round[device];
    const CardsimPolicyDecision *own = &search->decisions[device];
    int helped = take(search, device, round->cut_min, own->frequency_hz);
    helped |= take(search, device, round->cut_max, own->frequency_hz);
    while (take(search, device, own->cut, own->frequency_hz * step))
        helped = 1;
    while (take(search, device, own->cut, own->frequency_hz / step))
        helped = 1;
    while (take(search, device, own->cut + 1, own->frequency_hz))
        helped = 1;
    while (own->cut > 0 && take(search, device, own->cut - 1, own->frequency_hz))
        helped = 1;
    return helped;
}

static void decide_crowd(const CardsimPolicyCrowd *crowd, CardsimPolicyDecision *decisions)
{
    for (uint32_t i = 0; i < crowd->n; i++)
        decisions[i] = decide(crowd->round[i], crowd->state[i]);
    Search search = {crowd, decisions, crowd->rollout(crowd, decisions, NULL), 1};
    for (int s = 0; s < N_STEPS; s++) {
        int helped = 1;
        while (helped && search.asked < crowd->effort) {
            helped = 0;
            for (uint32_t i = 0; i < crowd->n; i++)
                helped |= improve(&search, i, step_of[s]);
        }
    }
}

static const CardsimPolicyPlugin plugin = {
    CARDSIM_POLICY_HEAD,
    .name = "crowd",
    .summary = "devices that start together decided together, on rounds run ahead",
    .decide = decide,
    .decide_crowd = decide_crowd,
};

const CardsimPolicyPlugin *cardsim_policy_plugin(void)
{
    return &plugin;
}
