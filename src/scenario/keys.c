/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario/keys: the table of keys. See keys.h. */
#include "scenario/keys.h"

#include "base/number.h"
#include "energy/platform.h"
#include "llm/architecture.h"
#include "radio/retransmission.h"
#include "sim/config.h"

#include <string.h>

#define HZ_MAX CS_FREQUENCY_MAX_HZ
#define SEED_MAX 18446744073709551615.0

#define OPEN TRUE
#define CLOSED FALSE
#define ANY -INFINITY, INFINITY, CLOSED

/* Rows: group, key, kind, dimension, minimum, maximum, minimum open, choices, default, what holds
 * without it, required, example, meaning. */
static const CsKey keys[CS_KEY_N] = {
    [CS_KEY_TITLE] = {"scenario", "title", CS_VALUE_TEXT, CS_DIMENSION_NONE, ANY, NULL, NULL,
                      "the file's name", FALSE, "Five devices and a server",
                      "what the scenario is, in a line"},
    [CS_KEY_EXTENDS] = {"scenario", "extends", CS_VALUE_PATH, CS_DIMENSION_NONE, ANY, NULL, NULL,
                        "nothing", FALSE, "letter.ini",
                        "a scenario file, relative to this one, whose keys hold unless set here"},
    [CS_KEY_ROUNDS] = {"simulation", "rounds", CS_VALUE_WHOLE, CS_DIMENSION_NONE, 1, 1e9, CLOSED,
                       NULL, "100", NULL, FALSE, NULL, "training rounds of a replication"},
    [CS_KEY_SEED] = {"simulation", "seed", CS_VALUE_WHOLE, CS_DIMENSION_NONE, 0, SEED_MAX, CLOSED,
                     NULL, "1", NULL, FALSE, NULL, "seed of all random draws"},
    [CS_KEY_REPLICATIONS] = {"simulation", "replications", CS_VALUE_WHOLE, CS_DIMENSION_NONE, 1,
                             1e6, CLOSED, NULL, "1", NULL, FALSE, NULL,
                             "independent repetitions, from which intervals come"},
    [CS_KEY_PRECISION] = {"simulation", "precision", CS_VALUE_CHOICE_WITH_QUANTITY,
                          CS_DIMENSION_PERCENT, 0, 1, OPEN,
                          "none|delay|server-energy|device-energy|radio-energy|cost|makespan",
                          "none", NULL, FALSE, "delay 2 %",
                          "in sweeps: replications are added, 'replications' at a time, until the "
                          "95 % interval of this metric's mean is this narrow (half-width over "
                          "mean)"},
    [CS_KEY_MAX_REPLICATIONS] = {"simulation", "max-replications", CS_VALUE_WHOLE,
                                 CS_DIMENSION_NONE, 1, 1e6, CLOSED, NULL, "1000", NULL, FALSE, NULL,
                                 "where 'precision' gives up"},
    [CS_KEY_SCHEDULE] = {"simulation", "schedule", CS_VALUE_CHOICE, CS_DIMENSION_NONE, ANY,
                         "sequential|parallel|clusters", "sequential", NULL, FALSE, NULL,
                         "devices one after the other, or all at once with a queue at the server, "
                         "or in clusters one after the other"},
    [CS_KEY_CLUSTER_SIZE] = {"simulation", "cluster-size", CS_VALUE_WHOLE, CS_DIMENSION_NONE, 1,
                             CS_DEVICES_MAX, CLOSED, NULL, "5", NULL, FALSE, NULL,
                             "devices of a cluster, in the order of the file, under schedule = "
                             "clusters"},
    [CS_KEY_DEADLINE] = {"simulation", "deadline", CS_VALUE_QUANTITY, CS_DIMENSION_TIME, 0, 1e9,
                         OPEN, NULL, NULL, "a round waits for all", FALSE, "10 min",
                         "time of a round after which it ends as soon as the quorum has finished; "
                         "what the others have done in it is lost"},
    [CS_KEY_QUORUM] = {"simulation", "quorum", CS_VALUE_QUANTITY, CS_DIMENSION_PERCENT, 0, 1,
                       CLOSED, NULL, "0 %", NULL, FALSE, NULL,
                       "share of the devices that must finish a round for it to count"},
    [CS_KEY_LLM] = {"model", "llm", CS_VALUE_NAME, CS_DIMENSION_NONE, ANY, NULL, "llama-3.2-1b",
                    NULL, FALSE, NULL,
                    "a model's name ('cardsim list models'), or the path of a model file or of a "
                    "Hugging Face config.json"},
    [CS_KEY_LAYERS] = {"model", "layers", CS_VALUE_WHOLE, CS_DIMENSION_NONE, 1, CS_LAYERS_MAX,
                       CLOSED, NULL, NULL, "the model's", FALSE, "32",
                       "number of decoder layers, in place of the model's"},
    [CS_KEY_HEAD] = {"model", "head", CS_VALUE_CHOICE, CS_DIMENSION_NONE, ANY, "server|none",
                     "server", NULL, FALSE, NULL,
                     "whether the output head's work, on the server, counts"},
    [CS_KEY_ATTENTION] = {"model", "attention", CS_VALUE_CHOICE, CS_DIMENSION_NONE, ANY,
                          "full|causal", "full", NULL, FALSE, NULL,
                          "attention FLOPs of all pairs of tokens, or of the causal half"},
    [CS_KEY_MEMORY_CHECK] = {"model", "memory-check", CS_VALUE_BOOLEAN, CS_DIMENSION_NONE, ANY,
                             NULL, "no", NULL, FALSE, NULL,
                             "whether a device's part must fit into its platform's memory, unless "
                             "the device says otherwise"},
    [CS_KEY_LOCAL_EPOCHS] = {"training", "local-epochs", CS_VALUE_WHOLE, CS_DIMENSION_NONE, 1, 1e6,
                             CLOSED, NULL, "5", NULL, FALSE, NULL,
                             "local epochs T of a device's round, one mini-batch each"},
    [CS_KEY_BATCH] = {"training", "batch", CS_VALUE_WHOLE, CS_DIMENSION_NONE, 1, 1e6, CLOSED, NULL,
                      "16", NULL, FALSE, NULL, "sequences in a mini-batch"},
    [CS_KEY_SEQUENCE_LENGTH] = {"training", "sequence-length", CS_VALUE_WHOLE, CS_DIMENSION_NONE, 1,
                                1e7, CLOSED, NULL, "256", NULL, FALSE, NULL,
                                "tokens of a sequence"},
    [CS_KEY_COMPRESSION] = {"training", "compression", CS_VALUE_QUANTITY, CS_DIMENSION_NONE, 0, 1,
                            OPEN, NULL, "0.1", NULL, FALSE, NULL,
                            "ratio of sent to original bits of smashed data and gradients"},
    [CS_KEY_ACTIVATION_PRECISION] = {"training", "activation-precision", CS_VALUE_QUANTITY,
                                     CS_DIMENSION_SIZE, 1, 64, CLOSED, NULL, "16 bit", NULL, FALSE,
                                     NULL,
                                     "size of an element of the smashed data, and of the "
                                     "activations that a device keeps in memory"},
    [CS_KEY_ADAPTER_PRECISION] = {"training", "adapter-precision", CS_VALUE_QUANTITY,
                                  CS_DIMENSION_SIZE, 1, 64, CLOSED, NULL, "32 bit", NULL, FALSE,
                                  NULL, "size of an adapter parameter"},
    [CS_KEY_LORA_RANK] = {"training", "lora-rank", CS_VALUE_WHOLE, CS_DIMENSION_NONE, 0, 65536,
                          CLOSED, NULL, "8", NULL, FALSE, NULL,
                          "rank r of the LoRA adapters; 0 for none"},
    [CS_KEY_LORA_TARGETS] = {"training", "lora-targets", CS_VALUE_SET, CS_DIMENSION_NONE, ANY,
                             "q|k|v|o|gate|up|down|all", "all", NULL, FALSE, NULL,
                             "projections with an adapter, joined by '+'"},
    [CS_KEY_WEIGHT_PRECISION] = {"training", "weight-precision", CS_VALUE_QUANTITY,
                                 CS_DIMENSION_SIZE, 1, 64, CLOSED, NULL, "16 bit", NULL, FALSE,
                                 NULL, "size of a frozen weight in a device's memory"},
    [CS_KEY_OPTIMIZER] = {"training", "optimizer", CS_VALUE_CHOICE, CS_DIMENSION_NONE, ANY,
                          "adam|sgd|none", "adam", NULL, FALSE, NULL,
                          "states a device keeps for an adapter parameter: two moments, a "
                          "momentum, or none"},
    [CS_KEY_OPTIMIZER_PRECISION] = {"training", "optimizer-precision", CS_VALUE_QUANTITY,
                                    CS_DIMENSION_SIZE, 1, 64, CLOSED, NULL, "32 bit", NULL, FALSE,
                                    NULL, "size of an element of an optimizer's state"},
    [CS_KEY_ACTIVATION_CHECKPOINTING] = {"training", "activation-checkpointing", CS_VALUE_CHOICE,
                                         CS_DIMENSION_NONE, ANY, "none|selective|full", "none",
                                         NULL, FALSE, NULL,
                                         "activations that are not kept in a device's memory: "
                                         "none, the attention's matrix, or all but a layer's "
                                         "input; its work is not counted"},
    [CS_KEY_SERVER_PLATFORM] = {"server", "platform", CS_VALUE_NAME, CS_DIMENSION_NONE, ANY, NULL,
                                NULL, "none", FALSE, "rtx-4090",
                                "the server's GPU ('cardsim list platforms'): gives the four keys "
                                "below"},
    [CS_KEY_SERVER_FREQUENCY_MAX] = {"server", "frequency-max", CS_VALUE_QUANTITY,
                                     CS_DIMENSION_FREQUENCY, 0, HZ_MAX, OPEN, NULL, "2.46 GHz",
                                     "the platform's", FALSE, NULL,
                                     "highest GPU frequency of the server, F_max"},
    [CS_KEY_SERVER_CORES] = {"server", "cores", CS_VALUE_WHOLE, CS_DIMENSION_NONE, 1, CS_CORES_MAX,
                             CLOSED, NULL, "3072", "the platform's", FALSE, NULL,
                             "GPU cores of the server"},
    [CS_KEY_SERVER_FLOPS_PER_CYCLE] = {"server", "flops-per-cycle", CS_VALUE_QUANTITY,
                                       CS_DIMENSION_NONE, 0, CS_FLOPS_PER_CYCLE_MAX, OPEN, NULL,
                                       "2", "the platform's", FALSE, NULL,
                                       "FLOPs of a core in a cycle"},
    [CS_KEY_SERVER_POWER_COEFFICIENT] = {"server", "power-coefficient", CS_VALUE_QUANTITY,
                                         CS_DIMENSION_POWER_COEFFICIENT, 0, 1, OPEN, NULL,
                                         "1e-25 W/Hz^3", "the platform's TDP / frequency^3", FALSE,
                                         NULL, "xi of the power xi f^3 that the GPU draws"},
    [CS_KEY_SERVER_GPUS] = {"server", "gpus", CS_VALUE_CHOICE_OR_WHOLE, CS_DIMENSION_NONE, 1, 1e6,
                            CLOSED, "unlimited", "1", NULL, FALSE, NULL,
                            "GPUs of the server, each as above; matters where devices work at "
                            "once"},
    [CS_KEY_SERVER_DISCIPLINE] = {"server", "discipline", CS_VALUE_CHOICE, CS_DIMENSION_NONE, ANY,
                                  "fifo|processor-sharing|longest-remaining-device-first", "fifo",
                                  NULL, FALSE, NULL,
                                  "whom the GPUs serve where more devices want them than there "
                                  "are; each job at its device's frequency"},
    [CS_KEY_SERVER_IDLE_POWER] = {"server", "idle-power", CS_VALUE_QUANTITY, CS_DIMENSION_POWER, 0,
                                  1e6, CLOSED, NULL, NULL, "idle energy is not modelled", FALSE,
                                  "30 W",
                                  "power of a GPU that has no work; its energy is a total of its "
                                  "own"},
    [CS_KEY_SERVER_TX_POWER] = {"server", "tx-power", CS_VALUE_QUANTITY, CS_DIMENSION_POWER, 0, 1e4,
                                OPEN, NULL, "30 dBm", NULL, FALSE, NULL,
                                "power the access point sends with"},
    [CS_KEY_SERVER_NOISE_FIGURE] = {"server", "noise-figure", CS_VALUE_QUANTITY,
                                    CS_DIMENSION_RATIO_DB, 1, 1e10, CLOSED, NULL, "5 dB", NULL,
                                    FALSE, NULL, "of the access point, for the uplink"},
    [CS_KEY_CARRIER] = {"radio", "carrier", CS_VALUE_QUANTITY, CS_DIMENSION_FREQUENCY, 0, HZ_MAX,
                        OPEN, NULL, "3.5 GHz", NULL, FALSE, NULL, "carrier frequency"},
    [CS_KEY_BANDWIDTH] = {"radio", "bandwidth", CS_VALUE_QUANTITY, CS_DIMENSION_FREQUENCY, 0,
                          HZ_MAX, OPEN, NULL, "50 MHz", NULL, FALSE, NULL,
                          "bandwidth each way: of a device, or of the cell where it is shared"},
    [CS_KEY_SHARING] = {"radio", "sharing", CS_VALUE_CHOICE, CS_DIMENSION_NONE, ANY,
                        "dedicated|equal|proportional-fair", "dedicated", NULL, FALSE, NULL,
                        "whether each transfer has the bandwidth to itself, or all under way in a "
                        "direction share it"},
    [CS_KEY_PATH_LOSS] = {"radio", "path-loss", CS_VALUE_CHOICE, CS_DIMENSION_NONE, ANY,
                          "log-distance|umi|uma|inh-mixed|inh-open", "log-distance", NULL, FALSE,
                          NULL,
                          "law of the path loss: by exponent, or an environment of TR 38.901: "
                          "street canyon, urban macro, mixed or open office"},
    [CS_KEY_PATH_LOSS_EXPONENT] = {"radio", "path-loss-exponent", CS_VALUE_QUANTITY,
                                   CS_DIMENSION_NONE, 0, 20, CLOSED, NULL, "4", NULL, FALSE, NULL,
                                   "alpha of the log-distance path loss"},
    [CS_KEY_REFERENCE_DISTANCE] = {"radio", "reference-distance", CS_VALUE_QUANTITY,
                                   CS_DIMENSION_LENGTH, 0, 1e6, OPEN, NULL, "1 m", NULL, FALSE,
                                   NULL, "distance d0 up to which the loss is the reference loss"},
    [CS_KEY_REFERENCE_LOSS] = {"radio", "reference-loss", CS_VALUE_CHOICE_OR_QUANTITY,
                               CS_DIMENSION_RATIO_DB, 1, 1e30, CLOSED, "free-space", "free-space",
                               NULL, FALSE, NULL, "path loss at the reference distance"},
    [CS_KEY_LINE_OF_SIGHT] = {"radio", "line-of-sight", CS_VALUE_CHOICE, CS_DIMENSION_NONE, ANY,
                              "probability|always|never", "probability", NULL, FALSE, NULL,
                              "whether an environment's line of sight is drawn, given or never "
                              "there"},
    [CS_KEY_AP_HEIGHT] = {"radio", "ap-height", CS_VALUE_QUANTITY, CS_DIMENSION_LENGTH, 0, 1000,
                          OPEN, NULL, NULL,
                          "the environment's: umi 10 m, uma 25 m, inh-mixed and inh-open 3 m",
                          FALSE, "10 m", "height of the access point's antenna, in an environment"},
    [CS_KEY_SHADOWING] = {"radio", "shadowing", CS_VALUE_QUANTITY, CS_DIMENSION_SPREAD_DB, 0, 50,
                          CLOSED, NULL, NULL, "0 dB under log-distance; the environment's else",
                          FALSE, "8 dB",
                          "standard deviation of log-normal shadowing, drawn once a device and "
                          "replication, or along the path of a device that moves"},
    [CS_KEY_SHADOWING_DISTANCE] = {"radio", "shadowing-distance", CS_VALUE_QUANTITY,
                                   CS_DIMENSION_LENGTH, 0.01, 1e6, CLOSED, NULL, NULL,
                                   "10 m under log-distance; the environment's else", FALSE, "20 m",
                                   "path over which the correlation of shadowing falls to 1/e"},
    [CS_KEY_FADING] = {"radio", "fading", CS_VALUE_CHOICE, CS_DIMENSION_NONE, ANY,
                       "none|rayleigh|rician|nakagami", "rayleigh", NULL, FALSE, NULL,
                       "small-scale fading"},
    [CS_KEY_RICIAN_K] = {"radio", "rician-k", CS_VALUE_QUANTITY, CS_DIMENSION_RATIO_DB, 1e-10, 1e10,
                         CLOSED, NULL, "6 dB", NULL, FALSE, NULL,
                         "line-of-sight to scattered power, under fading = rician"},
    [CS_KEY_NAKAGAMI_M] = {"radio", "nakagami-m", CS_VALUE_QUANTITY, CS_DIMENSION_NONE, 0.5, 1000,
                           CLOSED, NULL, "2", NULL, FALSE, NULL,
                           "shape m, under fading = nakagami"},
    [CS_KEY_COHERENCE] = {"radio", "coherence", CS_VALUE_CHOICE_OR_QUANTITY, CS_DIMENSION_TIME,
                          1e-6, 1e6, CLOSED, "round|transmission", "round", NULL, FALSE, NULL,
                          "how long one draw of fading lasts; with a time, the rate changes during "
                          "a transfer"},
    [CS_KEY_DOPPLER] = {"radio", "doppler", CS_VALUE_CHOICE, CS_DIMENSION_NONE, ANY,
                        "gauss-markov|jakes", "jakes", NULL, FALSE, NULL,
                        "how fading moves from one coherence time to the next"},
    [CS_KEY_RECIPROCAL] = {"radio", "reciprocal", CS_VALUE_BOOLEAN, CS_DIMENSION_NONE, ANY, NULL,
                           "no", NULL, FALSE, NULL,
                           "whether one draw of fading serves uplink and downlink"},
    [CS_KEY_CQI_TABLE] = {"radio", "cqi-table", CS_VALUE_CHOICE, CS_DIMENSION_NONE, ANY, "1|2|3|4",
                          "1", NULL, FALSE, NULL,
                          "CQI table of TS 38.214: 64QAM, 256QAM, low efficiency, 1024QAM"},
    [CS_KEY_THRESHOLDS] = {"radio", "thresholds", CS_VALUE_NAME, CS_DIMENSION_NONE, ANY, NULL, NULL,
                           "the CQI table's: nr-awgn for 1, nr-example-256qam for 2", FALSE,
                           "nr-awgn",
                           "SNR thresholds of the CQIs: a set's name or a CSV file (cqi,snr_db)"},
    [CS_KEY_RATE] = {"radio", "rate", CS_VALUE_CHOICE, CS_DIMENSION_NONE, ANY,
                     "cqi|mcs|gap|shannon", "cqi", NULL, FALSE, NULL,
                     "rule that turns an SNR into a rate"},
    [CS_KEY_OUTAGE] = {"radio", "outage", CS_VALUE_CHOICE, CS_DIMENSION_NONE, ANY, "repeat|floor",
                       "repeat", NULL, FALSE, NULL,
                       "below CQI 1: its format repeated, or its rate kept"},
    [CS_KEY_MAX_REPETITIONS] = {"radio", "max-repetitions", CS_VALUE_WHOLE, CS_DIMENSION_NONE, 1,
                                65536, CLOSED, NULL, "32", NULL, FALSE, NULL,
                                "most repetitions, under outage = repeat"},
    [CS_KEY_NOISE_DENSITY] = {"radio", "noise-density", CS_VALUE_QUANTITY,
                              CS_DIMENSION_POWER_DENSITY, 0, 1e-3, OPEN, NULL, "-174 dBm/Hz", NULL,
                              FALSE, NULL, "density of thermal noise"},
    [CS_KEY_BLOCK_ERROR_RATE] = {"radio", "block-error-rate", CS_VALUE_QUANTITY,
                                 CS_DIMENSION_PERCENT, 0, 0.99, CLOSED, NULL, "0 %", NULL, FALSE,
                                 NULL, "share of the blocks that a transmission loses"},
    [CS_KEY_ERROR_CURVES] = {"radio", "error-curves", CS_VALUE_NAME, CS_DIMENSION_NONE, ANY, NULL,
                             NULL, "'block-error-rate' holds at any SNR", FALSE, "curves.csv",
                             "block error rate by MCS and SNR: a CSV file (mcs,snr_db,bler)"},
    [CS_KEY_COMBINING] = {"radio", "combining", CS_VALUE_CHOICE, CS_DIMENSION_NONE, ANY,
                          "none|chase", "none", NULL, FALSE, NULL,
                          "under error-curves: whether a block's transmissions add up their SNR"},
    [CS_KEY_RETRANSMISSIONS] = {"radio", "retransmissions", CS_VALUE_WHOLE, CS_DIMENSION_NONE, 0,
                                CS_RETRANSMISSIONS_MAX, CLOSED, NULL, "3", NULL, FALSE, NULL,
                                "of a lost block, before a higher layer sends it anew"},
    [CS_KEY_BLOCK_SIZE] = {"radio", "block-size", CS_VALUE_QUANTITY, CS_DIMENSION_SIZE, 1, 1e9,
                           CLOSED, NULL, "100 kbit", NULL, FALSE, NULL,
                           "size of a block (of NR a transport block): under a round-trip time, "
                           "and to count those given up"},
    [CS_KEY_ROUND_TRIP_TIME] = {"radio", "round-trip-time", CS_VALUE_QUANTITY, CS_DIMENSION_TIME, 0,
                                60, CLOSED, NULL, "0 s", NULL, FALSE, NULL,
                                "from a block's end to its acknowledgement"},
    [CS_KEY_PROCESSES] = {"radio", "processes", CS_VALUE_WHOLE, CS_DIMENSION_NONE, 1, 65536, CLOSED,
                          NULL, "16", NULL, FALSE, NULL,
                          "blocks that may wait for their acknowledgement at a time"},
    [CS_KEY_TRANSFER_LIMIT] = {"radio", "transfer-limit", CS_VALUE_QUANTITY, CS_DIMENSION_TIME, 0,
                               1e9, OPEN, NULL, NULL,
                               "none; an error after 10 days of a link that "
                               "changes",
                               FALSE, "5 min",
                               "how long a transfer may take: it is given up then, and its round "
                               "is lost to the device"},
    [CS_KEY_DEVICE_INHERITS] = {"device", "inherits", CS_VALUE_NAME, CS_DIMENSION_NONE, ANY, NULL,
                                NULL, "nothing", FALSE, "phone",
                                "another device, whose keys but count hold unless set here"},
    [CS_KEY_DEVICE_COUNT] = {"device", "count", CS_VALUE_WHOLE, CS_DIMENSION_NONE, 0,
                             CS_DEVICES_MAX, CLOSED, NULL, NULL, "one device, called NAME", FALSE,
                             "100",
                             "makes devices NAME.1, NAME.2, ...; 0: a template to inherit from"},
    [CS_KEY_DEVICE_PLATFORM] = {"device", "platform", CS_VALUE_NAME, CS_DIMENSION_NONE, ANY, NULL,
                                NULL, "none", FALSE, "jetson-agx-orin-64gb",
                                "the device's GPU ('cardsim list platforms'): gives the four keys "
                                "below"},
    [CS_KEY_DEVICE_FREQUENCY] = {"device", "frequency", CS_VALUE_QUANTITY, CS_DIMENSION_FREQUENCY,
                                 0, HZ_MAX, OPEN, NULL, NULL, "the platform's maximum", TRUE,
                                 "1.3 GHz", "GPU frequency of the device"},
    [CS_KEY_DEVICE_CORES] = {"device", "cores", CS_VALUE_WHOLE, CS_DIMENSION_NONE, 1, CS_CORES_MAX,
                             CLOSED, NULL, NULL, "the platform's", TRUE, "2048",
                             "GPU cores of the device"},
    [CS_KEY_DEVICE_FLOPS_PER_CYCLE] = {"device", "flops-per-cycle", CS_VALUE_QUANTITY,
                                       CS_DIMENSION_NONE, 0, CS_FLOPS_PER_CYCLE_MAX, OPEN, NULL,
                                       "2", "the platform's", FALSE, NULL,
                                       "FLOPs of a core in a cycle"},
    [CS_KEY_DEVICE_POWER_COEFFICIENT] = {"device", "power-coefficient", CS_VALUE_QUANTITY,
                                         CS_DIMENSION_POWER_COEFFICIENT, 0, 1, OPEN, NULL, NULL,
                                         "the platform's TDP / frequency^3; else the device's "
                                         "computing energy is not modelled",
                                         FALSE, "1e-26 W/Hz^3",
                                         "xi of the power xi f^3 that the device's GPU draws"},
    [CS_KEY_DEVICE_MEMORY] = {"device", "memory", CS_VALUE_CHOICE_OR_QUANTITY, CS_DIMENSION_SIZE, 0,
                              CS_MEMORY_MAX_BIT, OPEN, "unlimited|platform", NULL,
                              "unlimited; the platform's under memory-check = yes", FALSE, "8 GB",
                              "memory into which the device's part must fit: cuts that need more "
                              "are not taken by any policy"},
    [CS_KEY_DEVICE_BATTERY] = {"device", "battery", CS_VALUE_QUANTITY, CS_DIMENSION_ENERGY, 0, 1e12,
                               OPEN, NULL, NULL, "none that could run empty", FALSE, "10 Wh",
                               "energy of a full battery; a device leaves for good when it is "
                               "empty"},
    [CS_KEY_DEVICE_IDLE_POWER] = {"device", "idle-power", CS_VALUE_QUANTITY, CS_DIMENSION_POWER, 0,
                                  1e4, CLOSED, NULL, NULL, "idle energy is not modelled", FALSE,
                                  "2 W",
                                  "power of a device that is up and neither computes nor sends "
                                  "nor receives"},
    [CS_KEY_DEVICE_TIME_TO_FAILURE] = {"device", "time-to-failure", CS_VALUE_QUANTITY,
                                       CS_DIMENSION_TIME, 0, 1e9, OPEN, NULL, NULL,
                                       "it never fails", FALSE, "2 h",
                                       "mean time until a device fails, exponential"},
    [CS_KEY_DEVICE_REPAIR_TIME] = {"device", "repair-time", CS_VALUE_QUANTITY, CS_DIMENSION_TIME, 0,
                                   1e9, OPEN, NULL, NULL, "it stays away", FALSE, "5 min",
                                   "mean time until a failed device is back, exponential"},
    [CS_KEY_DEVICE_AVAILABILITY] = {"device", "availability", CS_VALUE_NAME, CS_DIMENSION_NONE, ANY,
                                    NULL, NULL, "failures are drawn, if there are any", FALSE,
                                    "outages.csv",
                                    "a CSV file of when the device is there, in place of "
                                    "time-to-failure and repair-time"},
    [CS_KEY_DEVICE_AVAILABILITY_KIND] = {"device", "availability-kind", CS_VALUE_CHOICE,
                                         CS_DIMENSION_NONE, ANY, "states|up|down", "states", NULL,
                                         FALSE, NULL,
                                         "what a row of it says: a time and the state from then "
                                         "on, or an interval in which the device is there (up) or "
                                         "away (down)"},
    [CS_KEY_DEVICE_AVAILABILITY_TIME] = {"device", "availability-time", CS_VALUE_NAME,
                                         CS_DIMENSION_NONE, ANY, NULL, NULL,
                                         "'time'; of intervals 'start'", FALSE, "t",
                                         "its column of time, of intervals that of their start"},
    [CS_KEY_DEVICE_AVAILABILITY_UNTIL] = {"device", "availability-until", CS_VALUE_NAME,
                                          CS_DIMENSION_NONE, ANY, NULL, "end", NULL, FALSE, NULL,
                                          "its column of the end of intervals"},
    [CS_KEY_DEVICE_AVAILABILITY_STATE] = {"device", "availability-state", CS_VALUE_NAME,
                                          CS_DIMENSION_NONE, ANY, NULL, "state", NULL, FALSE, NULL,
                                          "its column of states: up and down, or 1 and 0"},
    [CS_KEY_DEVICE_AVAILABILITY_TIME_UNIT] = {"device", "availability-time-unit", CS_VALUE_CHOICE,
                                              CS_DIMENSION_NONE, ANY, "s|ms|us|date", "s", NULL,
                                              FALSE, NULL,
                                              "how its time is written, as 'trace-time-unit'; "
                                              "dates count from the first row"},
    [CS_KEY_DEVICE_AVAILABILITY_START] = {"device", "availability-start", CS_VALUE_RANGE,
                                          CS_DIMENSION_TIME, 0, 3e9, CLOSED, NULL, "0 s", NULL,
                                          FALSE, NULL,
                                          "its time when the simulation begins; 'a .. b' is drawn "
                                          "once a device and replication"},
    [CS_KEY_DEVICE_AVAILABILITY_END] = {"device", "availability-end", CS_VALUE_CHOICE,
                                        CS_DIMENSION_NONE, ANY, "hold|loop|stop", "hold", NULL,
                                        FALSE, NULL,
                                        "behind its last time: the state stays, time 0 comes "
                                        "again, or the device is away for good"},
    [CS_KEY_DEVICE_DISTANCE] = {"device", "distance", CS_VALUE_RANGE, CS_DIMENSION_LENGTH, 0, 1e7,
                                OPEN, NULL, NULL, NULL, TRUE, "10 m",
                                "to the access point; 'a .. b' is drawn once a device and "
                                "replication"},
    [CS_KEY_DEVICE_TX_POWER] = {"device", "tx-power", CS_VALUE_QUANTITY, CS_DIMENSION_POWER, 0, 1e4,
                                OPEN, NULL, "23 dBm", NULL, FALSE, NULL,
                                "power the device sends with, radiated"},
    [CS_KEY_DEVICE_TX_CIRCUIT_POWER] = {"device", "tx-circuit-power", CS_VALUE_QUANTITY,
                                        CS_DIMENSION_POWER, 0, 1e4, CLOSED, NULL, NULL,
                                        "the platform's; else sending costs what is radiated",
                                        FALSE, "2 W",
                                        "power the device's radio draws while it sends, on top of "
                                        "what it radiates"},
    [CS_KEY_DEVICE_RX_POWER] = {"device", "rx-power", CS_VALUE_QUANTITY, CS_DIMENSION_POWER, 0, 1e4,
                                OPEN, NULL, NULL,
                                "the platform's; else receiving energy is not modelled", FALSE,
                                "1 W", "power the device draws to receive"},
    [CS_KEY_DEVICE_NOISE_FIGURE] = {"device", "noise-figure", CS_VALUE_QUANTITY,
                                    CS_DIMENSION_RATIO_DB, 1, 1e10, CLOSED, NULL, "9 dB", NULL,
                                    FALSE, NULL, "of the device, for the downlink"},
    [CS_KEY_DEVICE_HEIGHT] = {"device", "height", CS_VALUE_QUANTITY, CS_DIMENSION_LENGTH, 0, 1000,
                              OPEN, NULL, "1.5 m", NULL, FALSE, NULL,
                              "of the device's antenna, in an environment"},
    [CS_KEY_DEVICE_SPEED] = {"device", "speed", CS_VALUE_RANGE, CS_DIMENSION_SPEED, 0, 1e4, CLOSED,
                             NULL, "1 m/s", NULL, FALSE, NULL,
                             "of the device, where it moves, and of its Doppler shift, where the "
                             "coherence is a time; 'a .. b' is drawn once a device and "
                             "replication, under random-waypoint on each leg"},
    [CS_KEY_DEVICE_MOBILITY] = {"device", "mobility", CS_VALUE_CHOICE, CS_DIMENSION_NONE, ANY,
                                "static|linear|random-waypoint", "static", NULL, FALSE, NULL,
                                "how the device moves"},
    [CS_KEY_DEVICE_DIRECTION] = {"device", "direction", CS_VALUE_QUANTITY, CS_DIMENSION_ANGLE, -360,
                                 360, CLOSED, NULL, "0 deg", NULL, FALSE, NULL,
                                 "under linear: 0 deg leads away from the access point, 180 deg "
                                 "towards it"},
    [CS_KEY_DEVICE_AREA_RADIUS] = {"device", "area-radius", CS_VALUE_QUANTITY, CS_DIMENSION_LENGTH,
                                   0.1, 1e7, CLOSED, NULL, "100 m", NULL, FALSE, NULL,
                                   "under random-waypoint: of the disc around the access point "
                                   "that holds the waypoints"},
    [CS_KEY_DEVICE_PAUSE] = {"device", "pause", CS_VALUE_QUANTITY, CS_DIMENSION_TIME, 0, 1e9,
                             CLOSED, NULL, "0 s", NULL, FALSE, NULL,
                             "under random-waypoint: rest at each waypoint"},
    [CS_KEY_DEVICE_TRACE] = {"device", "trace", CS_VALUE_NAME, CS_DIMENSION_NONE, ANY, NULL, NULL,
                             "the link is modelled", FALSE, "walk.csv",
                             "a CSV file with the link as measured, in place of the model"},
    [CS_KEY_DEVICE_TRACE_KIND] = {"device", "trace-kind", CS_VALUE_CHOICE, CS_DIMENSION_NONE, ANY,
                                  "cqi|snr|rate", "cqi", NULL, FALSE, NULL,
                                  "what the trace holds; an SNR is in dB"},
    [CS_KEY_DEVICE_TRACE_TIME] = {"device", "trace-time", CS_VALUE_NAME, CS_DIMENSION_NONE, ANY,
                                  NULL, "time", NULL, FALSE, NULL, "the trace's column of time"},
    [CS_KEY_DEVICE_TRACE_TIME_UNIT] = {"device", "trace-time-unit", CS_VALUE_CHOICE,
                                       CS_DIMENSION_NONE, ANY, "s|ms|us|date", "s", NULL, FALSE,
                                       NULL,
                                       "how time is written; 'date' is 2020-02-14T13:21:26.5, with "
                                       "any separators"},
    [CS_KEY_DEVICE_TRACE_VALUE] = {"device", "trace-value", CS_VALUE_NAME, CS_DIMENSION_NONE, ANY,
                                   NULL, NULL, "'trace-kind': cqi, snr or rate", FALSE, "CQI",
                                   "the trace's column of values, for both directions"},
    [CS_KEY_DEVICE_TRACE_UPLINK_VALUE] = {"device", "trace-uplink-value", CS_VALUE_NAME,
                                          CS_DIMENSION_NONE, ANY, NULL, NULL, "'trace-value'",
                                          FALSE, "UL_bitrate",
                                          "the column of the uplink; 'none': it is modelled"},
    [CS_KEY_DEVICE_TRACE_DOWNLINK_VALUE] = {"device", "trace-downlink-value", CS_VALUE_NAME,
                                            CS_DIMENSION_NONE, ANY, NULL, NULL, "'trace-value'",
                                            FALSE, "DL_bitrate",
                                            "the column of the downlink; 'none': it is modelled"},
    [CS_KEY_DEVICE_TRACE_UNIT] = {"device", "trace-unit", CS_VALUE_CHOICE, CS_DIMENSION_NONE, ANY,
                                  "bit/s|kbit/s|Mbit/s|Gbit/s", "bit/s", NULL, FALSE, NULL,
                                  "unit of a rate"},
    [CS_KEY_DEVICE_TRACE_END] = {"device", "trace-end", CS_VALUE_CHOICE, CS_DIMENSION_NONE, ANY,
                                 "hold|loop|stop", "loop", NULL, FALSE, NULL,
                                 "behind the last row: its value stays, the trace begins again, or "
                                 "sending is an error"},
    [CS_KEY_POLICY] = {"policy", "name", CS_VALUE_NAME, CS_DIMENSION_NONE, ANY, NULL, "card", NULL,
                       FALSE, NULL,
                       "who chooses cut layer and frequency ('cardsim list policies')"},
    [CS_KEY_WEIGHT] = {"policy", "weight", CS_VALUE_QUANTITY, CS_DIMENSION_NONE, 0, 1, CLOSED, NULL,
                       "0.2", NULL, FALSE, NULL,
                       "w of the cost: 1 counts delay only, 0 energy only"},
    [CS_KEY_FREQUENCY] = {"policy", "frequency", CS_VALUE_CHOICE_OR_QUANTITY,
                          CS_DIMENSION_FREQUENCY, 0, HZ_MAX, OPEN, "card|max|min", "card", NULL,
                          FALSE, NULL,
                          "the server's frequency under policies that do not choose it"},
    [CS_KEY_CUT] = {"policy", "cut", CS_VALUE_WHOLE, CS_DIMENSION_NONE, 0, CS_LAYERS_MAX, CLOSED,
                    NULL, NULL, "required by the policy 'static'", FALSE, "16",
                    "the cut layer under the policy 'static'"},
    [CS_KEY_DELAY_LIMIT] = {"policy", "delay-limit", CS_VALUE_QUANTITY, CS_DIMENSION_TIME, 0, 1e9,
                            OPEN, NULL, NULL, "required by the policy 'card-deadline'", FALSE,
                            "30 s",
                            "longest predicted delay of a round, under the policy 'card-deadline'"},
    [CS_KEY_ENERGY_BUDGET] = {"policy", "energy-budget", CS_VALUE_QUANTITY, CS_DIMENSION_ENERGY, 0,
                              1e15, OPEN, NULL, NULL, "required by the policy 'open'", FALSE,
                              "500 J",
                              "mean server energy of a device's round, under the policy 'open'"},
    [CS_KEY_TRADEOFF] = {"policy", "tradeoff", CS_VALUE_QUANTITY, CS_DIMENSION_NONE, 0, 1e18, OPEN,
                         NULL, "1e6", NULL, FALSE, NULL,
                         "V of the policy 'open' in J^2/s: the larger, the less delay and the "
                         "longer until the budget is kept"},
    [CS_KEY_CSI] = {"policy", "csi", CS_VALUE_CSI, CS_DIMENSION_SPREAD_DB, 0, 50, CLOSED,
                    "perfect|delayed|error", "perfect", NULL, FALSE, NULL,
                    "what a decision knows of the channel: all, the rates of some rounds ago, or "
                    "rates at an SNR with a normal error of this standard deviation"},
    [CS_KEY_SWEEP_ZIP] = {"sweep", "zip", CS_VALUE_TEXT, CS_DIMENSION_NONE, ANY, NULL, NULL,
                          "all combinations", FALSE, "radio.bandwidth + radio.carrier",
                          "axes that advance together"},
    [CS_KEY_SWEEP_WHERE] = {"sweep", "where", CS_VALUE_TEXT, CS_DIMENSION_NONE, ANY, NULL, NULL,
                            "all combinations", FALSE, "radio.path-loss-exponent >= 4",
                            "which combinations are run"},
    [CS_KEY_RECORD] = {"output", "record", CS_VALUE_SET, CS_DIMENSION_NONE, ANY,
                       "rounds|devices|totals|events", "rounds+devices+totals", NULL, FALSE, NULL,
                       "tables to write, joined by '+'"},
};

