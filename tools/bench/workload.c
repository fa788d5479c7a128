/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tools/bench/workload: see workload.h. Independent of cardsim but for base/random. */
#include "workload.h"

#include "base/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#define CUTS_PADDED 40 /* cuts rounded up to whole vectors; the padding is never the cheapest */
#define LANES 8        /* minima kept side by side, for the compiler to vectorise */
#define CQI_N 16

const uint8_t workload_stage[WORKLOAD_STEPS] = {0, 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6, 1, 2, 3,
                                                4, 5, 6, 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6, 7};

/* The letter's Tables I and II, and the assumptions of scenarios/letter.ini. */
static const double device_hz[WORKLOAD_KINDS] = {1.3e9, 1.0e9, 0.7e9, 0.7e9, 0.5e9};
static const double device_cores[WORKLOAD_KINDS] = {2048, 2048, 1792, 1024, 512};
static const double distance_m[WORKLOAD_KINDS] = {8, 13, 18, 23, 28};
static const double server_hz = 2.46e9, server_cores = 3072, flops_per_cycle = 2;
static const double power_coefficient = 1e-25; /* W/Hz^3 */
static const double weight = 0.2, compression = 0.1;
static const double carrier_hz = 3.5e9, bandwidth_hz = 50e6, exponent = 4;
static const double max_repetitions = 32;

/* 3GPP TS 38.214 V17 Table 5.2.2.1-2: modulation order and code rate x 1024. */
static const double modulation[CQI_N] = {0, 2, 2, 2, 2, 2, 2, 4, 4, 4, 6, 6, 6, 6, 6, 6};
static const double code_rate[CQI_N] = {0,   78,  120, 193, 308, 449, 602, 378,
                                        490, 616, 466, 567, 666, 772, 873, 948};
/* SNR at 10 % block error rate, dB: the set nr-awgn of models/radio. */
static const double threshold_db[CQI_N] = {0,    -5.84, -4.2,  -2.08, -0.23, 1.66,  3.08,  5.03,
                                           7.02, 9.01,  10.99, 12.99, 15.01, 16.51, 18.49, 19.99};

/* One kind of device, ready for the hot path. Per-epoch FLOPs and bits over the cut. */
typedef struct {
    double device_s[CUTS_PADDED];     /* T eta_D / (f_D d s): s */
    double server_cycle[CUTS_PADDED]; /* T (eta - eta_D) / (d s): cycles */
    double air_bit[CUTS_PADDED];      /* T phi S + A: bits each way */
    double device_forward_s[WORKLOAD_CUTS];
    double device_backward_s[WORKLOAD_CUTS];
    double server_forward_cycle[WORKLOAD_CUTS];
    double server_backward_cycle[WORKLOAD_CUTS];
    double smashed_bit[WORKLOAD_CUTS]; /* phi S */
    double adapter_bit[WORKLOAD_CUTS];
    double frequency_min_hz;
    double fixed_span_s;  /* D_max - D_min without the air */
    double air_span_bit;  /* what of the air differs between the corners */
    double energy_factor; /* (1 - w) xi / (E_max - E_min) */
    double q_cubed_s;     /* Q^3 (D_max - D_min) of Eq. 16 */
    double mean_snr_up, mean_snr_down;
} Kind;

typedef struct {
    uint32_t uplink_key[2];
    uint32_t downlink_key[2];
    uint32_t kind;
} Device;

struct Workload {
    Kind kind[WORKLOAD_KINDS];
    double threshold[CQI_N];
    double bit_s[CQI_N]; /* seconds a bit takes; [0]: as for CQI 1 */
    Device *device;
    uint32_t devices;
};

/* --- the profile: LLaMA-3.2-1B with 32 layers, b = 16, s = 256, LoRA r = 8 on all matrices -------
 */

