/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario/key-list: a row a key, grouped and in the order of the manual: its enumerator
 * (CS_KEY_X), group, key and meaning, then in any order what it takes, what holds without it, and
 * where its value goes. keys.h reads the enumerators from here, keys.c the rest; its macros are
 * explained there. A new key is a row here and, where nothing holds its value yet, a field. What
 * the GPUs of the server and of the devices share is said once, in key-list-gpu.h.
 *
 * Layer: scenario. For keys.h and keys.c only, which define KEY().
 */

KEY(TITLE, "scenario", "title", "what the scenario is, in a line", KIND(TEXT),
    ELSE("the file's name"), EXAMPLE("Five devices and a server"))
KEY(EXTENDS, "scenario", "extends",
    "a scenario file, relative to this one, whose keys hold unless set here", KIND(PATH),
    ELSE("nothing"), EXAMPLE("letter.ini"))
KEY(ROUNDS, "simulation", "rounds", "training rounds of a replication", WHOLE(1, 1e9),
    DEFAULT("100"), INTO(CsConfig, rounds))
KEY(SEED, "simulation", "seed", "seed of all random draws", WHOLE(0, SEED_MAX), DEFAULT("1"), ALONE,
    INTO(CsConfig, seed))
KEY(REPLICATIONS, "simulation", "replications",
    "independent repetitions, from which intervals come", WHOLE(1, 1e6), DEFAULT("1"),
    INTO(CsSampling, replications))
KEY(PRECISION, "simulation", "precision",
    "in sweeps: replications are added, 'replications' at a time, until the 95 % interval of this "
    "metric's mean is this narrow (half-width over mean)",
    CHOICE_WITH_QUANTITY(cs_metric_names, PERCENT, 0, 1, OPEN), DEFAULT("none"),
    EXAMPLE("delay 2 %"), INTO2(CsSampling, precision_metric, precision))
KEY(MAX_REPLICATIONS, "simulation", "max-replications", "where 'precision' gives up", WHOLE(1, 1e6),
    DEFAULT("1000"), INTO(CsSampling, max_replications))
KEY(PROTOCOL, "simulation", "protocol",
    "what a round is: split learning; federated learning of the whole model on the device; split "
    "learning with the head on the device too; or a frozen device's part, with nothing sent back",
    CHOICE(cs_protocol_names), DEFAULT("split"), INTO(CsConfig, protocol))
KEY(SCHEDULE, "simulation", "schedule",
    "devices one after the other, or all at once with a queue at the server, or in clusters one "
    "after the other",
    CHOICE(cs_schedule_names), DEFAULT("sequential"), INTO(CsConfig, schedule))
KEY(CLUSTER_SIZE, "simulation", "cluster-size",
    "devices of a cluster, in the order of the file, under schedule = clusters",
    WHOLE(1, CS_DEVICES_MAX), DEFAULT("5"), INTO(CsConfig, cluster_size))
KEY(DEADLINE, "simulation", "deadline",
    "time of a round after which it ends as soon as the quorum has finished; what the others have "
    "done in it is lost",
    ABOVE_0(TIME, 1e9), ELSE("a round waits for all"), EXAMPLE("10 min"),
    INTO(CsConfig, deadline_s), ABSENT(INFINITY))
KEY(QUORUM, "simulation", "quorum", "share of the devices that must finish a round for it to count",
    QUANTITY(PERCENT, 0, 1), DEFAULT("0 %"), ALONE, INTO(CsConfig, quorum))
KEY(LLM, "model", "llm",
    "a model's name ('cardsim list models'), or the path of a model file or of a Hugging Face "
    "config.json",
    KIND(NAME), FILE_MAYBE, DEFAULT("llama-3.2-1b"))
KEY(LAYERS, "model", "layers", "number of decoder layers, in place of the model's",
    WHOLE(1, CS_LAYERS_MAX), ELSE("the model's"), EXAMPLE("32"))
KEY(HEAD, "model", "head",
    "who does the output head's work, or none where it does not count; the protocols federated and "
    "u-shaped have it on the device, and a head on the device makes split u-shaped",
    CHOICE(cs_head_names), DEFAULT("server"), INTO(CsConfig, training.head))
KEY(ATTENTION, "model", "attention",
    "attention FLOPs of all pairs of tokens, or of the causal half", CHOICE(cs_attention_names),
    DEFAULT("full"), INTO(CsConfig, training.causal))
KEY(COMPUTE, "model", "compute",
    "how long computing takes: FLOPs at cores x FLOPs per cycle, or as processors are measured",
    CHOICE(cs_compute_names), DEFAULT("nominal"), INTO(CsConfig, compute))
KEY(MEMORY_CHECK, "model", "memory-check",
    "whether a device's part must fit into its platform's memory, unless the device says otherwise",
    KIND(BOOLEAN), DEFAULT("no"))
KEY(LOCAL_EPOCHS, "training", "local-epochs",
    "local epochs T of a device's round, one mini-batch each", WHOLE(1, 1e6), DEFAULT("5"),
    INTO(CsConfig, local_epochs))
KEY(BATCH, "training", "batch", "sequences in a mini-batch", WHOLE(1, 1e6), DEFAULT("16"),
    INTO(CsConfig, training.batch))
KEY(SEQUENCE_LENGTH, "training", "sequence-length", "tokens of a sequence", WHOLE(1, 1e7),
    DEFAULT("256"), INTO(CsConfig, training.sequence_length))
