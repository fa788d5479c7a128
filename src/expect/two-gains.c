/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expect/two-gains: two independent fades. See two-gains.h. Layer: expect. */
#include "expect/two-gains.h"

#include <math.h>

/* --- two gains -------------------------------------------------------------------------------- */

/* An integral over a stretch of one direction, with the other one held or integrated inside. */
typedef struct {
    CsGroupMeans *means;
    const CsLinkLaw *law[CS_DIRECTION_N];
    CsDirection direction;              /* the outer one */
    const CsLinkStretch *outer, *inner; /* inner: NULL where the other one is held */
    CsLinkState held;
    double probability; /* of what is held */
    CsLinkState outer_link;
    const CsMeans *scale; /* what inner errors are small beside */
    CsMeans inner_error;  /* the largest of them, times the density */
} Split;

static void at_split(const Split *split, const CsLinkState *outer, const CsLinkState *other,
                     CsMeans *value)
{
    gboolean up = split->direction == CS_UPLINK;
    cs_group_means_at(split->means, up ? outer : other, up ? other : outer, value);
}

static CsLinkState split_link(const Split *split, CsDirection direction, double u)
{
    return cs_link_at(split->law[direction]->map, split->law[direction]->snr, u);
}

static double density(const Split *split, double u)
{
    return split->means->fading.density(&split->means->fading, u);
}

static void held_integrand(gpointer context, double u, CsMeans *value)
{
    const Split *split = context;
    CsLinkState outer = split_link(split, split->direction, u);
    at_split(split, &outer, &split->held, value);
    cs_means_scale(value, split->probability * density(split, u));
}

static void inner_integrand(gpointer context, double v, CsMeans *value)
{
    const Split *split = context;
    CsLinkState other = split_link(split, (CsDirection)!split->direction, v);
    at_split(split, &split->outer_link, &other, value);
    cs_means_scale(value, density(split, v));
}

/* 1/rate at the ends of a stretch: it falls. */
static double most_of(const Split *split, CsDirection direction, const CsLinkStretch *stretch)
{
    return cs_group_means_bit_s(
        split->means, direction,
        split_link(split, direction, stretch->low + CS_EXPECT_INWARD).rate_bps);
}

static double least_of(const Split *split, CsDirection direction, const CsLinkStretch *stretch)
{
    return cs_group_means_bit_s(
        split->means, direction,
        split_link(split, direction, stretch->high - CS_EXPECT_INWARD).rate_bps);
}

#define SPLITS_MAX (2 * CS_FLIPS_MAX + 2)

/* The points that split a direction's stretch where 1/rate plus `rest` is a flip. Adds to
 * point[]. */
static guint add_flips(const Split *split, CsDirection direction, const CsLinkStretch *stretch,
                       double rest, double *point, guint n)
{
    const CsOutcome *outcome = &split->means->outcome;
    const CsLinkLaw *law = split->law[direction];
    double least = least_of(split, direction, stretch), most = most_of(split, direction, stretch);
    for (guint k = 0; k < outcome->n_flips; k++) {
        double s = outcome->flip_s_per_bit[k] - rest;
        if (s > least && s < most && n < SPLITS_MAX)
            point[n++] = cs_link_law_find(law, stretch, s);
    }
    return n;
}

static void sort_points(double *point, guint n)
{
    for (guint i = 1; i < n; i++)
        for (guint j = i; j > 0 && point[j] < point[j - 1]; j--) {
            double other = point[j];
            point[j] = point[j - 1];
            point[j - 1] = other;
        }
}

