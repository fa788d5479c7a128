/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/deciding: events that decide a mean. See deciding.h. Layer: analysis. */
#include "analysis/deciding.h"

#include "campaign/answer.h"
#include "expect/events.h"

#include <math.h>
#include <string.h>

#define RUNS_MAX 1000          /* more would take longer than a report may */
#define EVENTS_MAX (8u << 20)  /* of one mean */
#define GROUPS_MAX 100         /* of devices; more would take longer than a run may tell */
#define SAMPLED_MAX (4u << 20) /* rounds of devices that are looked at */

struct CsDecider {
    CsStudy *study;
    CsDecisionsCache *cache;
    CsRecompute *recompute; /* NULL: the runs are not known */
    gint device, round;     /* keys of the study, or -1 */
};

/* Something that may happen in a round of a device. */
typedef struct {
    double probability; /* of a round of one device */
    double devices;     /* that it may happen to */
    double deviation;   /* from their mean */
    double rounds;      /* of a device in the sample */
    guint point;
    gint cqi; /* as of CsRoundEvent */
    CsDirection worse;
    const CsDeviceGroup *group; /* NULL: from the sample */
    const char *device;         /* from the sample */
} Event;

/* What is asked for one mean. */
typedef struct {
    CsDecider *decider;
    const CsMeasure *measure;
    GArray *events;  /* of Event */
    GPtrArray *kept; /* what they borrow from: scenarios, or names */
} Asking;

void cs_deciding_clear(CsDeciding *deciding)
{
    g_clear_pointer(&deciding->event, g_free);
}

static gint find_key(const CsStudy *study, const char *name)
{
    for (guint k = 0; k < cs_study_n_keys(study); k++)
        if (strcmp(cs_study_key(study, k)->name, name) == 0)
            return (gint)k;
    return -1;
}

CsDecider *cs_decider_new(CsStudy *study)
{
    CsDecider *decider = g_new(CsDecider, 1);
    *decider = (CsDecider){
        .study = study,
        .cache = cs_decisions_cache_new(),
        .recompute = cs_study_n_points(study) <= RUNS_MAX ? cs_study_recompute(study) : NULL,
        .device = find_key(study, "device"),
        .round = find_key(study, "round")};
    return decider;
}

void cs_decider_free(CsDecider *decider)
{
    if (decider == NULL)
        return;
    cs_recompute_free(decider->recompute);
    cs_decisions_cache_free(decider->cache);
    g_free(decider);
}

/* --- known exactly ---------------------------------------------------------------------------- */

/* The position of the results' run in the plan; -1 where there is none. */
static gint64 find_run(const CsDecider *decider, guint64 number)
{
    guint64 n =
        decider->recompute != NULL ? cs_plan_n_runs(cs_recompute_plan(decider->recompute)) : 0;
    for (guint64 i = 0; i < n; i++)
        if (cs_recompute_number(decider->recompute, i) == number)
            return (gint64)i;
    return -1;
}

/* The device that the point is of; NULL: all. */
static const char *device_of(const CsDecider *decider, CsStudyPoint point)
{
    if (decider->device < 0)
        return NULL;
    guint key = (guint)decider->device;
    return g_ptr_array_index(cs_study_key(decider->study, key)->values, point.value[key]);
}

/* How many of a group's devices are asked for. */
static double devices_in(const CsConfig *config, guint group, const char *device)
{
    if (device == NULL)
        return config->groups[group].count;
    for (guint i = 0; i < config->n_devices; i++) {
        g_autofree char *name = cs_config_device_name(config, i);
        if (strcmp(name, device) == 0)
            return cs_config_group_of(config, i) == &config->groups[group] ? 1 : 0;
    }
    return 0;
}