KEY(COMPRESSION, "training", "compression",
    "ratio of sent to original bits of smashed data and gradients; 'codec': what [learning] codec "
    "sends of them",
    CHOICE_OR_QUANTITY(compression_names, NONE, 0, 1, OPEN), DEFAULT("0.1"),
    ALSO(CsConfig, compression))
KEY(ACTIVATION_PRECISION, "training", "activation-precision",
    "size of an element of the smashed data, and of the activations that a device keeps in memory",
    QUANTITY(SIZE, 1, 64), DEFAULT("16 bit"), INTO(CsConfig, training.activation_bit))
KEY(ADAPTER_PRECISION, "training", "adapter-precision", "size of an adapter parameter",
    QUANTITY(SIZE, 1, 64), DEFAULT("32 bit"), INTO(CsConfig, training.adapter_bit))
KEY(LORA_RANK, "training", "lora-rank", "rank r of the LoRA adapters; 0 for none", WHOLE(0, 65536),
    DEFAULT("8"), INTO(CsConfig, training.lora_rank))
KEY(LORA_TARGETS, "training", "lora-targets", "projections with an adapter, joined by '+'",
    SET(cs_lora_target_names), DEFAULT("all"), INTO(CsConfig, training.lora_targets))
KEY(WEIGHT_PRECISION, "training", "weight-precision",
    "size of a frozen weight in a device's memory", QUANTITY(SIZE, 1, 64), DEFAULT("16 bit"),
    ELSE("what the model's quantization_config says"), INTO(CsConfig, memory_settings.weight_bit))
KEY(OPTIMIZER, "training", "optimizer",
    "states a device keeps for an adapter parameter: two moments, a momentum, or none",
    CHOICE(cs_optimizer_names), DEFAULT("adam"), INTO(CsConfig, memory_settings.optimizer))
KEY(OPTIMIZER_PRECISION, "training", "optimizer-precision",
    "size of an element of an optimizer's state", QUANTITY(SIZE, 1, 64), DEFAULT("32 bit"),
    INTO(CsConfig, memory_settings.optimizer_bit))
KEY(ACTIVATION_CHECKPOINTING, "training", "activation-checkpointing",
    "activations that are not kept in a device's memory: none, the attention's matrix, or all but "
    "a layer's input; the backward pass computes them again",
    CHOICE(cs_checkpointing_names), DEFAULT("none"), INTO(CsConfig, training.checkpointing))
KEY(METHOD, "training", "method",
    "what is trained and sent: adapters, or the weights of the device's layers themselves",
    CHOICE(cs_method_names), DEFAULT("lora"), INTO(CsConfig, training.method))
KEY(ATTENTION_KERNEL, "training", "attention-kernel",
    "attention with its matrix of scores in memory, or in tiles that never hold it",
    CHOICE(cs_kernel_names), DEFAULT("eager"), INTO(CsConfig, training.kernel))
KEY(EMBEDDING_PRECISION, "training", "embedding-precision",
    "size of a weight of the embedding in a device's memory; tools with 4 bit leave it at 16",
    QUANTITY(SIZE, 1, 64), ELSE("weight-precision, but 16 bit where that is less"),
    EXAMPLE("16 bit"), INTO(CsConfig, memory_settings.embedding_bit), ABSENT(0))
KEY(LOGITS, "training", "logits",
    "the loss over all tokens of a mini-batch at once, or over an eighth after the other, in the "
    "memory of whoever has the head",
    CHOICE(cs_logits_names), DEFAULT("whole"), INTO(CsConfig, memory_settings.logits))
KEY(MASTER_WEIGHTS, "training", "master-weights",
    "whether each trained parameter is kept in 32 bit, too, as mixed precision does", KIND(BOOLEAN),
    DEFAULT("no"), INTO(CsConfig, memory_settings.master))
KEY(ALLOCATOR_OVERHEAD, "training", "allocator-overhead",
    "memory that is taken over memory that is needed: a factor of the sum; 1.18 where an allocator "
    "loses 15 % (GMLake, ASPLOS 2024)",
    QUANTITY(NONE, 1, 4), DEFAULT("1"), INTO(CsConfig, memory_settings.overhead))
KEY(NETWORK, "learning", "network",
    "the network whose adapters are trained for real along with the rounds: 'tiny', which ships, "
    "or "
    "a folder (or its config.json) of the Llama family with model.safetensors; none: nothing is",
    KIND(NAME), FILE_MAYBE, DEFAULT("none"))
KEY(DATA, "learning", "data",
    "what devices learn from: made-up dialects whose entropy is known, a file of text (a byte a "
    "token) or a .bin file (uint16 tokens), a part for each device that has none of its own",
    KIND(NAME), FILE_ALWAYS, DEFAULT("dialects"))
KEY(TEST_DATA, "learning", "test-data", "a file like 'data', from which the test loss comes",
    KIND(NAME), FILE_ALWAYS, ELSE("of the dialects; the last tenth of files"), EXAMPLE("test.txt"))
KEY(TEST_SAMPLES, "learning", "test-samples", "sequences of dialects for the test loss",
    WHOLE(1, 1e6), DEFAULT("64"), INTO(CsConfig, learning.test_samples))
KEY(TEST_EVERY, "learning", "test-every", "rounds from one test loss to the next", WHOLE(1, 1e9),
    DEFAULT("1"), INTO(CsConfig, learning.test_every))
KEY(SKEW, "learning", "skew",
    "alpha of the Dirichlet distribution of dialects over devices: the smaller, the more a device "
    "speaks but one",
    ABOVE_0(NONE, 1e6), ELSE("all dialects alike at all devices"), EXAMPLE("0.3"), ALONE,
    INTO(CsConfig, learning.skew), ABSENT(INFINITY))