static void fill_kind(Kind *kind, int k)
{
    const double b = 16, s = 256, h = 2048, heads = 32, d = 64, kv = 8, ff = 8192,
                 vocabulary = 128256;
    const double rank = 8, activation_bit = 16, adapter_bit = 32;
    double weights = 2 * h * heads * d + 2 * h * kv * d + 3 * h * ff;
    double lora = rank * (2 * (h + heads * d) + 2 * (h + kv * d) + 3 * (h + ff));
    double attention = 4 * b * s * s * heads * d;
    double forward = 2 * weights * b * s + attention + 2 * lora * b * s;
    double backward = 2 * weights * b * s + 2 * attention + 4 * lora * b * s;
    double head = 2 * h * vocabulary * b * s;
    double device_flops = device_hz[k] * flops_per_cycle * device_cores[k];
    double server_per_cycle = flops_per_cycle * server_cores;
    double t = WORKLOAD_EPOCHS;

    for (int c = 0; c < WORKLOAD_CUTS; c++) {
        double left = WORKLOAD_LAYERS - c;
        kind->device_forward_s[c] = c * forward / device_flops;
        kind->device_backward_s[c] = c * backward / device_flops;
        kind->server_forward_cycle[c] = (left * forward + head) / server_per_cycle;
        kind->server_backward_cycle[c] = (left * backward + head) / server_per_cycle;
        kind->smashed_bit[c] = compression * b * s * h * activation_bit;
        kind->adapter_bit[c] = c * lora * adapter_bit;
        kind->device_s[c] = t * (kind->device_forward_s[c] + kind->device_backward_s[c]);
        kind->server_cycle[c] =
            t * (kind->server_forward_cycle[c] + kind->server_backward_cycle[c]);
        kind->air_bit[c] = t * kind->smashed_bit[c] + kind->adapter_bit[c];
    }
    for (int c = WORKLOAD_CUTS; c < CUTS_PADDED; c++)
        kind->device_s[c] = 1e300;
    kind->frequency_min_hz = device_flops / server_per_cycle;

    double cycle_0 = kind->server_cycle[0], cycle_last = kind->server_cycle[WORKLOAD_LAYERS];
    double f_min = kind->frequency_min_hz;
    double energy_span_j =
        power_coefficient * (server_hz * server_hz * cycle_0 - f_min * f_min * cycle_last);
    kind->fixed_span_s = kind->device_s[WORKLOAD_LAYERS] + cycle_last / f_min - kind->device_s[0] -
                         cycle_0 / server_hz;
    kind->air_span_bit = kind->air_bit[WORKLOAD_LAYERS] - kind->air_bit[0];
    kind->energy_factor = (1 - weight) * power_coefficient / energy_span_j;
    kind->q_cubed_s = weight * energy_span_j / (2 * power_coefficient * (1 - weight));

    double wavelength_m = 299792458.0 / carrier_hz;
    double reference = pow(4 * M_PI * 1.0 / wavelength_m, 2);
    double loss = reference * pow(distance_m[k], exponent);
    double noise_w = pow(10, -174.0 / 10) * 1e-3 * bandwidth_hz;
    kind->mean_snr_up = pow(10, 23.0 / 10) * 1e-3 / (loss * noise_w * pow(10, 0.5));
    kind->mean_snr_down = pow(10, 30.0 / 10) * 1e-3 / (loss * noise_w * pow(10, 0.9));
}

Workload *workload_new(uint32_t devices)
{
    if (devices == 0 || devices % WORKLOAD_KINDS != 0) {
        fprintf(stderr, "workload: the number of devices must be a multiple of 5\n");
        exit(2);
    }
    Workload *workload = calloc(1, sizeof *workload);
    for (int k = 0; k < WORKLOAD_KINDS; k++)
        fill_kind(&workload->kind[k], k);
    for (int i = 1; i < CQI_N; i++) {
        workload->threshold[i] = pow(10, threshold_db[i] / 10);
        workload->bit_s[i] = 1 / (bandwidth_hz * modulation[i] * code_rate[i] / 1024);
    }
    workload->bit_s[0] = workload->bit_s[1];
    workload->devices = devices;
    workload->device = malloc(devices * sizeof *workload->device);
    for (uint32_t i = 0; i < devices; i++) {
        uint32_t share = devices / WORKLOAD_KINDS;
        char name[32];
        snprintf(name, sizeof name, "%u.%u", (unsigned)(i / share + 1), (unsigned)(i % share + 1));
        uint64_t entity = cs_entity_hash(name);
        CsRandomKey up = cs_random_key(WORKLOAD_SEED, 1, entity, CS_PURPOSE_FADING_UPLINK);
        CsRandomKey down = cs_random_key(WORKLOAD_SEED, 1, entity, CS_PURPOSE_FADING_DOWNLINK);
        workload->device[i] = (Device){
            .uplink_key = {up.word[0], up.word[1]},
            .downlink_key = {down.word[0], down.word[1]},
            .kind = i / share,
        };
    }
    return workload;
}

