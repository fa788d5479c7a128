/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/load: how busy what is shared was, and what one's work cost all. See load.h. Layer: sim. */
#include "sim/load.h"

#include <math.h>

#define NONE G_MAXUINT32

/* A job on a GPU of its own, or a stay among those that share one. */
typedef struct {
    guint32 device;
    guint32 before;   /* the device's job before; NONE */
    guint32 releaser; /* whose end it waited for; NONE */
    double stretch;   /* seconds that a second more of it takes */
    double others;    /* what that costs those who share with it at its end */
    double worth;     /* λ: what a second's delay of its end costs all */
} Job;

/* A device in the round. */
typedef struct {
    double cost_per_s;  /* v */
    guint32 last;       /* its latest job; NONE */
    gboolean ended;     /* in time to count */
    double stretch[2];  /* of adapters on a shared air, up and down */
    double others[2];   /* */
    double server, own; /* Σ λ over its jobs; over the work between them */
    double start;       /* λ of its beginning */
    guint jobs;
} Member;

struct CsLoadMeter {
    const CsConfig *config;
    CsLoad load; /* of the round before */
    gint64 since_ns;
    double served_s[CS_LOAD_N]; /* in the present round */
    Member *member;
    CsPrices *price; /* by device, of the round before */
    GArray *jobs;    /* of the present round, in the order of their starts */
    GArray *last_on; /* by GPU, the latest job that has ended there */
    guint present[CS_LOAD_N];
    double present_cost[CS_LOAD_N]; /* Σ v of those */
};

CsLoadMeter *cs_load_meter_new(const CsConfig *config)
{
    if (!config->policy->uses_load || config->schedule == CS_SCHEDULE_SEQUENTIAL)
        return NULL;
    CsLoadMeter *meter = g_new0(CsLoadMeter, 1);
    meter->config = config;
    meter->load.gpus = config->server.gpus == CS_GPUS_UNLIMITED ? 0 : config->server.gpus;
    meter->member = g_new0(Member, config->n_devices);
    meter->price = g_new(CsPrices, config->n_devices);
    for (guint i = 0; i < config->n_devices; i++) {
        meter->member[i].last = NONE;
        meter->price[i] = (CsPrices){1, 1, 1, 1};
    }
    meter->jobs = g_array_new(FALSE, FALSE, sizeof(Job));
    meter->last_on = g_array_new(FALSE, FALSE, sizeof(guint32));
    return meter;
}

void cs_load_meter_free(CsLoadMeter *meter)
{
    if (meter == NULL)
        return;
    g_array_unref(meter->jobs);
    g_array_unref(meter->last_on);
    g_free(meter->member);
    g_free(meter->price);
    g_free(meter);
}

void cs_load_together(CsLoadMeter *meter, guint devices)
{
    meter->load.devices = devices;
}

CsLoad cs_load_of(const CsLoadMeter *meter, guint device)
{
    CsLoad load = meter->load;
    load.price = meter->price[device];
    return load;
}

/* --- in a round ------------------------------------------------------------------------------- */

void cs_load_begin(CsLoadMeter *meter, guint device, double cost_per_s)
{
    meter->member[device] = (Member){.cost_per_s = cost_per_s, .last = NONE, .stretch = {1, 1}};
}

void cs_load_end(CsLoadMeter *meter, guint device)
{
    meter->member[device].ended = TRUE;
}

static void add_job(CsLoadMeter *meter, guint device, Job job)
{
    job.device = device;
    job.before = meter->member[device].last;
    meter->member[device].last = meter->jobs->len;
    g_array_append_val(meter->jobs, job);
}

static guint32 *last_on(CsLoadMeter *meter, guint gpu)
{
    const guint32 none = NONE;
    while (meter->last_on->len <= gpu)
        g_array_append_val(meter->last_on, none);
    return &g_array_index(meter->last_on, guint32, gpu);
}

void cs_load_granted(CsLoadMeter *meter, guint device, guint gpu, gboolean waited)
{
    add_job(meter, device, (Job){.releaser = waited ? *last_on(meter, gpu) : NONE, .stretch = 1});
}

void cs_load_released(CsLoadMeter *meter, guint device, guint gpu)
{
    *last_on(meter, gpu) = meter->member[device].last;
}

void cs_load_join(CsLoadMeter *meter, CsLoadResource resource, guint device)
{
    meter->present[resource]++;
    meter->present_cost[resource] += meter->member[device].cost_per_s;
}