KEY(SAMPLES, "learning", "samples",
    "sequences of a device's data, |D_m|, which weigh it in averages", WHOLE(1, 1e9),
    ELSE("all of its part of the files; of dialects 256"), EXAMPLE("200"),
    INTO(CsConfig, learning.samples), ABSENT(0))
KEY(LEARNING_OPTIMIZER, "learning", "optimizer",
    "plain descent as in the letter, or Adam, whose moments begin anew in every device's round",
    CHOICE(cs_descent_names), DEFAULT("sgd"), INTO(CsConfig, learning.update.optimizer))
KEY(SERVER_RATE, "learning", "server-rate", "learning rate gamma_S of the server's adapters",
    QUANTITY(NONE, 0, 1000), DEFAULT("0.5"), ALONE, INTO(CsConfig, learning.update.server_rate))
KEY(DEVICE_RATE, "learning", "device-rate", "learning rate gamma_m of the devices' adapters",
    QUANTITY(NONE, 0, 1000), DEFAULT("0.5"), ALONE, INTO(CsConfig, learning.update.device_rate))
KEY(LEARNING_BATCH, "learning", "batch", "sequences of a mini-batch of the network trained",
    WHOLE(1, 65536), DEFAULT("8"), INTO(CsConfig, learning.batch))
KEY(LEARNING_LENGTH, "learning", "sequence-length", "tokens of its sequences", WHOLE(1, 65536),
    DEFAULT("64"), INTO(CsConfig, learning.sequence_length))
KEY(LEARNING_RANK, "learning", "lora-rank", "rank of its adapters", WHOLE(1, 4096), DEFAULT("8"),
    INTO(CsConfig, learning.lora_rank))
KEY(LEARNING_ALPHA, "learning", "lora-alpha", "alpha of its adapters, which count alpha over rank",
    ABOVE_0(NONE, 1e6), DEFAULT("16"), ALONE, INTO(CsConfig, learning.lora_alpha))
KEY(CODEC, "learning", "codec",
    "what smashed data and their gradients go through, token by token: nothing, K bits a number "
    "with a scale, or the largest X % with their places",
    CODEC, DEFAULT("none"))
KEY(TARGET_LOSS, "learning", "target-loss",
    "the run ends when the test loss, in nats a token, has come down to it", ABOVE_0(NONE, 100),
    ELSE("all rounds are run"), EXAMPLE("2.5"), ALONE, INTO(CsConfig, learning.target_loss),
    ABSENT(0))
KEY(SERVER_PLATFORM, "server", "platform",
    "the server's GPU ('cardsim list platforms'): gives the four keys below", KIND(NAME),
    FILE_MAYBE, ELSE("none"), EXAMPLE("rtx-4090"))
KEY(SERVER_FREQUENCY_MAX, "server", "frequency-max", "highest GPU frequency of the server, F_max",
    ABOVE_0(FREQUENCY, HZ_MAX), DEFAULT("2.46 GHz"), ELSE("the platform's"),
    INTO(CsConfig, server.frequency_max_hz), OF_PLATFORM(frequency_max_hz))
KEY(SERVER_CORES, "server", "cores", "GPU cores of the server", WHOLE(1, CS_CORES_MAX),
    DEFAULT("3072"), ELSE("the platform's"), INTO(CsConfig, server.cores), OF_PLATFORM(cores))
KEY(SERVER_FLOPS_PER_CYCLE, "server", "flops-per-cycle", "FLOPs of a core in a cycle",
    ABOVE_0(NONE, CS_FLOPS_PER_CYCLE_MAX), DEFAULT("2"), ELSE("the platform's"),
    INTO(CsConfig, server.flops_per_cycle), OF_PLATFORM(flops_per_cycle))
KEY(SERVER_POWER_COEFFICIENT, "server", "power-coefficient",
    "xi of the power xi f^3 that the GPU draws", ABOVE_0(POWER_COEFFICIENT, 1),
    DEFAULT("1e-25 W/Hz^3"), ELSE("the platform's TDP / frequency^3"),
    INTO(CsConfig, server.power_coefficient), OF_PLATFORM(power_coefficient))
KEY(SERVER_STATIC_POWER, "server", "static-power",
    "P0 of the power P0 + xi f^3 that the GPU draws at work", QUANTITY(POWER, 0, 1e6),
    DEFAULT("0 W"), ELSE("the platform's, where 'compute = measured'"),
    INTO(CsConfig, server.static_power_w), OF_PLATFORM(static_power_w))

#define GPU_KEY(name, ...) KEY(SERVER_##name, "server", __VA_ARGS__)
#define OF_GPU(member) INTO(CsConfig, server.member), OF_PLATFORM(member)
#define GPU_FREQUENCY "frequency-max"
#include "scenario/key-list-gpu.h"
#undef GPU_KEY
#undef OF_GPU
#undef GPU_FREQUENCY

KEY(SERVER_GPUS, "server", "gpus",
    "GPUs of the server, each as above; matters where devices work at once",
    CHOICE_OR_WHOLE(cs_gpus_names, 1, 1e6), DEFAULT("1"), INTO(CsConfig, server.gpus))
KEY(SERVER_DISCIPLINE, "server", "discipline",
    "whom the GPUs serve where more devices want them than there are; each job at its device's "
    "frequency",
    CHOICE(cs_discipline_names), DEFAULT("fifo"), INTO(CsConfig, server.discipline))
