/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of src/llm/memory: against the itemised figures of Korthikanti et al. (arXiv 2205.05198,
 * Section 4.1) for activations, against published weights for the rest; and of what the cuts that
 * do not fit do to the policies.
 */
#include "cs-check.h"

#include "base/random.h"
#include "llm/memory.h"
#include "policy/policy.h"
#include "scenario/scenario.h"

#include <string.h>

static const CsMemorySettings settings16 = {.weight_bit = 16, .optimizer_bit = 32};

/* A GPT of the paper's kind: F = 4h, two matrices, as many key heads as query heads. */
static CsArchitecture *paper_model(guint layers, guint hidden, guint heads)
{
    return cs_architecture_new("paper", layers, hidden, 51200,
                               (CsLayerShape){.heads = heads,
                                              .kv_heads = heads,
                                              .head_dim = hidden / heads,
                                              .intermediate = 4 * hidden});
}

static CsTraining training_of(guint batch, guint sequence, guint rank, guint targets)
{
    return (CsTraining){.batch = batch,
                        .sequence_length = sequence,
                        .lora_rank = rank,
                        .lora_targets = targets,
                        .activation_bit = 16,
                        .adapter_bit = 32};
}

/* s b h (34 + 5 a s/h) less the paper's own items for dropout: masks of s b h behind the projection
 * and the MLP, the softmax's mask of a s² b and the dropped-out softmax of 2 a s² b. */
START_TEST(activations_are_the_papers_without_dropout)
{
    static const struct {
        double layers, h, a, s, b;
    } model[] = {{96, 12288, 96, 2048, 1}, {24, 1024, 16, 512, 4}, {48, 6144, 64, 2048, 2}};
    for (gsize i = 0; i < G_N_ELEMENTS(model); i++) {
        double h = model[i].h, a = model[i].a, s = model[i].s, b = model[i].b;
        g_autoptr(CsArchitecture) it = paper_model((guint)model[i].layers, (guint)h, (guint)a);
        CsTraining training = training_of((guint)b, (guint)s, 1, CS_LORA_ALL);
        g_autoptr(CsMemory) memory = cs_memory_new(it, &training, &settings16);
        double paper = s * b * h * (34 + 5 * a * s / h);
        double dropout = s * b * h + s * b * h + a * s * s * b + 2 * a * s * s * b;
        double adapters = 2 * s * b * 6; /* q k v o up down, r = 1 */
        double layer = memory->activation_byte[2] - memory->activation_byte[1];
        ck_assert_close(layer, paper - dropout + adapters, 1e-12);
        guint last = (guint)model[i].layers;
        ck_assert_close(memory->activation_byte[last], 2 * s * b * h + last * layer, 1e-12);

        /* Selective: the paper's 5 a s² b goes, s b h 34 stays. */
        CsTraining less = training;
        less.checkpointing = CS_CHECKPOINTING_SELECTIVE;
        g_autoptr(CsMemory) selective = cs_memory_new(it, &less, &settings16);
        ck_assert_close(selective->activation_byte[2] - selective->activation_byte[1],
                        34 * s * b * h - 2 * s * b * h + adapters, 1e-12);

        /* Full: the paper's 2 s b h a layer. */
        less.checkpointing = CS_CHECKPOINTING_FULL;
        g_autoptr(CsMemory) full = cs_memory_new(it, &less, &settings16);
        ck_assert_close(full->activation_byte[2] - full->activation_byte[1], 2 * s * b * h, 1e-12);
        ck_assert_close(full->activation_byte[1], 2 * 2 * s * b * h + layer, 1e-12);
    }
}
END_TEST

/* Without adapters no linear map's input is kept: 2sbh + 2sbh (norms), 6sbh (Q, K, V), 8sbh (the
 * activation function's input), 2as²b. */
START_TEST(frozen_maps_keep_no_input)
{
    g_autoptr(CsArchitecture) it = paper_model(4, 512, 8);
    CsTraining training = training_of(2, 128, 0, CS_LORA_ALL);
    g_autoptr(CsMemory) memory = cs_memory_new(it, &training, &settings16);
    double sbh = 128.0 * 2 * 512, as2b = 8.0 * 128 * 128 * 2;
    ck_assert_close(memory->activation_byte[1] - memory->activation_byte[0], 18 * sbh + 2 * as2b,
                    1e-12);
    ck_assert(memory->adapter_byte[4] == 0 && memory->optimizer_byte[4] == 0);
}
END_TEST