void workload_free(Workload *workload)
{
    free(workload->device);
    free(workload);
}

/* --- one decision ----------------------------------------------------------------------------- */

static double rayleigh(const uint32_t key[2], uint64_t round)
{
    return -log(cs_random_uniform((CsRandomKey){{key[0], key[1]}}, round, 0));
}

/* Seconds a bit takes at an SNR: that of the highest CQI reached, counted without a branch; below
 * CQI 1 its format is repeated. */
static double bit_time(const Workload *workload, double snr)
{
    const double *threshold = workload->threshold;
    int cqi = 0;
    for (int i = 1; i < CQI_N; i++)
        cqi += snr >= threshold[i];
    if (cqi > 0)
        return workload->bit_s[cqi];
    double repetitions = threshold[1] / snr;
    return workload->bit_s[0] * (repetitions < max_repetitions ? repetitions : max_repetitions);
}

/* Letter Eq. 16. */
static double best_frequency(const Kind *kind, double delay_span_s)
{
    double q = cbrt(kind->q_cubed_s / delay_span_s);
    double f_min = kind->frequency_min_hz;
    return q < f_min ? f_min : q > server_hz ? server_hz : q;
}

typedef struct {
    double cycle_s, up_bit_s, down_bit_s, energy_j;
    const Kind *kind;
    int cut;
} Decision;

/* The cut of least cost, the smaller of equals. */
static int cheapest(const Kind *kind, double delay_factor, double cycle_factor, double bit_factor)
{
    double cost[CUTS_PADDED], lane[LANES];
    for (int k = 0; k < LANES; k++)
        lane[k] = INFINITY;
    for (int c = 0; c < CUTS_PADDED; c += LANES)
        for (int k = 0; k < LANES; k++) {
            double u = delay_factor * kind->device_s[c + k] +
                       cycle_factor * kind->server_cycle[c + k] + bit_factor * kind->air_bit[c + k];
            cost[c + k] = u;
            lane[k] = u < lane[k] ? u : lane[k];
        }
    double least = lane[0];
    for (int k = 1; k < LANES; k++)
        least = lane[k] < least ? lane[k] : least;
    for (int c = 0;; c += LANES) {
        unsigned hit = 0;
        for (int k = 0; k < LANES; k++)
            hit |= (unsigned)(cost[c + k] == least) << k;
        if (hit != 0)
            return c + __builtin_ctz(hit);
    }
}

/* CARD: f* from the corners, then the cheapest of 33 cuts, the smaller of equals. */
static Decision decide(const Workload *workload, uint32_t index, uint64_t round)
{
    const Device *device = &workload->device[index];
    const Kind *kind = &workload->kind[device->kind];
    double up = bit_time(workload, kind->mean_snr_up * rayleigh(device->uplink_key, round));
    double down = bit_time(workload, kind->mean_snr_down * rayleigh(device->downlink_key, round));

    double delay_span_s = kind->fixed_span_s + kind->air_span_bit * (up + down);
    double f = best_frequency(kind, delay_span_s);
    double cycle_s = 1 / f;
    /* U without the terms that no cut changes */
    double delay_factor = weight / delay_span_s;
    double cycle_factor = delay_factor * cycle_s + kind->energy_factor * f * f;
    int cut = cheapest(kind, delay_factor, cycle_factor, delay_factor * (up + down));
    return (Decision){.cycle_s = cycle_s,
                      .up_bit_s = up,
                      .down_bit_s = down,
                      .energy_j = power_coefficient * f * f * kind->server_cycle[cut],
                      .kind = kind,
                      .cut = cut};
}