KEY(SERVER_IDLE_POWER, "server", "idle-power",
    "power of a GPU that has no work; its energy is a total of its own", QUANTITY(POWER, 0, 1e6),
    ELSE("idle energy is not modelled"), EXAMPLE("30 W"), INTO(CsConfig, server.idle_power_w),
    ABSENT(NAN))
KEY(SERVER_TX_POWER, "server", "tx-power", "power the access point sends with", ABOVE_0(POWER, 1e4),
    DEFAULT("30 dBm"), ALONE, INTO(CsConfig, server.tx_power_w))
KEY(SERVER_NOISE_FIGURE, "server", "noise-figure", "of the access point, for the uplink",
    QUANTITY(RATIO_DB, 1, 1e10), DEFAULT("5 dB"), ALONE, INTO(CsConfig, server.noise_factor))
KEY(CARRIER, "radio", "carrier", "carrier frequency", ABOVE_0(FREQUENCY, HZ_MAX),
    DEFAULT("3.5 GHz"), INTO(CsRadio, carrier_hz))
KEY(BANDWIDTH, "radio", "bandwidth",
    "bandwidth each way: of a device, or of the cell where it is shared",
    ABOVE_0(FREQUENCY, HZ_MAX), DEFAULT("50 MHz"), INTO(CsRadio, bandwidth_hz))
KEY(SHARING, "radio", "sharing",
    "whether each transfer has the bandwidth to itself, or all under way in a direction share it",
    CHOICE(cs_sharing_names), DEFAULT("dedicated"), INTO(CsRadio, sharing))
KEY(PF_WINDOW, "radio", "pf-window",
    "under proportional-fair: over how long it looks back at what a device was served, forgetting "
    "exponentially",
    QUANTITY(TIME, 1e-3, 1e6), DEFAULT("1 s"), INTO(CsRadio, pf_window_s))
KEY(PATH_LOSS, "radio", "path-loss",
    "law of the path loss: by exponent, or an environment of TR 38.901: street canyon, urban "
    "macro, mixed or open office",
    CHOICE(cs_path_loss_names), DEFAULT("log-distance"), INTO(CsRadio, path_loss))
KEY(PATH_LOSS_EXPONENT, "radio", "path-loss-exponent", "alpha of the log-distance path loss",
    QUANTITY(NONE, 0, 20), DEFAULT("4"), ALONE, INTO(CsRadio, path_loss_exponent))
KEY(REFERENCE_DISTANCE, "radio", "reference-distance",
    "distance d0 up to which the loss is the reference loss", ABOVE_0(LENGTH, 1e6), DEFAULT("1 m"),
    INTO(CsRadio, reference_distance_m))
KEY(REFERENCE_LOSS, "radio", "reference-loss", "path loss at the reference distance",
    CHOICE_OR_QUANTITY(reference_loss_names, RATIO_DB, 1, 1e30, CLOSED), DEFAULT("free-space"),
    ALSO(CsRadio, reference_loss))
KEY(LINE_OF_SIGHT, "radio", "line-of-sight",
    "whether an environment's line of sight is drawn, given or never there",
    CHOICE(cs_line_of_sight_names), DEFAULT("probability"), INTO(CsRadio, line_of_sight))
KEY(AP_HEIGHT, "radio", "ap-height", "height of the access point's antenna, in an environment",
    ABOVE_0(LENGTH, 1000),
    ELSE("the environment's: umi 10 m, uma 25 m, inh-mixed and inh-open 3 m"), EXAMPLE("10 m"),
    INTO(CsRadio, ap_height_m), ABSENT(NAN))
KEY(SHADOWING, "radio", "shadowing",
    "standard deviation of log-normal shadowing, drawn once a device and replication, or along the "
    "path of a device that moves",
    QUANTITY(SPREAD_DB, 0, 50), ELSE("0 dB under log-distance; the environment's else"),
    EXAMPLE("8 dB"), INTO(CsRadio, shadowing_db), ABSENT(NAN))
KEY(SHADOWING_DISTANCE, "radio", "shadowing-distance",
    "path over which the correlation of shadowing falls to 1/e", QUANTITY(LENGTH, 0.01, 1e6),
    ELSE("10 m under log-distance; the environment's else"), EXAMPLE("20 m"),
    INTO(CsRadio, shadowing_distance_m), ABSENT(NAN))
KEY(FADING, "radio", "fading", "small-scale fading", CHOICE(cs_fading_names), DEFAULT("rayleigh"),
    INTO(CsRadio, fading.kind))
KEY(RICIAN_K, "radio", "rician-k", "line-of-sight to scattered power, under fading = rician",
    QUANTITY(RATIO_DB, 1e-10, 1e10), DEFAULT("6 dB"), ALONE, INTO(CsRadio, fading.rician_k))
KEY(NAKAGAMI_M, "radio", "nakagami-m", "shape m, under fading = nakagami",
    QUANTITY(NONE, 0.5, 1000), DEFAULT("2"), ALONE, INTO(CsRadio, fading.nakagami_m))
KEY(COHERENCE, "radio", "coherence",
    "how long one draw of fading lasts; with a time, the rate changes during a transfer",
    CHOICE_OR_QUANTITY(cs_coherence_names, TIME, 1e-6, 1e6, CLOSED), DEFAULT("round"),
    INTO2(CsRadio, coherence, coherence_s))
KEY(DOPPLER, "radio", "doppler", "how fading moves from one coherence time to the next",
    CHOICE(cs_doppler_names), DEFAULT("jakes"), INTO(CsRadio, doppler))
