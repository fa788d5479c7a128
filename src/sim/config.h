/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/config: a scenario as plain values: everything resolved, SI, linear, checked.
 *
 * The scenario reader fills it from text; a test or another program may fill it by hand, starting
 * from cs_config_new() (scenario/defaults.h) and ending with cs_config_prepare().
 *
 * Layer: sim. Calls base, radio, llm, energy, policy; learning, for what is to be learned.
 */
#ifndef CS_SIM_CONFIG_H
#define CS_SIM_CONFIG_H

#include "base/power-law.h"
#include "energy/radio-power.h"
#include "energy/tables.h"
#include "learning/base-model.h"
#include "learning/learner.h"
#include "llm/memory.h"
#include "llm/profile.h"
#include "policy/policy-set.h"
#include "radio/channel-trace.h"
#include "radio/link.h"
#include "radio/mobility.h"
#include "sim/availability.h"
#include "sim/compute-times.h"
#include "sim/protocol.h"

#include <math.h>

/* Devices one after the other; all at once; or clusters one after the other, of devices at once. */
typedef enum { CS_SCHEDULE_SEQUENTIAL, CS_SCHEDULE_PARALLEL, CS_SCHEDULE_CLUSTERS } CsSchedule;
extern const CsName cs_schedule_names[];

/* What a decision knows of the channel. */
typedef enum {
    CS_CSI_PERFECT,
    CS_CSI_DELAYED, /* the rates of so many rounds ago */
    CS_CSI_ERROR    /* the rates at an SNR with a normal error in dB */
} CsCsi;
extern const CsName cs_csi_names[];

/* Who is served where more devices want GPUs than there are. */
typedef enum {
    CS_DISCIPLINE_FIFO,
    CS_DISCIPLINE_SHARING,          /* all at once, each slower */
    CS_DISCIPLINE_LONGEST_REMAINING /* the one with most of its round behind the server's work */
} CsDiscipline;
extern const CsName cs_discipline_names[];

/* Time of computing: FLOPs at cores x FLOPs per cycle, or as measured (energy/roofline.h). */
typedef enum { CS_COMPUTE_NOMINAL, CS_COMPUTE_MEASURED } CsCompute;
extern const CsName cs_compute_names[];

typedef struct {
    double frequency_max_hz;  /* F_max */
    double cores;             /* σ_S */
    double flops_per_cycle;   /* δ_S */
    double power_coefficient; /* ξ, W/Hz³ */
    guint gpus;               /* CS_GPUS_UNLIMITED for no queueing */
    double tx_power_w;        /* the AP's */
    double noise_factor;      /* the AP's, for the uplink; linear */
    CsDiscipline discipline;
    double idle_power_w;             /* of a GPU without work; NAN: not modelled */
    double static_power_w;           /* P0 beside ξ f^p while it works */
    double power_exponent;           /* p */
    double power_knee_hz;            /* K; 0: none */
    CsRates rates;                   /* compute = measured */
    const CsPowerTable *power_table; /* borrowed; in place of the law; NULL: none */
} CsServer;

#define CS_GPUS_UNLIMITED G_MAXUINT
extern const CsName cs_gpus_names[];

/* Most devices of a scenario: their index is an event's priority (des.h). */
#define CS_DEVICES_MAX 10000000u

/*
 * `count` devices that differ only in name and draws. A group that was written with `count` has the
 * names NAME.1 .. NAME.count, one without is the single device NAME.
 */