static void durations(const Decision *d, double stage_s[WORKLOAD_STAGES])
{
    const Kind *kind = d->kind;
    int c = d->cut;
    stage_s[0] = kind->adapter_bit[c] * d->down_bit_s;
    stage_s[1] = kind->device_forward_s[c];
    stage_s[2] = kind->smashed_bit[c] * d->up_bit_s;
    stage_s[3] = kind->server_forward_cycle[c] * d->cycle_s;
    stage_s[4] = kind->server_backward_cycle[c] * d->cycle_s;
    stage_s[5] = kind->smashed_bit[c] * d->down_bit_s;
    stage_s[6] = kind->device_backward_s[c];
    stage_s[7] = kind->adapter_bit[c] * d->up_bit_s;
}

double workload_decide_s(const Workload *workload, uint32_t device, uint64_t round,
                         double stage_s[WORKLOAD_STAGES])
{
    Decision decision = decide(workload, device, round);
    durations(&decision, stage_s);
    return decision.energy_j;
}

double workload_decide(const Workload *workload, uint32_t device, uint64_t round,
                       int64_t stage_ns[WORKLOAD_STAGES])
{
    double stage_s[WORKLOAD_STAGES];
    double energy_j = workload_decide_s(workload, device, round, stage_s);
    for (int i = 0; i < WORKLOAD_STAGES; i++)
        stage_ns[i] = (int64_t)(stage_s[i] * 1e9 + 0.5);
    return energy_j;
}

WorkloadTotals workload_expect(const Workload *workload, uint64_t rounds)
{
    WorkloadTotals totals = {.events = rounds * workload->devices * WORKLOAD_STEPS};
    int64_t delay_ns = 0, makespan_ns = 0;
    for (uint64_t round = 1; round <= rounds; round++) {
        int64_t longest_ns = 0;
        for (uint32_t i = 0; i < workload->devices; i++) {
            int64_t stage_ns[WORKLOAD_STAGES];
            totals.energy_j += workload_decide(workload, i, round, stage_ns);
            int64_t sum_ns = stage_ns[0] + stage_ns[7];
            for (int s = 1; s < 7; s++)
                sum_ns += WORKLOAD_EPOCHS * stage_ns[s];
            delay_ns += sum_ns;
            longest_ns = sum_ns > longest_ns ? sum_ns : longest_ns;
        }
        makespan_ns += longest_ns;
    }
    totals.delay_s = (double)delay_ns * 1e-9;
    totals.makespan_s = (double)makespan_ns * 1e-9;
    return totals;
}

/* --- measuring -------------------------------------------------------------------------------- */

const int64_t *workload_hold_table(void)
{
    static int64_t table[WORKLOAD_HOLD_TABLE];
    if (table[0] == 0) {
        CsRandomKey key = cs_random_key(WORKLOAD_SEED, 1, 0, CS_PURPOSE_POLICY);
        for (uint32_t i = 0; i < WORKLOAD_HOLD_TABLE; i++)
            table[i] = 1 + (int64_t)(-log(cs_random_uniform(key, i, 0)) * 1e9);
    }
    return table;
}

double workload_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

long workload_peak_kb(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

void workload_report(const char *engine, uint32_t devices, uint64_t rounds, double seconds,
                     double setup_s, long base_kb, WorkloadTotals totals)
{
    printf("%s,%u,%llu,%llu,%.6f,%.6f,%ld,%ld,%.9g,%.9g,%.9g\n", engine, (unsigned)devices,
           (unsigned long long)rounds, (unsigned long long)totals.events, seconds, setup_s,
           workload_peak_kb(), base_kb, totals.delay_s, totals.energy_j, totals.makespan_s);
}