KEY(RECIPROCAL, "radio", "reciprocal", "whether one draw of fading serves uplink and downlink",
    KIND(BOOLEAN), DEFAULT("no"), INTO(CsRadio, reciprocal))
KEY(CQI_TABLE, "radio", "cqi-table",
    "CQI table of TS 38.214: 64QAM, 256QAM, low efficiency, 1024QAM", CHOICE(cqi_table_names),
    DEFAULT("1"))
KEY(THRESHOLDS, "radio", "thresholds",
    "SNR thresholds of the CQIs: a set's name or a CSV file (cqi,snr_db)", KIND(NAME), FILE_MAYBE,
    ELSE("the CQI table's: nr-awgn for 1, nr-example-256qam for 2"), EXAMPLE("nr-awgn"))
KEY(RATE, "radio", "rate", "rule that turns an SNR into a rate", CHOICE(cs_rate_names),
    DEFAULT("cqi"), INTO(CsRadio, rate))
KEY(OUTAGE, "radio", "outage", "below CQI 1: its format repeated, or its rate kept",
    CHOICE(cs_outage_names), DEFAULT("repeat"), INTO(CsRadio, outage))
KEY(MAX_REPETITIONS, "radio", "max-repetitions", "most repetitions, under outage = repeat",
    WHOLE(1, 65536), DEFAULT("32"), INTO(CsRadio, max_repetitions))
KEY(NOISE_DENSITY, "radio", "noise-density", "density of thermal noise",
    ABOVE_0(POWER_DENSITY, 1e-3), DEFAULT("-174 dBm/Hz"), ALONE,
    INTO(CsRadio, noise_density_w_per_hz))
KEY(BLOCK_ERROR_RATE, "radio", "block-error-rate", "share of the blocks that a transmission loses",
    QUANTITY(PERCENT, 0, 0.99), DEFAULT("0 %"), ALONE, INTO(CsRadio, errors.block_error_rate))
KEY(ERROR_CURVES, "radio", "error-curves",
    "block error rate by MCS and SNR: a CSV file (mcs,snr_db,bler)", KIND(NAME), FILE_ALWAYS,
    ELSE("'block-error-rate' holds at any SNR"), EXAMPLE("curves.csv"))
KEY(COMBINING, "radio", "combining",
    "under error-curves: whether a block's transmissions add up their SNR", CHOICE(combining_names),
    DEFAULT("none"), INTO(CsRadio, errors.chase))
KEY(RETRANSMISSIONS, "radio", "retransmissions",
    "of a lost block, before a higher layer sends it anew", WHOLE(0, CS_RETRANSMISSIONS_MAX),
    DEFAULT("3"), INTO(CsRadio, errors.retransmissions))
KEY(BLOCK_SIZE, "radio", "block-size",
    "size of a block (of NR a transport block): under a round-trip time, and to count those given "
    "up",
    QUANTITY(SIZE, 1, 1e9), DEFAULT("100 kbit"), INTO(CsRadio, errors.block_bit))
KEY(ROUND_TRIP_TIME, "radio", "round-trip-time", "from a block's end to its acknowledgement",
    QUANTITY(TIME, 0, 60), DEFAULT("0 s"), INTO(CsRadio, errors.round_trip_s))
KEY(PROCESSES, "radio", "processes", "blocks that may wait for their acknowledgement at a time",
    WHOLE(1, 65536), DEFAULT("16"), INTO(CsRadio, errors.processes))
KEY(TRANSFER_LIMIT, "radio", "transfer-limit",
    "how long a transfer may take: it is given up then, and its round is lost to the device",
    ABOVE_0(TIME, 1e9), ELSE("none; an error after 10 days of a link that changes"),
    EXAMPLE("5 min"), INTO(CsRadio, transfer_limit_s))
KEY(DEVICE_INHERITS, "device", "inherits",
    "another device, whose keys but count hold unless set here", KIND(NAME), ELSE("nothing"),
    EXAMPLE("phone"))
KEY(DEVICE_COUNT, "device", "count",
    "makes devices NAME.1, NAME.2, ...; 0: a template to inherit from", WHOLE(0, CS_DEVICES_MAX),
    ELSE("one device, called NAME"), EXAMPLE("100"))
KEY(DEVICE_PLATFORM, "device", "platform",
    "the device's GPU ('cardsim list platforms'): gives the four keys below", KIND(NAME),
    FILE_MAYBE, ELSE("none"), EXAMPLE("jetson-agx-orin-64gb"))
KEY(DEVICE_FREQUENCY, "device", "frequency", "GPU frequency of the device",
    ABOVE_0(FREQUENCY, HZ_MAX), ELSE("the platform's maximum"), REQUIRED, EXAMPLE("1.3 GHz"),
    INTO(CsDeviceGroup, frequency_hz), OF_PLATFORM(frequency_max_hz))
KEY(DEVICE_CORES, "device", "cores", "GPU cores of the device", WHOLE(1, CS_CORES_MAX),
    ELSE("the platform's"), REQUIRED, EXAMPLE("2048"), INTO(CsDeviceGroup, cores),
    OF_PLATFORM(cores))
KEY(DEVICE_FLOPS_PER_CYCLE, "device", "flops-per-cycle", "FLOPs of a core in a cycle",
    ABOVE_0(NONE, CS_FLOPS_PER_CYCLE_MAX), DEFAULT("2"), ELSE("the platform's"),
    INTO(CsDeviceGroup, flops_per_cycle), OF_PLATFORM(flops_per_cycle))