/* Llama-3.2-1B, by hand: gated (F = 8192), H = 32, k = 8, d = 64, h = 2048, V = 128256. Its
 * released checkpoint has 1,235,814,400 parameters, of which (2 · 16 + 1) · 2048 are norms. */
START_TEST(llama_by_hand)
{
    g_autoptr(CsArchitecture) it = cs_architecture_new(
        "llama-3.2-1b", 16, 2048, 128256,
        (CsLayerShape){
            .heads = 32, .kv_heads = 8, .head_dim = 64, .intermediate = 8192, .gated = TRUE});
    CsTraining training = training_of(16, 256, 8, CS_LORA_Q | CS_LORA_V);
    CsMemorySettings settings = settings16;
    g_autoptr(CsMemory) memory = cs_memory_new(it, &training, &settings);
    ck_assert_close(memory->weight_byte[16], 2 * (1235814400.0 - 33 * 2048), 1e-14);
    /* PEFT's 851,968 parameters on q+v: value and gradient, two moments, four bytes each. */
    ck_assert_close(memory->adapter_byte[16], 2 * 851968.0 * 4, 1e-14);
    ck_assert_close(memory->optimizer_byte[16], 2 * 851968.0 * 4, 1e-14);
    double token = 2 * 2048 + 2048 + 2 * 512 + 2 * 8192 + 2048 + 2 * 8;
    double layer = 2 * (16.0 * 256 * token + 16.0 * 32 * 256 * 256);
    ck_assert_close(memory->activation_byte[16], 2 * 16.0 * 256 * 2048 + 16 * layer, 1e-14);
    ck_assert_close(memory->total_byte[16],
                    memory->weight_byte[16] + memory->adapter_byte[16] +
                        memory->optimizer_byte[16] + memory->activation_byte[16],
                    1e-14);

    settings.optimizer = CS_OPTIMIZER_SGD;
    settings.weight_bit = 4;
    g_autoptr(CsMemory) small = cs_memory_new(it, &training, &settings);
    ck_assert_close(small->optimizer_byte[16], 851968.0 * 4, 1e-14);
    ck_assert_double_eq(small->weight_byte[16], 16 * 60817408 / 2.0 + 2 * 128256.0 * 2048);
    settings.optimizer = CS_OPTIMIZER_NONE;
    g_autoptr(CsMemory) none = cs_memory_new(it, &training, &settings);
    ck_assert(none->optimizer_byte[16] == 0);
}
END_TEST

/* A flash kernel keeps a sum of 32 bit a row and head for the s x s matrix of 16 bit. */
START_TEST(tiles_hold_no_matrix)
{
    g_autoptr(CsArchitecture) it = paper_model(2, 768, 12);
    CsTraining training = training_of(4, 256, 8, CS_LORA_ALL);
    g_autoptr(CsMemory) eager = cs_memory_new(it, &training, &settings16);
    training.kernel = CS_KERNEL_FLASH;
    g_autoptr(CsMemory) flash = cs_memory_new(it, &training, &settings16);
    ck_assert_double_eq(eager->activation_byte[2] - flash->activation_byte[2],
                        2 * (2.0 * 4 * 12 * 256 * 256 - 4.0 * 4 * 12 * 256));
}
END_TEST

/* 4 bit tools leave the embedding alone: 256000 x 2304 of 2 bytes are 1.18 GB. */
START_TEST(embedding_has_its_own_precision)
{
    CsLayerShape shape = {.heads = 8, .kv_heads = 4, .head_dim = 256, .intermediate = 9216};
    g_autoptr(CsArchitecture) it = cs_architecture_new("m", 1, 2304, 256000, shape);
    CsTraining training = training_of(1, 128, 8, CS_LORA_Q);
    CsMemorySettings settings = {.weight_bit = 4, .optimizer_bit = 32};
    g_autoptr(CsMemory) packed = cs_memory_new(it, &training, &settings);
    ck_assert_double_eq(packed->weight_byte[0], 2.0 * 256000 * 2304);
    ck_assert_double_eq(packed->weight_byte[1] - packed->weight_byte[0],
                        cs_layer_weights(it, 0) / 2);
    settings.embedding_bit = 4;
    g_autoptr(CsMemory) all = cs_memory_new(it, &training, &settings);
    ck_assert_double_eq(all->weight_byte[0], 256000 * 2304 / 2.0);
}
END_TEST