static const char *const groups[] = {"scenario", "simulation", "model",  "training",
                                     "server",   "radio",      "device", "policy",
                                     "sweep",    "output",     NULL};

const CsKey *cs_keys(guint *n)
{
    *n = CS_KEY_N;
    return keys;
}

const CsKey *cs_key(CsKeyIndex index)
{
    g_assert(index < CS_KEY_N);
    return &keys[index];
}

const char *const *cs_key_groups(void)
{
    return groups;
}

const CsKey *cs_key_find(const char *group, const char *key)
{
    gboolean device = strcmp(group, "device") == 0;
    for (guint i = 0; i < CS_KEY_N; i++)
        if (strcmp(keys[i].key, key) == 0 &&
            (strcmp(keys[i].group, group) == 0 || (device && strcmp(keys[i].group, "radio") == 0)))
            return &keys[i];
    return NULL;
}

static char *limit_text(const CsKey *key, double limit)
{
    if (key->kind == CS_VALUE_WHOLE && limit >= SEED_MAX) /* which no double holds exactly */
        return g_strdup_printf("%" G_GUINT64_FORMAT, G_MAXUINT64);
    if (key->dimension == CS_DIMENSION_POWER && limit == 0) /* which is not 0 dBm */
        return g_strdup("0 W");
    if (key->dimension == CS_DIMENSION_TIME && limit >= 1e6) /* rather than "1e+15 us" */
        return g_strdup_printf("%g s", limit);
    if (key->dimension == CS_DIMENSION_ENERGY && limit >= 1e6)
        return g_strdup_printf("%g J", limit);
    return cs_quantity_format(limit, key->dimension);
}