KEY(DEVICE_POWER_COEFFICIENT, "device", "power-coefficient",
    "xi of the power xi f^3 that the device's GPU draws", ABOVE_0(POWER_COEFFICIENT, 1),
    ELSE("the platform's TDP / frequency^3; else the device's computing energy is not modelled"),
    EXAMPLE("1e-26 W/Hz^3"), INTO(CsDeviceGroup, power_coefficient), ABSENT(NAN),
    OF_PLATFORM(power_coefficient))
KEY(DEVICE_STATIC_POWER, "device", "static-power",
    "P0 of the power P0 + xi f^3 that the device's GPU draws at work", QUANTITY(POWER, 0, 1e6),
    DEFAULT("0 W"), ELSE("the platform's, where 'compute = measured'"),
    INTO(CsDeviceGroup, static_power_w), OF_PLATFORM(static_power_w))

#define GPU_KEY(name, ...) KEY(DEVICE_##name, "device", __VA_ARGS__)
#define OF_GPU(member) INTO(CsDeviceGroup, member), OF_PLATFORM(member)
#define GPU_FREQUENCY "frequency"
#include "scenario/key-list-gpu.h"
#undef GPU_KEY
#undef OF_GPU
#undef GPU_FREQUENCY

KEY(DEVICE_MEMORY, "device", "memory",
    "memory into which the device's part must fit: cuts that need more are not taken by any policy",
    CHOICE_OR_QUANTITY(device_memory_names, SIZE, 0, CS_MEMORY_MAX_BIT, OPEN),
    ELSE("unlimited; the platform's under memory-check = yes"), EXAMPLE("8 GB"),
    ALSO(CsDeviceGroup, memory_byte), ABSENT(INFINITY))
KEY(DEVICE_BATTERY, "device", "battery",
    "energy of a full battery; a device leaves for good when it is empty", ABOVE_0(ENERGY, 1e12),
    ELSE("none that could run empty"), EXAMPLE("10 Wh"), INTO(CsDeviceGroup, battery_j),
    ABSENT(INFINITY))
KEY(DEVICE_IDLE_POWER, "device", "idle-power",
    "power of a device that is up and neither computes nor sends nor receives",
    QUANTITY(POWER, 0, 1e4), ELSE("idle energy is not modelled"), EXAMPLE("2 W"),
    INTO(CsDeviceGroup, idle_power_w), ABSENT(NAN))
KEY(DEVICE_TIME_TO_FAILURE, "device", "time-to-failure",
    "mean time until a device fails, exponential", ABOVE_0(TIME, 1e9), ELSE("it never fails"),
    EXAMPLE("2 h"), INTO(CsDeviceGroup, failure_s), ABSENT(INFINITY))
KEY(DEVICE_REPAIR_TIME, "device", "repair-time",
    "mean time until a failed device is back, exponential", ABOVE_0(TIME, 1e9),
    ELSE("it stays away"), EXAMPLE("5 min"), INTO(CsDeviceGroup, repair_s), ABSENT(INFINITY))
KEY(DEVICE_AVAILABILITY, "device", "availability",
    "a CSV file of when the device is there, in place of time-to-failure and repair-time",
    KIND(NAME), FILE_ALWAYS, ELSE("failures are drawn, if there are any"), EXAMPLE("outages.csv"))
KEY(DEVICE_AVAILABILITY_KIND, "device", "availability-kind",
    "what a row of it says: a time and the state from then on, or an interval in which the device "
    "is there (up) or away (down)",
    CHOICE(cs_availability_kind_names), DEFAULT("states"), INTO(CsAvailabilityFormat, kind))
KEY(DEVICE_AVAILABILITY_TIME, "device", "availability-time",
    "its column of time, of intervals that of their start", KIND(NAME),
    ELSE("'time'; of intervals 'start'"), EXAMPLE("t"), INTO(CsAvailabilityFormat, time_column))
KEY(DEVICE_AVAILABILITY_UNTIL, "device", "availability-until", "its column of the end of intervals",
    KIND(NAME), DEFAULT("end"), INTO(CsAvailabilityFormat, end_column))
KEY(DEVICE_AVAILABILITY_STATE, "device", "availability-state",
    "its column of states: up and down, or 1 and 0", KIND(NAME), DEFAULT("state"),
    INTO(CsAvailabilityFormat, state_column))
KEY(DEVICE_AVAILABILITY_TIME_UNIT, "device", "availability-time-unit",
    "how its time is written, as 'trace-time-unit'; dates count from the first row",
    CHOICE(cs_trace_time_names), DEFAULT("s"), INTO(CsAvailabilityFormat, time_unit))
KEY(DEVICE_AVAILABILITY_START, "device", "availability-start",
    "its time when the simulation begins; 'a .. b' is drawn once a device and replication",
    RANGE(TIME, 0, 3e9, CLOSED), DEFAULT("0 s"))
KEY(DEVICE_AVAILABILITY_END, "device", "availability-end",
    "behind its last time: the state stays, time 0 comes again, or the device is away for good",
    CHOICE(cs_trace_end_names), DEFAULT("hold"), INTO(CsAvailabilityFormat, end))
KEY(DEVICE_DISTANCE, "device", "distance",
    "to the access point; 'a .. b' is drawn once a device and replication",
    RANGE(LENGTH, 0, 1e7, OPEN), REQUIRED, EXAMPLE("10 m"),
    INTO2(CsDeviceGroup, distance_min_m, distance_max_m))