void cs_load_leave(CsLoadMeter *meter, CsLoadResource resource, guint device, gboolean priced)
{
    Member *member = &meter->member[device];
    double capacity = resource == CS_LOAD_SERVER ? meter->load.gpus : 1;
    double n = meter->present[resource], stretch = MAX(n / capacity, 1.0), others = 0;
    meter->present[resource]--;
    meter->present_cost[resource] -= member->cost_per_s;
    if (meter->present[resource] == 0)
        meter->present_cost[resource] = 0; /* no rounding is left behind */
    if (n > capacity)
        others = MAX(meter->present_cost[resource], 0.0) / capacity;
    if (!priced)
        return;
    if (resource == CS_LOAD_SERVER) {
        add_job(meter, device, (Job){.releaser = NONE, .stretch = stretch, .others = others});
        return;
    }
    member->stretch[resource == CS_LOAD_DOWNLINK] = stretch;
    member->others[resource == CS_LOAD_DOWNLINK] = others;
}

void cs_load_served(CsLoadMeter *meter, CsLoadResource resource, double time_s)
{
    meter->served_s[resource] += time_s;
}

/* --- at its end ------------------------------------------------------------------------------- */

/* From the last job back: what a second's delay of its end costs, and of what it waited for. */
static void pass_worth_back(CsLoadMeter *meter)
{
    Job *jobs = (Job *)(gpointer)meter->jobs->data;
    for (guint i = 0; i < meter->config->n_devices; i++) {
        Member *member = &meter->member[i];
        double worth = member->ended ? member->cost_per_s : 0;
        member->start = worth;
        member->own = 0.5 * worth; /* what is behind the last job: the backward half of an epoch */
        if (member->last != NONE)
            jobs[member->last].worth += worth;
    }
    for (guint k = meter->jobs->len; k-- > 0;) {
        Job *job = &jobs[k];
        Member *member = &meter->member[job->device];
        member->server += job->worth * job->stretch + job->others;
        member->jobs++;
        double before = job->worth;
        if (job->releaser != NONE) {
            jobs[job->releaser].worth += job->worth;
            before = 0; /* its own device's work before it had time to spare */
        }
        member->own += (job->before != NONE ? 1 : 0.5) * before;
        if (job->before != NONE)
            jobs[job->before].worth += before;
        else
            member->start = before;
    }
}

/* Sums of many equal parts are 1 but for rounding. */
static void snap(double *price)
{
    if (fabs(*price - 1) < 1e-12)
        *price = 1;
}

static void set_price(CsLoadMeter *meter, guint device)
{
    const Member *member = &meter->member[device];
    CsPrices *price = &meter->price[device];
    double v = member->cost_per_s;
    *price = (CsPrices){1, 1, 1, 1};
    if (!member->ended || !(v > 0)) /* nothing is known of a whole round of it */
        return;
    if (member->jobs > 0) {
        price->server = member->server / (v * member->jobs);
        price->own = member->own / (v * member->jobs);
    }
    price->uplink = member->stretch[0] + member->others[0] / v;
    price->downlink = member->stretch[1] * member->start / v + member->others[1] / v;
    snap(&price->server);
    snap(&price->own);
}

/* Work asked of `capacity` servers over the time that the round took. */
static double share_of(double work_s, double capacity, gint64 round_ns)
{
    return round_ns > 0 ? MIN(work_s / (capacity * (double)round_ns / 1e9), 1.0) : 0.0;
}

void cs_load_next_round(CsLoadMeter *meter, gint64 now_ns)
{
    gint64 round_ns = now_ns - meter->since_ns;
    CsLoad *load = &meter->load;
    const double *served_s = meter->served_s;
    load->server_share =
        load->gpus > 0 ? share_of(served_s[CS_LOAD_SERVER], load->gpus, round_ns) : 0;
    load->uplink_share = share_of(served_s[CS_LOAD_UPLINK], 1, round_ns);
    load->downlink_share = share_of(served_s[CS_LOAD_DOWNLINK], 1, round_ns);
    meter->since_ns = now_ns;
    pass_worth_back(meter);
    for (guint i = 0; i < meter->config->n_devices; i++) {
        if (meter->member[i].cost_per_s > 0)
            set_price(meter, i);
        meter->member[i] = (Member){.last = NONE};
    }
    for (guint r = 0; r < CS_LOAD_N; r++)
        meter->served_s[r] = meter->present_cost[r] = meter->present[r] = 0;
    g_array_set_size(meter->jobs, 0);
    g_array_set_size(meter->last_on, 0);
}