/* What is not kept is computed again, by the device alone: a forward pass, or its attention. */
START_TEST(less_memory_costs_time)
{
    g_autoptr(CsArchitecture) it = paper_model(3, 768, 12);
    CsTraining training = training_of(4, 256, 8, CS_LORA_ALL);
    g_autoptr(CsProfile) all = cs_profile_new(it, &training);
    training.checkpointing = CS_CHECKPOINTING_FULL;
    g_autoptr(CsProfile) full = cs_profile_new(it, &training);
    training.checkpointing = CS_CHECKPOINTING_SELECTIVE;
    g_autoptr(CsProfile) selective = cs_profile_new(it, &training);
    for (guint c = 0; c <= 3; c++) {
        ck_assert_double_eq(full->device_backward_flop[c],
                            all->device_backward_flop[c] + all->device_forward_flop[c]);
        ck_assert_double_eq(selective->device_backward_flop[c],
                            all->device_backward_flop[c] + c * 4.0 * 4 * 256 * 256 * 768);
        ck_assert_double_eq(full->device_forward_flop[c], all->device_forward_flop[c]);
        ck_assert_double_eq(full->server_backward_flop[c], all->server_backward_flop[c]);
    }
    ck_assert_double_eq(full->total_flop, all->total_flop);
}
END_TEST

/* All weights trained: gradients of weights as much work as of inputs, all of them sent. */
START_TEST(full_fine_tuning)
{
    g_autoptr(CsArchitecture) it = paper_model(2, 768, 12);
    CsTraining training = training_of(4, 256, 8, CS_LORA_ALL);
    training.method = CS_METHOD_FULL;
    g_autoptr(CsProfile) p = cs_profile_new(it, &training);
    double w = cs_layer_weights(it, 0), tokens = 4 * 256, attention = 4.0 * 4 * 256 * 256 * 768;
    ck_assert_double_eq(p->device_forward_flop[1], 2 * w * tokens + attention);
    ck_assert_double_eq(p->device_backward_flop[1], 4 * w * tokens + 2 * attention);
    ck_assert_double_eq(p->adapter_parameters[2], 2 * w);
    ck_assert_double_eq(p->adapter_bit[2], 32 * 2 * w);
    g_autoptr(CsMemory) memory = cs_memory_new(it, &training, &settings16);
    ck_assert_double_eq(memory->weight_byte[2], 2.0 * 51200 * 768);
    ck_assert_double_eq(memory->adapter_byte[2], 2 * 4 * 2 * w);
    ck_assert_double_eq(memory->optimizer_byte[2], 2 * 4 * 2 * w);
}
END_TEST

/* The server has what the device has not, its head's weights and two logits of 32 bit a token. */
START_TEST(memory_of_the_server)
{
    g_autoptr(CsArchitecture) it = paper_model(3, 768, 12);
    CsTraining training = training_of(4, 256, 8, CS_LORA_ALL);
    training.head = TRUE;
    g_autoptr(CsMemory) device = cs_memory_new(it, &training, &settings16);
    g_autoptr(CsMemory) server = cs_memory_server_new(it, &training, &settings16);
    double table = 2.0 * 51200 * 768, logits = 8.0 * 4 * 256 * 51200, input = 2.0 * 4 * 256 * 768;
    ck_assert_double_eq(server->total_byte[3], table + logits + input);
    for (guint c = 0; c <= 3; c++) {
        /* Equal layers: three less c of them here, as many as the device has at cut 3 - c. */
        ck_assert_double_eq(server->weight_byte[c], device->weight_byte[3 - c]);
        ck_assert_double_eq(server->adapter_byte[c], device->adapter_byte[3 - c]);
        ck_assert_double_eq(server->optimizer_byte[c], device->optimizer_byte[3 - c]);
        ck_assert_double_eq(server->activation_byte[c], device->activation_byte[3 - c] + logits);
        ck_assert(c == 0 || server->total_byte[c] < server->total_byte[c - 1]);
    }
    /* The server computes nothing again, whatever the device does; without a head, no table. */
    training.checkpointing = CS_CHECKPOINTING_FULL;
    training.head = FALSE;
    g_autoptr(CsMemory) bare = cs_memory_server_new(it, &training, &settings16);
    ck_assert_double_eq(bare->activation_byte[0], server->activation_byte[0] - logits);
    ck_assert_double_eq(bare->weight_byte[0], server->weight_byte[0] - table);
}
END_TEST