/* The integral over the other direction's stretch, at one gain of the outer one. */
static void outer_integrand(gpointer context, double u, CsMeans *value)
{
    Split *split = context;
    CsDirection other = (CsDirection)!split->direction;
    const CsLinkStretch *inner = split->inner;
    double point[SPLITS_MAX] = {inner->low, inner->high};
    CsMeans error = {0};
    split->outer_link = split_link(split, split->direction, u);
    double outer_s =
        cs_group_means_bit_s(split->means, split->direction, split->outer_link.rate_bps);
    guint n = add_flips(split, other, inner, outer_s, point, 2);
    sort_points(point, n);
    *value = *split->scale;
    cs_quadrature_add(split->means->quadrature, inner_integrand, split, point, n,
                      split->means->tolerance, value, &error);
    double weight = density(split, u);
    for (guint k = 0; k < CS_MEAN_N; k++)
        split->inner_error.of[k] = fmax(split->inner_error.of[k], weight * error.of[k]);
    cs_means_add(value, -1, split->scale);
    cs_means_scale(value, weight);
}

/* The integral over a stretch beside one of the other direction's CQIs. */
static void integrate_beside(CsGroupMeans *means, const CsLinkLaw *law[CS_DIRECTION_N],
                             CsDirection direction, guint stretch, const CsLinkAtom *atom,
                             CsMeans *sum, CsMeans *error)
{
    Split split = {.means = means,
                   .law = {law[0], law[1]},
                   .direction = direction,
                   .outer = &g_array_index(law[direction]->stretches, CsLinkStretch, stretch),
                   .held = {.rate_bps = atom->rate_bps, .outage = atom->outage},
                   .probability = atom->probability};
    double point[SPLITS_MAX] = {split.outer->low, split.outer->high};
    double held_s = cs_group_means_bit_s(means, (CsDirection)!direction, atom->rate_bps);
    guint n = add_flips(&split, direction, split.outer, held_s, point, 2);
    sort_points(point, n);
    cs_quadrature_add(means->quadrature, held_integrand, &split, point, n, means->tolerance, sum,
                      error);
}

/* The integral over a stretch of either. */
static void integrate_pair(CsGroupMeans *means, const CsLinkLaw *law[CS_DIRECTION_N], guint up,
                           guint down, const CsMeans *scale_of, CsMeans *sum, CsMeans *error)
{
    Split split = {.means = means,
                   .law = {law[0], law[1]},
                   .direction = CS_UPLINK,
                   .outer = &g_array_index(law[CS_UPLINK]->stretches, CsLinkStretch, up),
                   .inner = &g_array_index(law[CS_DOWNLINK]->stretches, CsLinkStretch, down),
                   .scale = scale_of};
    double point[SPLITS_MAX] = {split.outer->low, split.outer->high};
    double most = most_of(&split, CS_DOWNLINK, split.inner);
    double least = least_of(&split, CS_DOWNLINK, split.inner);
    guint n = add_flips(&split, CS_UPLINK, split.outer, most, point, 2);
    n = add_flips(&split, CS_UPLINK, split.outer, least, point, n);
    sort_points(point, n);
    cs_quadrature_add(means->quadrature, outer_integrand, &split, point, n, means->tolerance, sum,
                      error);
    cs_means_add(error, split.outer->high - split.outer->low, &split.inner_error);
}

/* --- sums over points ------------------------------------------------------------------------- */

#define NARROW 0.35 /* a stretch, in ln gain, for which fewer points serve */

/* A link with its weight in the sum, the density included. */
typedef struct {
    CsLinkState link;
    double weight;
} Node;

/* Two rules over a stretch, and between which values 1/rate is. */
typedef struct {
    guint n[2];
    Node node[2][CS_QUADRATURE_POINTS_MAX];
    double least_s, most_s;
} Grid;