typedef struct {
    char *name;
    gboolean counted;
    guint count;
    double frequency_hz;                /* f_D */
    double cores;                       /* σ_D */
    double flops_per_cycle;             /* δ_D */
    double power_coefficient;           /* ξ_D in W/Hz³; NAN: computing energy is not modelled */
    double static_power_w;              /* P0 beside ξ f^p while it computes */
    double power_exponent;              /* p */
    double power_knee_hz;               /* K; 0: none */
    CsRates rates;                      /* compute = measured */
    const CsPowerTable *power_table;    /* borrowed; in place of the law; NULL: none */
    double battery_j;                   /* INFINITY: none to run empty */
    double idle_power_w;                /* NAN: not modelled */
    double failure_s;                   /* mean time to failure; INFINITY: never */
    double repair_s;                    /* mean time to repair */
    const CsAvailability *availability; /* borrowed; in place of these two; NULL: none */
    gint64 availability_min_ns, availability_max_ns; /* its time when the simulation begins: fixed,
                                                        or drawn uniformly as the distance is */
    double memory_byte;                              /* INFINITY: cuts are not checked against it */
    double distance_min_m; /* equal to distance_max_m: fixed; else drawn uniformly a device and */
    double distance_max_m; /* replication */
    double tx_power_w;     /* radiated */
    double tx_circuit_power_w; /* drawn besides while it sends; 0: only what is radiated counts */
    double rx_power_w;         /* NAN: not modelled */
    CsRadioPower radio_power;  /* in place of these three where it says so */
    double noise_factor;       /* the device's, for the downlink; linear */
    double height_m;           /* of the antenna; environments of TR 38.901 only */
    CsMobility mobility;       /* its speed is that of the Doppler shift too */
    const CsChannelTrace *trace[CS_DIRECTION_N]; /* borrowed; NULL: modelled */
    char *data; /* path of what it learns from; NULL: as all do. Owned */
    CsRadio radio;

    /* set by cs_config_prepare() */
    guint first;           /* index of the group's first device */
    CsComputeTimes *times; /* of its part; NULL: nominal */
    CsCostTable cost;
    CsRateMap uplink;
    CsRateMap downlink;
} CsDeviceGroup;

/* The learning that the rounds stand for (letter, Eq. 1-6). A simulation takes no notice of it; who
 * listens to it learns along. */
typedef struct {
    const CsBaseModel *network; /* borrowed; NULL: nothing is learned, and nothing below counts */
    char *data;                 /* path of the devices' file; NULL: dialects. Owned */
    char *test_data;            /* path; NULL: of the dialects, or a tenth of the files. Owned */
    char digest[65];            /* SHA-256 of the network and all files, in hexadecimal */
    double skew;                /* α of the dialects over devices; INFINITY: all alike */
    guint samples;              /* |D_m|; 0: all that the files hold */
    guint test_samples;         /* of dialects */
    guint64 test_every;         /* rounds */
    CsUpdate update;
    CsCodec codec;
    guint batch;
    guint sequence_length; /* tokens */
    guint lora_rank;
    double lora_alpha;
    double target_loss; /* nats a token, of the test data; 0: none */
} CsLearning;

typedef struct {
    char *title;
    guint64 rounds;
    guint64 seed;
    CsProtocol protocol;
    CsSchedule schedule;
    double deadline_s;  /* of a round; INFINITY: it waits for all */
    double quorum;      /* share of the devices that a round needs to count, 0..1 */
    guint cluster_size; /* CS_SCHEDULE_CLUSTERS: devices of a cluster, in file order; >= 1 */
    guint local_epochs; /* T */
    double compression; /* φ */
    CsCompute compute;
    CsArchitecture *architecture;
    CsTraining training;
    CsMemorySettings memory_settings;
    CsServer server;
    CsDeviceGroup *groups;
    guint n_groups;
    CsPolicySet *policies; /* a reference, where `policy` is of a set; else NULL: it is built in */
    const CsPolicy *policy;
    CsPolicySettings policy_settings;
    CsCsi csi;
    guint csi_rounds;    /* CS_CSI_DELAYED: >= 1 */
    double csi_error_db; /* CS_CSI_ERROR: standard deviation */
    CsLearning learning;
    gboolean places; /* records of rounds tell where devices are */

    /* set by cs_config_prepare() */
    CsChain chain;       /* the stages of a round */
    gboolean sends_down; /* FALSE: no protocol of the round's sends anything down */
    CsProfile *profile;
    CsComputeTimes *server_times; /* NULL: nominal */
    CsMemory *memory;
    guint n_devices;
} CsConfig;