/* Logits in eighths, a 32-bit copy of what is trained, and an allocator that takes a quarter more;
 * and the smallest cut of a server that has so much memory. */
START_TEST(memory_as_tools_take_it)
{
    g_autoptr(CsArchitecture) it = paper_model(3, 768, 12);
    CsTraining training = training_of(4, 256, 8, CS_LORA_ALL);
    training.head = TRUE;
    CsMemorySettings more = settings16;
    g_autoptr(CsMemory) plain = cs_memory_server_new(it, &training, &settings16);
    more.logits = CS_LOGITS_CHUNKED;
    g_autoptr(CsMemory) chunked = cs_memory_server_new(it, &training, &more);
    double logits = 8.0 * 4 * 256 * 51200;
    g_autoptr(CsProfile) p = cs_profile_new(it, &training);
    for (guint c = 0; c <= 3; c++)
        ck_assert_double_eq(chunked->total_byte[c], plain->total_byte[c] - logits * 7 / 8);
    more.logits = CS_LOGITS_WHOLE;
    more.master = TRUE;
    g_autoptr(CsMemory) master = cs_memory_new(it, &training, &more);
    g_autoptr(CsMemory) device = cs_memory_new(it, &training, &settings16);
    more.overhead = 1.25;
    g_autoptr(CsMemory) wasteful = cs_memory_new(it, &training, &more);
    for (guint c = 0; c <= 3; c++) {
        ck_assert_double_eq(master->total_byte[c],
                            device->total_byte[c] + 4 * p->adapter_parameters[c]);
        ck_assert_double_eq(wasteful->total_byte[c], 1.25 * master->total_byte[c]);
        ck_assert_int_eq(cs_memory_smallest_cut(plain, plain->total_byte[c]), (gint)c);
    }
    ck_assert_int_eq(cs_memory_smallest_cut(plain, plain->total_byte[3] - 1), -1);
}
END_TEST

START_TEST(the_largest_cut_fits_and_the_next_does_not)
{
    g_autoptr(CsArchitecture) it = paper_model(12, 768, 12);
    CsTraining training = training_of(4, 256, 8, CS_LORA_ALL);
    for (int way = CS_CHECKPOINTING_NONE; way <= CS_CHECKPOINTING_FULL; way++) {
        training.checkpointing = (CsCheckpointing)way;
        g_autoptr(CsMemory) memory = cs_memory_new(it, &training, &settings16);
        for (guint c = 0; c < memory->n_cuts; c++) {
            ck_assert(c == 0 || memory->total_byte[c] > memory->total_byte[c - 1]);
            ck_assert_int_eq(cs_memory_largest_cut(memory, memory->total_byte[c]), (gint)c);
            ck_assert_int_eq(cs_memory_largest_cut(memory, memory->total_byte[c] * (1 - 1e-12)),
                             (gint)c - 1);
        }
        ck_assert_int_eq(cs_memory_largest_cut(memory, INFINITY), 12);
    }
}
END_TEST

/* --- what the policies make of it --------------------------------------------------------------
 */