/* Of every stretch of a direction. Transfer full. */
static Grid *make_grids(const CsGroupMeans *means, const CsLinkLaw *law, CsDirection direction)
{
    Grid *grids = g_new(Grid, MAX(law->stretches->len, 1));
    for (guint i = 0; i < law->stretches->len; i++) {
        const CsLinkStretch *stretch = &g_array_index(law->stretches, CsLinkStretch, i);
        const Split split = {.means = (CsGroupMeans *)means, .law = {law, law}};
        guint first = stretch->high - stretch->low < NARROW ? 0 : 1;
        Grid *grid = &grids[i];
        grid->least_s = least_of(&split, direction, stretch);
        grid->most_s = most_of(&split, direction, stretch);
        for (guint r = 0; r < 2; r++) {
            double u[CS_QUADRATURE_POINTS_MAX], weight[CS_QUADRATURE_POINTS_MAX];
            grid->n[r] = cs_quadrature_points(means->quadrature, first + r, stretch->low,
                                              stretch->high, u, weight);
            for (guint k = 0; k < grid->n[r]; k++)
                grid->node[r][k] = (Node){cs_link_at(law->map, law->snr, u[k]),
                                          weight[k] * means->fading.density(&means->fading, u[k])};
        }
    }
    return grids;
}

static gboolean flips_between(const CsGroupMeans *means, double least_s, double most_s)
{
    const CsOutcome *outcome = &means->outcome;
    for (guint k = 0; k < outcome->n_flips; k++)
        if (outcome->flip_s_per_bit[k] > least_s && outcome->flip_s_per_bit[k] < most_s)
            return TRUE;
    return FALSE;
}

/* Adds the finer result, if it is near enough. */
static gboolean take_sums(const CsGroupMeans *means, const CsMeans result[2], CsMeans *sum,
                          CsMeans *error)
{
    CsMeans estimate = cs_quadrature_error(&result[1], &result[0]);
    for (guint k = 0; k < CS_MEAN_N; k++)
        if (!(estimate.of[k] <= means->tolerance * fabs(sum->of[k] + result[1].of[k])))
            return FALSE;
    cs_means_add(sum, 1, &result[1]);
    cs_means_add(error, 1, &estimate);
    return TRUE;
}

static void add_node(const CsGroupMeans *means, CsDirection direction, const CsLinkState *own,
                     const CsLinkState *other, double weight, CsMeans *sum)
{
    CsMeans value;
    cs_group_means_at(means, direction == CS_UPLINK ? own : other,
                      direction == CS_UPLINK ? other : own, &value);
    cs_means_add(sum, weight, &value);
}

/* A stretch beside those of the other direction's CQIs that are `plain`. */
static gboolean sum_beside(const CsGroupMeans *means, CsDirection direction, const Grid *grid,
                           const CsLinkLaw *other, const gboolean plain[CS_ATOMS_MAX], CsMeans *sum,
                           CsMeans *error)
{
    CsMeans result[2] = {{{0}}, {{0}}};
    for (guint r = 0; r < 2; r++)
        for (guint k = 0; k < grid->n[r]; k++)
            for (guint j = 0; j < other->n_atoms; j++) {
                const CsLinkAtom *atom = &other->atom[j];
                const CsLinkState link = {.rate_bps = atom->rate_bps, .outage = atom->outage};
                if (plain[j])
                    add_node(means, direction, &grid->node[r][k].link, &link,
                             grid->node[r][k].weight * atom->probability, &result[r]);
            }
    return take_sums(means, result, sum, error);
}

static void integrate_held(CsGroupMeans *means, const CsLinkLaw *law[CS_DIRECTION_N],
                           CsDirection direction, const Grid *grids, CsMeans *sum, CsMeans *error)
{
    const CsLinkLaw *own = law[direction], *other = law[!direction];
    for (guint i = 0; i < own->stretches->len; i++) {
        gboolean plain[CS_ATOMS_MAX];
        for (guint j = 0; j < other->n_atoms; j++) {
            double held_s =
                cs_group_means_bit_s(means, (CsDirection)!direction, other->atom[j].rate_bps);
            plain[j] = !flips_between(means, grids[i].least_s + held_s, grids[i].most_s + held_s);
        }
        gboolean summed = sum_beside(means, direction, &grids[i], other, plain, sum, error);
        for (guint j = 0; j < other->n_atoms; j++)
            if (!plain[j] || !summed)
                integrate_beside(means, law, direction, i, &other->atom[j], sum, error);
    }
}

