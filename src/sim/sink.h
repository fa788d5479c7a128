/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/sink: what a simulation tells of itself, and to whom.
 *
 * A sink is a table of calls; any may be NULL. It is called on the simulation's own thread, in a
 * fixed order: rounds by round number and, within one, by device in file order; then every device's
 * totals in file order; then the run's totals.
 *
 * Layer: sim.
 */
#ifndef CS_SIM_SINK_H
#define CS_SIM_SINK_H

#include "base/names.h"
#include "policy/policy.h"
#include "radio/link.h"
#include "sim/protocol.h"

/* Where a device is when its round starts, by its model of motion and surroundings; the link at
 * that time has, without fading, the SNR P_tx shadowing / (loss N0 B NF). Only where config.places
 * asks for it: else all NAN and -1. */
typedef struct {
    double distance_m;   /* from the access point, on the ground */
    double loss;         /* path loss, a ratio; NAN where both directions follow measurements, */
    double shadowing;    /* as is its gain, a ratio of median 1, */
    gint8 line_of_sight; /* 0 or 1; -1 there and where the path loss knows no such thing */
} CsWhereabouts;

/* One device's round. Times are the simulation clock's; stage times are summed over the epochs, so
 * that Σ stage_ns + wait_ns = end_ns - start_ns exactly. */
typedef struct {
    guint64 replication; /* from 1 */
    guint64 round;       /* from 1 */
    guint device;        /* index, from 0 */
    CsDecision decision;
    CsLinkState uplink; /* at the round's start */
    CsLinkState downlink;
    gint64 stage_ns[CS_STAGE_TOLD_N];
    gint64 wait_ns;
    gint64 start_ns;
    gint64 end_ns;
    double server_energy_j; /* E of Eq. 11 */
    double device_energy_j; /* NAN: not modelled */
    double radio_energy_j;  /* device transmit + AP transmit (+ device receive where given) */
    double cost;            /* U with the scenario's weight and the predicted D */
    CsCorners corners;
    CsWhereabouts at;
} CsRoundRecord;

/* Rounds that do not count, and what was used in them. NAN where nobody leaves and no round ends
 * early; an energy also where it is not modelled. */
typedef struct {
    double rounds;
    double time_s;
    double server_energy_j;
    double device_energy_j;
    double radio_energy_j;
} CsLost;

/*
 * What rounds add up to: those of a device, of a group, of a whole replication or of several. Only
 * rounds that count do; those that do not are in `lost`. The rule for what is absent: a real is NAN
 * where there is nothing of the kind or where some part does not model it, so that a part's absence
 * is the whole's.
 */
typedef struct {
    guint64 rounds; /* of devices, that count */
    double delay_s;
    double wait_s;
    double server_energy_j;
    double device_energy_j;
    double radio_energy_j;
    double cost;
    double cut;
    double frequency_hz;
    guint64 outage_uplink; /* rounds (under coherence = transmission: at the round's start) */
    guint64 outage_downlink;
    guint64 beyond_uplink; /* of those, beyond repetition */
    guint64 beyond_downlink;
    guint64 delay_degenerate;  /* rounds whose corners had D_max <= D_min, */
    guint64 energy_degenerate; /* and E_max <= E_min: worth a word to the user, once */
    CsLost lost;
    double idle_energy_j;   /* up; neither computing nor sending nor receiving; NAN as in CsLost */
    double regret;          /* U(decision) - U(decision with perfect knowledge), both at the true
                             * rates; NAN where knowledge is perfect */
    double blocks;          /* sent, in expectation: cs_link_blocks(); NAN where none is lost */
    double blocks_given_up; /* of them, after all retransmissions; they are sent anew */
} CsSums;

static inline void cs_lost_add(CsLost *lost, const CsLost *other)
{
    lost->rounds += other->rounds;
    lost->time_s += other->time_s;
    lost->server_energy_j += other->server_energy_j;
    lost->device_energy_j += other->device_energy_j;
    lost->radio_energy_j += other->radio_energy_j;
}

/* All that is in `other` on top of what is in `sums`: beside the sums, since a new one is to be
 * added here, too. */
static inline void cs_sums_add(CsSums *sums, const CsSums *other)
{
    sums->rounds += other->rounds;
    sums->delay_s += other->delay_s;
    sums->wait_s += other->wait_s;
    sums->server_energy_j += other->server_energy_j;
    sums->device_energy_j += other->device_energy_j;
    sums->radio_energy_j += other->radio_energy_j;
    sums->cost += other->cost;
    sums->cut += other->cut;
    sums->frequency_hz += other->frequency_hz;
    sums->outage_uplink += other->outage_uplink;
    sums->outage_downlink += other->outage_downlink;
    sums->beyond_uplink += other->beyond_uplink;
    sums->beyond_downlink += other->beyond_downlink;
    sums->delay_degenerate += other->delay_degenerate;
    sums->energy_degenerate += other->energy_degenerate;
    cs_lost_add(&sums->lost, &other->lost);
    sums->idle_energy_j += other->idle_energy_j;
    sums->regret += other->regret;
    sums->blocks += other->blocks;
    sums->blocks_given_up += other->blocks_given_up;
}