/* Adds a group's states with what they deviate by; FALSE where the metric is no mean of them. */
static gboolean add_group(const Asking *asking, const CsConfig *config, const GArray *states,
                          guint group, const Event *like)
{
    double mean = 0, value;
    guint first = asking->events->len;
    for (guint i = 0; i < states->len; i++) {
        const CsRoundEvent *of = &g_array_index(states, CsRoundEvent, i);
        if (of->group != group)
            continue;
        if (!cs_answer_mean(config, asking->measure, &of->mean, &value) || isnan(value))
            return FALSE;
        Event event = *like;
        event.probability = of->probability;
        event.deviation = value;
        event.cqi = of->cqi;
        event.worse = of->worse;
        event.group = &config->groups[group];
        mean += of->probability * value;
        g_array_append_val(asking->events, event);
    }
    for (guint i = first; i < asking->events->len; i++)
        g_array_index(asking->events, Event, i).deviation -= mean;
    return asking->events->len < EVENTS_MAX;
}

/* All states of a scenario whose rounds depend on their own channel alone; FALSE elsewhere. */
static gboolean add_config(const Asking *asking, const CsConfig *config, guint64 replications,
                           CsDecisionsCache *cache, const char *device, guint point)
{
    g_autoptr(GArray) states = cs_round_events(config, cache);
    gboolean good = states != NULL;
    Event like = {.rounds = (double)config->rounds * (double)replications, .point = point};
    for (guint g = 0; good && g < config->n_groups; g++) {
        like.devices = config->groups[g].count > 0 ? devices_in(config, g, device) : 0;
        good = !(like.devices > 0) || add_group(asking, config, states, g, &like);
    }
    return good;
}

static gboolean add_known(const Asking *asking, guint point)
{
    const CsDecider *decider = asking->decider;
    CsStudyPoint of = cs_study_point(decider->study, point);
    const char *device = device_of(decider, of);
    gint64 run = find_run(decider, of.run);
    if (run < 0 || decider->round >= 0)
        return FALSE;
    CsScenario *scenario = cs_plan_scenario(cs_recompute_plan(decider->recompute), (guint64)run);
    g_ptr_array_add(asking->kept, scenario);
    return add_config(asking, cs_scenario_config(scenario),
                      cs_recompute_replications(decider->recompute, (guint64)run), decider->cache,
                      device, point);
}

/* --- from the sample -------------------------------------------------------------------------- */

typedef struct {
    GArray *events;
    GHashTable *names; /* device -> its name, kept; a set */
    GPtrArray *kept;
    guint point;
} Sampling;

static gboolean take_round(gpointer context, G_GNUC_UNUSED guint n, const CsCell *cells)
{
    Sampling *sampling = context;
    if (cells[0].kind != CS_CELL_TEXT || cells[1].kind != CS_CELL_REAL ||
        sampling->events->len >= SAMPLED_MAX)
        return sampling->events->len < SAMPLED_MAX;
    const char *name = g_hash_table_lookup(sampling->names, cells[0].text);
    if (name == NULL) {
        char *own = g_strdup(cells[0].text);
        g_ptr_array_add(sampling->kept, own);
        g_hash_table_insert(sampling->names, own, own);
        name = own;
    }
    Event event = {.probability = 1,
                   .devices = 1,
                   .deviation = cells[1].real,
                   .rounds = 1,
                   .point = sampling->point,
                   .device = name};
    g_array_append_val(sampling->events, event);
    return TRUE;
}

/* Rows come by device: deviations from each one's mean. */
static void centre(GArray *events, guint first)
{
    while (first < events->len) {
        const char *device = g_array_index(events, Event, first).device;
        guint end = first;
        double sum = 0;
        for (; end < events->len && g_array_index(events, Event, end).device == device; end++)
            sum += g_array_index(events, Event, end).deviation;
        for (guint i = first; i < end; i++)
            g_array_index(events, Event, i).deviation -= sum / (end - first);
        first = end;
    }
}