static gboolean sum_pair(const CsGroupMeans *means, const Grid *up, const Grid *down, CsMeans *sum,
                         CsMeans *error)
{
    CsMeans result[2] = {{{0}}, {{0}}};
    if (flips_between(means, up->least_s + down->least_s, up->most_s + down->most_s))
        return FALSE;
    for (guint r = 0; r < 2; r++)
        for (guint i = 0; i < up->n[r]; i++)
            for (guint k = 0; k < down->n[r]; k++)
                add_node(means, CS_UPLINK, &up->node[r][i].link, &down->node[r][k].link,
                         up->node[r][i].weight * down->node[r][k].weight, &result[r]);
    return take_sums(means, result, sum, error);
}

static void integrate_pairs(CsGroupMeans *means, const CsLinkLaw *law[CS_DIRECTION_N],
                            Grid *const grids[CS_DIRECTION_N], CsMeans *sum, CsMeans *error)
{
    const CsMeans scale_of = *sum;
    for (guint i = 0; i < law[CS_UPLINK]->stretches->len; i++)
        for (guint k = 0; k < law[CS_DOWNLINK]->stretches->len; k++)
            if (!sum_pair(means, &grids[CS_UPLINK][i], &grids[CS_DOWNLINK][k], sum, error))
                integrate_pair(means, law, i, k, &scale_of, sum, error);
}

static void sum_atoms(const CsGroupMeans *means, const CsLinkLaw *up, const CsLinkLaw *down,
                      CsMeans *sum)
{
    for (guint i = 0; i < up->n_atoms; i++)
        for (guint j = 0; j < down->n_atoms; j++) {
            CsLinkState uplink = {.rate_bps = up->atom[i].rate_bps, .outage = up->atom[i].outage};
            CsLinkState downlink = {.rate_bps = down->atom[j].rate_bps,
                                    .outage = down->atom[j].outage};
            CsMeans value;
            cs_group_means_at(means, &uplink, &downlink, &value);
            cs_means_add(sum, up->atom[i].probability * down->atom[j].probability, &value);
        }
}

void cs_two_gains_add(CsGroupMeans *means, const double snr[CS_DIRECTION_N], CsMeans *sum,
                      CsMeans *error)
{
    CsLinkLaw law[CS_DIRECTION_N];
    const CsLinkLaw *both[CS_DIRECTION_N] = {&law[CS_UPLINK], &law[CS_DOWNLINK]};
    Grid *grids[CS_DIRECTION_N];
    for (CsDirection d = CS_UPLINK; d < CS_DIRECTION_N; d++) {
        cs_link_law_init(&law[d], cs_group_means_map(means, d), means->breaks[d], snr[d],
                         &means->group->radio.fading, &means->fading);
        grids[d] = make_grids(means, &law[d], d);
    }
    double stretches = (double)law[0].stretches->len + law[1].stretches->len;
    double integrals =
        1 + stretches * CS_ATOMS_MAX * 0.5 + (double)law[0].stretches->len * law[1].stretches->len;
    means->tolerance = fmin(CS_EXPECT_TOLERANCE, CS_EXPECT_TOLERANCE_ALL / integrals);
    sum_atoms(means, both[CS_UPLINK], both[CS_DOWNLINK], sum);
    integrate_held(means, both, CS_UPLINK, grids[CS_UPLINK], sum, error);
    integrate_held(means, both, CS_DOWNLINK, grids[CS_DOWNLINK], sum, error);
    integrate_pairs(means, both, grids, sum, error);
    for (guint d = 0; d < CS_DIRECTION_N; d++) {
        g_free(grids[d]);
        cs_link_law_clear(&law[d]);
    }
}