/* One device over all rounds of a replication. */
typedef struct {
    guint64 replication;
    guint device;
    CsSums sum;
    double battery_left_j; /* at the end; NAN without a battery */
} CsDeviceTotals;

/* One replication. */
typedef struct {
    guint64 replication;
    guint devices;
    guint64 rounds;    /* of the scenario, the same for every device */
    CsSums sum;        /* over devices */
    double makespan_s; /* clock at the end */
    guint64 events;
    double rounds_completed;     /* sum.rounds; NAN as in CsLost */
    double rounds_failed;        /* fewer than the quorum finished; NAN as in CsLost */
    double devices_empty;        /* of battery; NAN as in CsLost */
    double server_idle_energy_j; /* P_idle (GPUs · makespan - busy time); NAN: not modelled */
} CsTotals;

/* What a training round of all devices has come to when it ends; for who learns from it. */
typedef struct {
    guint64 replication;
    guint64 round; /* from 1 */
    gint64 end_ns;
    const CsSums
        *so_far; /* of the replication, this round included; lost is NAN or 0 without any */
} CsRoundEnd;

/* What has been learned by the end of a round, and what it took. Energies and bits are cumulative,
 * those of lost rounds included; NAN where not modelled. */
typedef struct {
    guint64 replication;
    guint64 round;        /* 0: before the first */
    guint64 participants; /* devices whose rounds count */
    guint64 lost;         /* rounds of devices that were begun and do not */
    gint64 end_ns;
    double server_energy_j;
    double device_energy_j;
    double radio_energy_j;
    double air_bit;
    double train_loss; /* nats a token, the mean over the round's steps; NAN: nobody took part */
    double test_loss;  /* NAN: not looked at in this round */
} CsLossRecord;

/* --- the tables of results -------------------------------------------------------------------- */

/* Their records are CsRoundRecord, CsDeviceTotals, CsTotals and CsLossRecord. */
typedef enum {
    CS_TABLE_ROUNDS,
    CS_TABLE_DEVICES,
    CS_TABLE_TOTALS,
    CS_TABLE_LOSSES,
    CS_TABLE_N
} CsTable;

/* What is said of a table is said here; its columns stand in output/columns. */
typedef struct {
    const char *name;      /* "rounds": in [output] record and in a database */
    const char *file_name; /* "rounds.csv" */
    gsize record_size;
    const char *key[5]; /* the columns that tell its rows apart, in their order; NULL-ended */
} CsTableInfo;

const CsTableInfo *cs_table_info(CsTable table); /* static storage */
/* The table of that name, or CS_TABLE_N; for tests and programs. */
CsTable cs_table_find(const char *name);
/* The table of a CSV file of that name, or CS_TABLE_N. */
CsTable cs_table_of_file(const char *name);

/* A set of 1 << CsTable. */
#define CS_TABLES_ALL ((1u << CS_TABLE_N) - 1)

/* What a scenario may record: a set of 1 << CsTable and, beside the tables, a trace. */
#define CS_RECORD_EVENTS (1u << CS_TABLE_N)
extern const CsName cs_record_names[];

/* A stretch of work, for traces. */
typedef struct {
    guint64 replication;
    guint64 round;
    guint device;
    guint epoch; /* from 1; 0 for adapter transfers */
    CsStage stage;
    guint gpu; /* of a server stage */
    gint64 start_ns;
    gint64 end_ns;
} CsSpan;

typedef struct CsSink CsSink;
struct CsSink {
    void (*round)(CsSink *sink, const CsRoundRecord *record);
    void (*span)(CsSink *sink, const CsSpan *span);
    void (*device)(CsSink *sink, const CsDeviceTotals *totals);
    void (*totals)(CsSink *sink, const CsTotals *totals);
    /* A device's decision, as it is taken: for those who count cuts, and need no memory for the
     * rounds of all devices to do so. */
    void (*decided)(CsSink *sink, guint device, guint cut);
    /* The end of a training round of all devices, behind its records. FALSE: the run ends here. */
    gboolean (*round_end)(CsSink *sink, const CsRoundEnd *end);
    /* Not called by a simulation but by who learns along with it: after the round's records. */
    void (*loss)(CsSink *sink, const CsLossRecord *record);
    /* device() may be called once a group, with the sums over its devices and the first of them. */
    gboolean by_group;
};

#endif