static char *range_text(const CsKey *key)
{
    g_autofree char *high = limit_text(key, key->maximum);
    if (key->minimum_open)
        return g_strdup_printf("above 0%s, at most %s",
                               key->dimension == CS_DIMENSION_POWER ? " W" : "", high);
    g_autofree char *low = limit_text(key, key->minimum);
    return g_strdup_printf("%s .. %s", low, high);
}

static char *choices_text(const CsKey *key)
{
    g_auto(GStrv) words = g_strsplit(key->choices, "|", -1);
    return g_strjoinv(key->kind == CS_VALUE_SET ? " + " : " | ", words);
}

char *cs_key_values(const CsKey *key)
{
    switch (key->kind) {
    case CS_VALUE_TEXT:
        return g_strdup("text");
    case CS_VALUE_NAME:
        return g_strdup("a name");
    case CS_VALUE_PATH:
        return g_strdup("a path");
    case CS_VALUE_BOOLEAN:
        return g_strdup("yes | no");
    case CS_VALUE_CHOICE:
    case CS_VALUE_SET:
        return choices_text(key);
    case CS_VALUE_CHOICE_OR_QUANTITY:
    case CS_VALUE_CHOICE_OR_WHOLE: {
        g_autofree char *choices = choices_text(key), *range = range_text(key);
        return g_strdup_printf("%s | %s", choices, range);
    }
    case CS_VALUE_CHOICE_WITH_QUANTITY: {
        g_auto(GStrv) words = g_strsplit(key->choices, "|", -1);
        g_autofree char *metrics = g_strjoinv(" X | ", words + 1), *range = range_text(key);
        return g_strdup_printf("%s | %s X, with an X %s", words[0], metrics, range);
    }
    case CS_VALUE_CSI:
        return g_strdup("perfect | delayed N rounds | error X dB");
    case CS_VALUE_RANGE: {
        g_autofree char *range = range_text(key);
        return g_strdup_printf("%s, or a .. b", range);
    }
    case CS_VALUE_WHOLE:
    case CS_VALUE_QUANTITY:
        break;
    }
    return range_text(key);
}