KEY(DEVICE_TX_POWER, "device", "tx-power", "power the device sends with, radiated",
    ABOVE_0(POWER, 1e4), DEFAULT("23 dBm"), INTO(CsDeviceGroup, tx_power_w))
KEY(DEVICE_TX_CIRCUIT_POWER, "device", "tx-circuit-power",
    "power the device's radio draws while it sends, on top of what it radiates",
    QUANTITY(POWER, 0, 1e4), ELSE("the platform's; else sending costs what is radiated"),
    EXAMPLE("2 W"), INTO(CsDeviceGroup, tx_circuit_power_w), OF_PLATFORM(tx_circuit_power_w))
KEY(DEVICE_RX_POWER, "device", "rx-power", "power the device draws to receive", ABOVE_0(POWER, 1e4),
    ELSE("the platform's; else receiving energy is not modelled"), EXAMPLE("1 W"),
    INTO(CsDeviceGroup, rx_power_w), ABSENT(NAN), OF_PLATFORM(rx_power_w))
KEY(DEVICE_RADIO_POWER, "device", "radio-power",
    "a measured phone's power while it sends and receives, by throughput, in place of 'tx-power' "
    "as "
    "energy, 'tx-circuit-power' and 'rx-power'",
    CHOICE(cs_radio_power_names), DEFAULT("none"), INTO(CsDeviceGroup, radio_power.set))
KEY(DEVICE_RADIO_BASE_UP, "device", "radio-base-up",
    "a of the power a + b R that the device draws to send at a throughput R",
    QUANTITY(POWER, 0, 1e4), ELSE("that of 'radio-power'"), EXAMPLE("2.89 W"),
    INTO(CsDeviceGroup, radio_power.send_base_w), ABSENT(NAN))
KEY(DEVICE_RADIO_SLOPE_UP, "device", "radio-slope-up", "b of it", QUANTITY(ENERGY_PER_BIT, 0, 1),
    ELSE("that of 'radio-power'"), EXAMPLE("79.5 nJ/bit"),
    INTO(CsDeviceGroup, radio_power.send_slope_j_per_bit), ABSENT(NAN))
KEY(DEVICE_RADIO_BASE_DOWN, "device", "radio-base-down",
    "a of the power a + b R that the device draws to receive at a throughput R",
    QUANTITY(POWER, 0, 1e4), ELSE("that of 'radio-power'"), EXAMPLE("2.72 W"),
    INTO(CsDeviceGroup, radio_power.receive_base_w), ABSENT(NAN))
KEY(DEVICE_RADIO_SLOPE_DOWN, "device", "radio-slope-down", "b of it",
    QUANTITY(ENERGY_PER_BIT, 0, 1), ELSE("that of 'radio-power'"), EXAMPLE("15 nJ/bit"),
    INTO(CsDeviceGroup, radio_power.receive_slope_j_per_bit), ABSENT(NAN))
KEY(DEVICE_NOISE_FIGURE, "device", "noise-figure", "of the device, for the downlink",
    QUANTITY(RATIO_DB, 1, 1e10), DEFAULT("9 dB"), INTO(CsDeviceGroup, noise_factor))
KEY(DEVICE_HEIGHT, "device", "height", "of the device's antenna, in an environment",
    ABOVE_0(LENGTH, 1000), DEFAULT("1.5 m"), INTO(CsDeviceGroup, height_m))
KEY(DEVICE_SPEED, "device", "speed",
    "of the device, where it moves, and of its Doppler shift, where the coherence is a time; 'a .. "
    "b' is drawn once a device and replication, under random-waypoint on each leg",
    RANGE(SPEED, 0, 1e4, CLOSED), DEFAULT("1 m/s"),
    INTO2(CsDeviceGroup, mobility.speed_m_per_s, mobility.speed_max_m_per_s))
KEY(DEVICE_MOBILITY, "device", "mobility", "how the device moves", CHOICE(cs_mobility_names),
    DEFAULT("static"), INTO(CsDeviceGroup, mobility.kind))
KEY(DEVICE_DIRECTION, "device", "direction",
    "under linear: 0 deg leads away from the access point, 180 deg towards it",
    QUANTITY(ANGLE, -360, 360), DEFAULT("0 deg"), INTO(CsDeviceGroup, mobility.direction_rad))
KEY(DEVICE_AREA_RADIUS, "device", "area-radius",
    "under random-waypoint: of the disc around the access point that holds the waypoints",
    QUANTITY(LENGTH, 0.1, 1e7), DEFAULT("100 m"), INTO(CsDeviceGroup, mobility.radius_m))
KEY(DEVICE_PAUSE, "device", "pause", "under random-waypoint: rest at each waypoint",
    QUANTITY(TIME, 0, 1e9), DEFAULT("0 s"), INTO(CsDeviceGroup, mobility.pause_s))
KEY(DEVICE_DATA, "device", "data", "what the device learns from, in place of [learning] data",
    KIND(NAME), FILE_ALWAYS, ELSE("[learning] data"), EXAMPLE("own.txt"))
KEY(DEVICE_TRACE, "device", "trace", "a CSV file with the link as measured, in place of the model",
    KIND(NAME), FILE_ALWAYS, ELSE("the link is modelled"), EXAMPLE("walk.csv"))
KEY(DEVICE_TRACE_KIND, "device", "trace-kind", "what the trace holds; an SNR is in dB",
    CHOICE(cs_trace_kind_names), DEFAULT("cqi"), INTO(CsTraceFormat, kind))
KEY(DEVICE_TRACE_TIME, "device", "trace-time", "the trace's column of time", KIND(NAME),
    DEFAULT("time"), INTO(CsTraceFormat, time_column))