/* FALSE where no rounds were recorded, or they have no such column. */
static gboolean add_sampled(const Asking *asking, guint point)
{
    const CsDecider *decider = asking->decider;
    const CsMeasure *measure = asking->measure;
    CsStudyPoint of = cs_study_point(decider->study, point);
    const char *device = device_of(decider, of);
    g_autofree char *run = g_strdup_printf("%" G_GUINT64_FORMAT, of.run);
    const char *const values[] = {run, device, NULL};
    guint first = asking->events->len;
    if (decider->round >= 0 || measure->sql[CS_TABLE_ROUNDS] == NULL || measure->field < 0)
        return FALSE;
    g_autofree char *sql =
        g_strdup_printf("SELECT device, 1.0 * %s FROM rounds WHERE run = CAST(? AS INTEGER)%s "
                        "ORDER BY device",
                        measure->column, device != NULL ? " AND device = ?" : "");
    Sampling sampling = {asking->events, g_hash_table_new(g_str_hash, g_str_equal), asking->kept,
                         point};
    gboolean good = cs_database_query(cs_study_database(decider->study), sql, values, take_round,
                                      &sampling, NULL);
    g_hash_table_unref(sampling.names);
    centre(asking->events, first);
    return good && asking->events->len > first;
}

/* --- the deciding ones ------------------------------------------------------------------------ */

static gint compare_events(gconstpointer a, gconstpointer b)
{
    double x = fabs(((const Event *)a)->deviation), y = fabs(((const Event *)b)->deviation);
    return (x < y) - (x > y);
}

static double weight_of(const Event *event)
{
    return event->probability * event->devices * event->rounds * event->deviation *
           event->deviation;
}

/* "outages of the uplink of device '5'" of the event that weighs most. */
static char *words_of(const Event *event)
{
    const CsDeviceGroup *group = event->group;
    if (group == NULL)
        return g_strdup_printf("some rounds of device '%s'", event->device);
    const char *link = event->worse == CS_UPLINK ? "uplink" : "downlink";
    const char *devices = group->count > 1 ? "devices" : "device";
    if (event->cqi == 0)
        return g_strdup_printf("outages of the %s of %s '%s'", link, devices, group->name);
    if (event->cqi > 0)
        return g_strdup_printf("fades of the %s of %s '%s' to CQI %d", link, devices, group->name,
                               event->cqi);
    return g_strdup_printf("deep fades of the %s of %s '%s'", link, devices, group->name);
}

static guint points_in(const GArray *points)
{
    guint most = 0;
    for (guint i = 0; i < points->len; i++)
        most = MAX(most, g_array_index(points, guint, i) + 1);
    return most;
}

/* `events` are sorted. */
static void decide(const GArray *events, const GArray *points, CsDeciding *deciding)
{
    double all = 0, sum = 0, most = 0;
    g_autofree double *expected = g_new0(double, points_in(points));
    g_autofree double *per_round = g_new0(double, points_in(points));
    const Event *heaviest = NULL;
    for (guint i = 0; i < events->len; i++)
        all += weight_of(&g_array_index(events, Event, i));
    deciding->expected = INFINITY;
    if (!(all > 0))
        return;
    deciding->expected = 0;
    for (guint i = 0; i < events->len && sum < CS_DECIDING_SHARE * all; i++) {
        const Event *event = &g_array_index(events, Event, i);
        sum += weight_of(event);
        expected[event->point] += event->probability * event->devices * event->rounds;
        per_round[event->point] += event->probability * event->devices;
        if (weight_of(event) > most) {
            most = weight_of(event);
            heaviest = event;
        }
        if (expected[event->point] > deciding->expected) {
            deciding->expected = expected[event->point];
            deciding->per_round = per_round[event->point];
        }
    }
    double rounds = 0; /* of devices, in a point */
    for (guint i = 0; i < events->len; i++)
        if (g_array_index(events, Event, i).point == heaviest->point)
            rounds += g_array_index(events, Event, i).probability *
                      g_array_index(events, Event, i).devices *
                      g_array_index(events, Event, i).rounds;
    deciding->few =
        deciding->expected < CS_DECIDING_LEAST && deciding->expected < CS_DECIDING_RARE * rounds;
    deciding->event = words_of(heaviest);
}

static gboolean add_all(const Asking *asking, const GArray *points,
                        gboolean (*add)(const Asking *asking, guint point))
{
    for (guint i = 0; i < points->len; i++)
        if (!add(asking, g_array_index(points, guint, i)))
            return FALSE;
    return points->len > 0;
}

static void unref_scenario(gpointer scenario)
{
    cs_scenario_unref(scenario);
}