/* Every policy that chooses stays below cut_max and takes the best cut there. */
START_TEST(policies_keep_to_the_cuts_that_fit)
{
    guint n;
    const CsPolicy *const *policies = cs_policies(&n);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (int k = 0; k < 300; k++) {
        CsCostTable table;
        cs_cost_table_init(&table, 1 + (guint)gsl_rng_uniform_int(rng, 90));
        double device = 0, server = 0;
        for (guint c = table.n_cuts; c-- > 0;) {
            table.server_cycle[c] = 1e9 + (server += 1e10 * gsl_rng_uniform(rng));
            table.air_bit[c] = 1e6 * gsl_rng_uniform(rng);
        }
        for (guint c = 1; c < table.n_cuts; c++)
            table.device_s[c] = device += gsl_rng_uniform(rng);
        table.power_coefficient = 1e-25;
        table.frequency_min_hz = 3e8;
        table.frequency_max_hz = 2.4e9;
        table.cut_max = (guint)gsl_rng_uniform_int(rng, table.n_cuts);
        double up_bps = 1e6 + 1e8 * gsl_rng_uniform(rng), down_bps = 3e7;
        CsRoundState round = {.cost = &table,
                              .corners = cs_cost_corners(&table, up_bps, down_bps),
                              .uplink_bps = up_bps,
                              .downlink_bps = down_bps,
                              .round = (guint64)k + 1};
        CsPolicySettings settings = {.weight = gsl_rng_uniform(rng)};
        for (guint i = 0; i < n; i++) {
            if (policies[i]->only_cut != NULL)
                continue;
            g_autofree gpointer state = g_malloc0(MAX(policies[i]->state_size, 1));
            CsDecision decision = policies[i]->decide(&settings, &round, state);
            ck_assert_msg(decision.cut <= table.cut_max, "%s", policies[i]->name);
        }
        CsDecision card = cs_policy_find("card")->decide(&settings, &round, NULL);
        double best = cs_cost(&table, &round.corners, settings.weight, up_bps, down_bps,
                              card.frequency_hz, card.cut);
        for (guint c = 0; c <= table.cut_max; c++)
            ck_assert(cs_cost(&table, &round.corners, settings.weight, up_bps, down_bps,
                              card.frequency_hz, c) >= best);
        cs_cost_table_clear(&table);
    }
    gsl_rng_free(rng);
}
END_TEST

static CsScenario *read_example(const char *const *overrides, char **told)
{
    g_autofree char *path = cs_test_path("scenarios/examples/memory.ini");
    g_autoptr(CsPaths) paths = cs_paths_new(NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    CsScenario *scenario = cs_scenario_read(path, overrides, paths, diagnostics);
    *told = cs_diagnostics_format(diagnostics, FALSE);
    return scenario;
}

START_TEST(a_policy_without_a_cut_is_refused)
{
    g_autofree char *told = NULL;
    g_autoptr(CsScenario) scenario = read_example(NULL, &told);
    ck_assert_msg(scenario != NULL, "%s", told);
    const CsConfig *config = cs_scenario_config(scenario);
    ck_assert_uint_eq(config->groups[0].cost.cut_max, 28); /* all of Llama-3.2-3B on 64 GB */
    ck_assert_uint_lt(config->groups[2].cost.cut_max, 28);
    for (guint i = 0; i < 3; i++) {
        guint cut = config->groups[i].cost.cut_max;
        ck_assert(config->memory->total_byte[cut] <= config->groups[i].memory_byte);
        if (cut < 28)
            ck_assert(config->memory->total_byte[cut + 1] > config->groups[i].memory_byte);
    }
    static const struct {
        const char *set[3], *word;
    } bad[] = {
        {{"policy.name=device-only", NULL}, "device 'nx' has 6 GB of memory, and cut 28"},
        {{"policy.name=static", "policy.cut=27", NULL}, "cut 27 of the policy 'static'"},
        {{"device.nano.memory=1 MB", NULL}, "even cut 0 needs"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *words = NULL;
        g_autoptr(CsScenario) none = read_example(bad[i].set, &words);
        ck_assert_ptr_null(none);
        ck_assert_msg(strstr(words, bad[i].word) != NULL, "%s", words);
    }
    static const char *const off[] = {"policy.name=device-only", "model.memory-check=no",
                                      "device.nx.memory=unlimited", NULL};
    g_autofree char *silent = NULL;
    g_autoptr(CsScenario) unlimited = read_example(off, &silent);
    ck_assert_msg(unlimited != NULL, "%s", silent);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory");
    TCase *tc = tcase_create("memory");
    tcase_add_test(tc, activations_are_the_papers_without_dropout);
    tcase_add_test(tc, frozen_maps_keep_no_input);
    tcase_add_test(tc, llama_by_hand);
    tcase_add_test(tc, tiles_hold_no_matrix);
    tcase_add_test(tc, embedding_has_its_own_precision);
    tcase_add_test(tc, less_memory_costs_time);
    tcase_add_test(tc, full_fine_tuning);
    tcase_add_test(tc, memory_of_the_server);
    tcase_add_test(tc, memory_as_tools_take_it);
    tcase_add_test(tc, the_largest_cut_fits_and_the_next_does_not);
    tcase_add_test(tc, policies_keep_to_the_cuts_that_fit);
    tcase_add_test(tc, a_policy_without_a_cut_is_refused);
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