KEY(DEVICE_TRACE_TIME_UNIT, "device", "trace-time-unit",
    "how time is written; 'date' is 2020-02-14T13:21:26.5, with any separators",
    CHOICE(cs_trace_time_names), DEFAULT("s"), INTO(CsTraceFormat, time_unit))
KEY(DEVICE_TRACE_VALUE, "device", "trace-value",
    "the trace's column of values, for both directions", KIND(NAME),
    ELSE("'trace-kind': cqi, snr or rate"), EXAMPLE("CQI"))
KEY(DEVICE_TRACE_UPLINK_VALUE, "device", "trace-uplink-value",
    "the column of the uplink; 'none': it is modelled", KIND(NAME), ELSE("'trace-value'"),
    EXAMPLE("UL_bitrate"))
KEY(DEVICE_TRACE_DOWNLINK_VALUE, "device", "trace-downlink-value",
    "the column of the downlink; 'none': it is modelled", KIND(NAME), ELSE("'trace-value'"),
    EXAMPLE("DL_bitrate"))
KEY(DEVICE_TRACE_UNIT, "device", "trace-unit", "unit of a rate", CHOICE(trace_unit_names),
    DEFAULT("bit/s"), INTO(CsTraceFormat, scale))
KEY(DEVICE_TRACE_END, "device", "trace-end",
    "behind the last row: its value stays, the trace begins again, or sending is an error",
    CHOICE(cs_trace_end_names), DEFAULT("loop"), INTO(CsTraceFormat, end))
KEY(POLICY, "policy", "name", "who chooses cut layer and frequency ('cardsim list policies')",
    KIND(NAME), DEFAULT("card"))
KEY(WEIGHT, "policy", "weight", "w of the cost: 1 counts delay only, 0 energy only",
    QUANTITY(NONE, 0, 1), DEFAULT("0.2"), ALONE, INTO(CsConfig, policy_settings.weight))
KEY(FREQUENCY, "policy", "frequency", "the server's frequency under policies that do not choose it",
    CHOICE_OR_QUANTITY(cs_frequency_names, FREQUENCY, 0, HZ_MAX, OPEN), DEFAULT("card"),
    EXAMPLE("1.2 GHz"),
    INTO2(CsConfig, policy_settings.frequency_rule, policy_settings.frequency_hz))
KEY(CUT, "policy", "cut", "the cut layer under the policy 'static'", WHOLE(0, CS_LAYERS_MAX),
    ELSE("required by the policy 'static'"), EXAMPLE("16"), INTO(CsConfig, policy_settings.cut))
KEY(DELAY_LIMIT, "policy", "delay-limit",
    "longest predicted delay of a round, under the policy 'card-deadline'", ABOVE_0(TIME, 1e9),
    ELSE("required by the policy 'card-deadline'"), EXAMPLE("30 s"), ALONE,
    INTO(CsConfig, policy_settings.delay_limit_s))
KEY(ENERGY_BUDGET, "policy", "energy-budget",
    "mean server energy of a device's round, under the policy 'open'", ABOVE_0(ENERGY, 1e15),
    ELSE("required by the policy 'open'"), EXAMPLE("500 J"), ALONE,
    INTO(CsConfig, policy_settings.energy_budget_j))
KEY(TRADEOFF, "policy", "tradeoff",
    "V of the policy 'open' in J^2/s: the larger, the less delay and the longer until the budget "
    "is kept",
    ABOVE_0(NONE, 1e18), DEFAULT("1e6"), ALONE, INTO(CsConfig, policy_settings.tradeoff))
KEY(CLIENT_DRIFT, "policy", "client-drift",
    "g of the policy 'adaptsfl': how much a layer on the devices costs in progress as they drift "
    "apart between two aggregations, over the square of the mini-batches between them",
    QUANTITY(NONE, 0, 1), DEFAULT("0"), ALONE, INTO(CsConfig, policy_settings.client_drift))
KEY(SEARCH_EFFORT, "policy", "search-effort",
    "devices' rounds that the policies 'joint' and 'card-contention' may try before each round",
    WHOLE(1, 1000000000), DEFAULT("10000"), ALONE, INTO(CsConfig, policy_settings.search_effort))
KEY(CSI, "policy", "csi",
    "what a decision knows of the channel: all, the rates of some rounds ago, or rates at an SNR "
    "with a normal error of this standard deviation",
    CSI(cs_csi_names, SPREAD_DB, 0, 50, CLOSED), DEFAULT("perfect"),
    INTO2(CsConfig, csi, csi_error_db))
KEY(SWEEP_ZIP, "sweep", "zip", "axes that advance together", KIND(TEXT), ELSE("all combinations"),
    EXAMPLE("radio.bandwidth + radio.carrier"))
KEY(SWEEP_WHERE, "sweep", "where", "which combinations are run", KIND(TEXT),
    ELSE("all combinations"), EXAMPLE("radio.path-loss-exponent >= 4"))
KEY(RECORD, "output", "record", "tables to write, joined by '+'", SET(cs_record_names),
    DEFAULT("rounds+devices+totals"))
KEY(PARAMETERS, "output", "parameters",
    "whether the CSV files of a sweep carry the swept parameters as columns, behind all others",
    KIND(BOOLEAN), DEFAULT("yes"))
KEY(PLACES, "output", "places",
    "whether rounds tell where a device is when they start: its distance, path loss, shadowing and "
    "line of sight, as columns behind all others",
    KIND(BOOLEAN), DEFAULT("no"))