CsDeciding cs_decider_ask(CsDecider *decider, const CsMeasure *measure, const GArray *points)
{
    CsDeciding deciding = {.expected = NAN};
    g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(Event));
    g_autoptr(GPtrArray) scenarios = g_ptr_array_new_with_free_func(unref_scenario);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    Asking asking = {decider, measure, events, scenarios};
    deciding.exact = add_all(&asking, points, add_known);
    if (!deciding.exact) {
        g_array_set_size(events, 0);
        asking.kept = names;
        if (!add_all(&asking, points, add_sampled))
            return deciding;
    }
    g_array_sort(events, compare_events);
    decide(events, points, &deciding);
    if (!deciding.exact)
        deciding.per_round = 0;
    return deciding;
}

/* --- exact means ------------------------------------------------------------------------------ */

/* Of a run, over all devices or one. */
static double exact_mean(CsDecider *decider, const CsConfig *config, const CsMeasure *measure,
                         const char *device)
{
    CsObstacle obstacle = {0};
    CsMeans mean = {{0}};
    double all = 0, value = NAN;
    g_autofree CsExpectation *groups = g_new0(CsExpectation, config->n_groups);
    if (!cs_expect_applies(config, &obstacle) ||
        !cs_expect_groups(config, decider->cache, groups, &obstacle)) {
        g_free(obstacle.reason);
        return NAN;
    }
    for (guint g = 0; g < config->n_groups; g++) {
        double devices = config->groups[g].count > 0 ? devices_in(config, g, device) : 0;
        if (devices > 0)
            cs_means_add(&mean, devices, &groups[g].mean);
        all += devices;
    }
    cs_means_scale(&mean, 1 / all);
    return all > 0 && cs_answer_mean(config, measure, &mean, &value) ? value : (double)NAN;
}

double cs_decider_exact(CsDecider *decider, const CsMeasure *measure, const GArray *points)
{
    double sum = 0;
    for (guint i = 0; i < points->len && !isnan(sum); i++) {
        CsStudyPoint of = cs_study_point(decider->study, g_array_index(points, guint, i));
        gint64 run = decider->round < 0 ? find_run(decider, of.run) : -1;
        if (run < 0)
            return NAN;
        g_autoptr(CsScenario) scenario =
            cs_plan_scenario(cs_recompute_plan(decider->recompute), (guint64)run);
        sum += exact_mean(decider, cs_scenario_config(scenario), measure, device_of(decider, of));
    }
    return points->len > 0 ? sum / points->len : (double)NAN;
}

CsDeciding cs_deciding_of(const CsScenario *scenario, const CsMeasure *measure)
{
    CsDeciding deciding = {.expected = NAN, .exact = TRUE};
    const CsConfig *config = cs_scenario_config(scenario);
    if (config->n_groups > GROUPS_MAX)
        return deciding;
    const guint only = 0;
    g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(Event));
    g_autoptr(GArray) points = g_array_new(FALSE, FALSE, sizeof(guint));
    g_array_append_val(points, only);
    CsDecisionsCache *cache = cs_decisions_cache_new();
    const Asking asking = {NULL, measure, events, NULL};
    if (add_config(&asking, config, cs_scenario_sampling(scenario)->replications, cache, NULL,
                   only)) {
        g_array_sort(events, compare_events);
        decide(events, points, &deciding);
    }
    cs_decisions_cache_free(cache);
    return deciding;
}

char *cs_deciding_text(const CsDeciding *deciding, const char *intervals)
{
    g_autofree char *rounds =
        deciding->per_round > 0
            ? g_strdup_printf("; %.2g rounds of each device would expect %d",
                              CS_DECIDING_LEAST / deciding->per_round, CS_DECIDING_LEAST)
            : g_strdup("; more rounds would tell");
    return g_strdup_printf(
        "%s can be far too narrow: 95 %% of the variance is in events of which a sample like this "
        "%s %.2g, fewer than %d (above all %s). %s%s",
        intervals, deciding->exact ? "expects" : "holds", deciding->expected, CS_DECIDING_LEAST,
        deciding->event,
        deciding->exact ? "'cardsim expect' has the mean without an interval"
                        : "Look at the rounds themselves",
        rounds);
}