void cs_config_free(CsConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsConfig, cs_config_free)

/* Appends a single device, all else zero, and returns it; earlier pointers into `groups` go
 * stale. */
CsDeviceGroup *cs_config_append_group(CsConfig *config, const char *name);

#define CS_CONFIG_ERROR (cs_config_error_quark())
GQuark cs_config_error_quark(void);
typedef enum {
    CS_CONFIG_ERROR_SERVER_SLOWER, /* F_min > F_max at some device */
    CS_CONFIG_ERROR_FREQUENCY,     /* policy.frequency outside some device's [F_min, F_max] */
    CS_CONFIG_ERROR_CUT,           /* policy.cut above I */
    CS_CONFIG_ERROR_NO_DEVICES,
    CS_CONFIG_ERROR_CLOCK,    /* the rounds cannot fit the clock */
    CS_CONFIG_ERROR_DEVICES,  /* more than CS_DEVICES_MAX */
    CS_CONFIG_ERROR_SHARING,  /* devices of a cell disagree about it */
    CS_CONFIG_ERROR_FADING,   /* a law of fading that cannot move in time */
    CS_CONFIG_ERROR_DOPPLER,  /* a Gauss-Markov channel at more than one speed */
    CS_CONFIG_ERROR_AREA,     /* a device starts outside its area */
    CS_CONFIG_ERROR_COST,     /* times or energies of a device's rounds are no number */
    CS_CONFIG_ERROR_COMPUTE,  /* measured figures are missing */
    CS_CONFIG_ERROR_LAW,      /* the policy knows only a/f and ξ f³ */
    CS_CONFIG_ERROR_PROTOCOL, /* the head cannot be where it is said to be, or the policy's cut is
                                 not one of the protocol's */
    CS_CONFIG_ERROR_MEMORY    /* a device has no memory for any cut, or for the policy's */
} CsConfigError;

/*
 * Derives profile, cost tables, rate maps and device numbers. On failure *group (may be NULL) is
 * the group at fault, or -1. Once prepared the configuration is immutable and may be shared by
 * simulations on several threads.
 */
gboolean cs_config_prepare(CsConfig *config, gint *group, GError **error);

/* The laws of power at work, of the server and of a group. */
CsPowerLaw cs_server_power(const CsServer *server);
CsPowerLaw cs_group_power(const CsDeviceGroup *group);

/* A group's power at its clock, in W; NAN where it is not known. */
double cs_group_power_w(const CsDeviceGroup *group);

/* What a device's radio takes to send so many bits: `radiated_s` of the whole band's time, and
 * `on_air_s` with the waits in between; to receive them. In J, without what the AP radiates. */
double cs_group_send_j(const CsDeviceGroup *group, double bit, double radiated_s, double on_air_s);
double cs_group_receive_j(const CsDeviceGroup *group, double bit, double on_air_s);

/* The downlink's rate as costs and policies see it: INFINITY where the protocol sends nothing down,
 * so that it takes no time. */
static inline double cs_config_downlink_bps(const CsConfig *config, double rate_bps)
{
    return G_LIKELY(config->sends_down) ? rate_bps : (double)INFINITY;
}

/* TRUE where a device can leave its round; where a round of a device may come to nothing, by that
 * or because rounds end early. */
gboolean cs_config_loses_devices(const CsConfig *config);
gboolean cs_config_loses_rounds(const CsConfig *config);

/* A prepared configuration's rounds take no less: computing alone, each device at its best cut and
 * none lost. */
double cs_config_least_s(const CsConfig *config);

/* The group of device `index` (0 .. n_devices-1), and the device's name. Transfer full. */
const CsDeviceGroup *cs_config_group_of(const CsConfig *config, guint index);
char *cs_config_device_name(const CsConfig *config, guint index);

#endif
