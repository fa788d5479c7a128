/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/decide: `cardsim decide SCENARIO`: the choice of cut and frequency at given rates. */
#include "analysis/explanation.h"
#include "cmd/commands.h"
#include "cmd/load.h"
#include "cmd/rate.h"
#include "cmd/recorded.h"
#include "cmd/table.h"
#include "cmd/terminal.h"

#include <string.h>

static const CsTableColumn columns[] = {
    {"cut", "cut", "", 0, CS_COLUMN_WHOLE},
    {"frequency_hz", "frequency", "MHz", 1e6, CS_COLUMN_REAL},
    {"delay_s", "delay D", "s", 0, CS_COLUMN_REAL},
    {"server_energy_j", "server energy E", "J", 0, CS_COLUMN_REAL},
    {"cost", "cost U", "", 0, CS_COLUMN_REAL},
    {"chosen", "chosen", "", 0, CS_COLUMN_WHOLE},
};

static char *describe(const CsConfig *config, const char *device, CsDecision decision,
                      double delay_s, double energy_j, double cost)
{
    return g_strdup_printf("device %s, policy %s, weight %g: cut %u of %u, server at %.5g MHz\n"
                           "delay %.5g s, server energy %.5g J, cost %.5g\n\n",
                           device, config->policy->name, config->policy_settings.weight,
                           decision.cut, config->profile->n_cuts - 1, decision.frequency_hz / 1e6,
                           delay_s, energy_j, cost);
}

/* The rates given are those that the policy is handed, so there is nothing left to know wrongly. */
static void tell_knowledge(const CsArguments *arguments, const CsConfig *config)
{
    if (config->csi == CS_CSI_PERFECT || arguments->quiet)
        return;
    g_autofree char *csi = config->csi == CS_CSI_DELAYED
                               ? g_strdup_printf("delayed %u rounds", config->csi_rounds)
                               : g_strdup_printf("error %g dB", config->csi_error_db);
    cs_note("the scenario's 'csi = %s' does not apply here: the given rates are taken as what the "
            "decision knows, and D, E and U are those at them",
            csi);
}

/* "the same was chosen there" or what was, of a round that was simulated. Transfer full. */
static char *describe_round(const CsRecorded *of, const CsRoundRecord *record, CsDecision decision)
{
    g_autofree char *there =
        record->decision.cut == decision.cut &&
                record->decision.frequency_hz == decision.frequency_hz
            ? g_strdup("the same was chosen there")
            : g_strdup_printf("chosen there: cut %u, server at %.5g MHz, with memory of rounds, "
                              "load or another knowledge",
                              record->decision.cut, record->decision.frequency_hz / 1e6);
    g_autofree char *words = cs_recorded_words(of);
    return g_strdup_printf("%s: uplink %.5g Mbit/s, downlink %.5g Mbit/s;\n%s\n", words,
                           record->uplink.rate_bps / 1e6, record->downlink.rate_bps / 1e6, there);
}

/* `record` of the round that the rates are of, or NULL. */
static int decide(const CsArguments *arguments, const CsRecorded *recorded, const CsConfig *config,
                  guint device, double uplink_bps, double downlink_bps, const CsRoundRecord *record)
{
    const CsDeviceGroup *group = cs_config_group_of(config, device);
    const CsCostTable *cost = &group->cost;
    downlink_bps = cs_config_downlink_bps(config, downlink_bps);
    g_autofree char *name = cs_config_device_name(config, device);
    CsRoundState round = {
        .cost = cost,
        .corners = cs_cost_corners(cost, uplink_bps, downlink_bps),
        .uplink_bps = uplink_bps,
        .downlink_bps = downlink_bps,
        .round = record != NULL ? record->round : 1,
        .key = cs_random_key(config->seed, recorded->replication, cs_entity_hash(name),
                             CS_PURPOSE_POLICY),
    };
    g_autofree gpointer state = g_malloc0(MAX(config->policy->state_size, 1));
    CsDecision decision = config->policy->decide(&config->policy_settings, &round, state);
    double frequency_hz = decision.frequency_hz;
    g_autoptr(GError) error = NULL;
    if (!cs_decision_check(config->policy, cost, decision, &error)) {
        cs_complain("device '%s': %s", name, error->message);
        return CS_EXIT_FAILED;
    }

    g_autoptr(CsTablePrinter) table = cs_table_printer_new(columns, G_N_ELEMENTS(columns));
    g_autofree char *head = NULL;
    for (guint c = cost->cut_min; c < cost->n_cuts; c++) {
        double delay_s = cs_cost_delay(cost, uplink_bps, downlink_bps, frequency_hz, c);
        double energy_j = cs_cost_energy(cost, frequency_hz, c);
        double u = cs_cost(cost, &round.corners, config->policy_settings.weight, uplink_bps,
                           downlink_bps, frequency_hz, c);
        CS_TABLE_ADD_NUMBERS(table, c, frequency_hz, delay_s, energy_j, u, c == decision.cut);
        if (c == decision.cut)
            head = describe(config, name, decision, delay_s, energy_j, u);
    }
    g_autofree char *body = cs_table_format(table, arguments->format);
    g_autofree char *of =
        record != NULL ? describe_round(recorded, record, decision) : g_strdup("");
    gboolean people = arguments->format == CS_FORMAT_TABLE;
    tell_knowledge(arguments, config);
    g_autofree char *text = g_strconcat(people ? of : "", people ? head : "", body, NULL);
    return cs_print_filled(arguments, text);
}

/* In a round, of the simulation or of results. */
static int decide_round(const CsArguments *arguments, const CsRecorded *recorded,
                        const CsConfig *config, guint device)
{
    CsRoundRecord record;
    g_autoptr(GError) error = NULL;
    if (!cs_explanation_round(config, device, recorded->round, recorded->replication, &record,
                              &error)) {
        cs_complain("%s", error->message);
        return CS_EXIT_FAILED;
    }
    return decide(arguments, recorded, config, device, record.uplink.rate_bps,
                  record.downlink.rate_bps, &record);
}

static int run(const CsArguments *arguments)
{
    double uplink_bps, downlink_bps;
    if (arguments->value[CS_OPTION_DEVICE] == NULL) {
        cs_complain("'decide' needs --device NAME");
        return CS_EXIT_USAGE;
    }
    gboolean of_results =
        g_file_test(g_ptr_array_index(arguments->operands, 0), G_FILE_TEST_IS_DIR);
    gboolean of_round = of_results || arguments->value[CS_OPTION_ROUND] != NULL ||
                        arguments->value[CS_OPTION_REPLICATION] != NULL;
    if (!of_round && arguments->value[CS_OPTION_UPLINK_RATE] == NULL &&
        arguments->value[CS_OPTION_DOWNLINK_RATE] == NULL) {
        cs_complain("'decide' needs --uplink-rate, such as --uplink-rate '100 Mbit/s', and "
                    "--downlink-rate; or --round N, a round that is simulated");
        return CS_EXIT_USAGE;
    }
    if (!cs_read_round_or_rates(arguments, &uplink_bps, &downlink_bps) ||
        (!of_round && !cs_read_rate(arguments, CS_OPTION_UPLINK_RATE, &uplink_bps)))
        return CS_EXIT_USAGE;
    int code;
    CsRecorded recorded;
    g_autoptr(CsScenario) scenario = cs_recorded_load(arguments, &recorded, &code);
    if (scenario == NULL)
        return code;
    const CsConfig *config = cs_scenario_config(scenario);
    gint device = cs_load_device(config, arguments->value[CS_OPTION_DEVICE]);
    if (device < 0)
        return CS_EXIT_USAGE;
    if (uplink_bps > 0)
        return decide(arguments, &recorded, config, (guint)device, uplink_bps, downlink_bps, NULL);
    return decide_round(arguments, &recorded, config, (guint)device);
}

const CsCommand cs_command_decide = {
    .name = "decide",
    .operands = "SCENARIO|DIR",
    .least = 1,
    .most = 1,
    .options = CS_SCENARIO_OPTIONS | CS_RECORDED_OPTIONS | CS_OPTION_BIT(CS_OPTION_DEVICE) |
               CS_OPTION_BIT(CS_OPTION_ROUND) | CS_OPTION_BIT(CS_OPTION_UPLINK_RATE) |
               CS_OPTION_BIT(CS_OPTION_DOWNLINK_RATE) | CS_OPTION_BIT(CS_OPTION_FORMAT),
    .summary = "print the policy's choice at given rates, and every other cut beside it",
    .description =
        "Asks the scenario's policy for the cut layer and the server's frequency of one round of "
        "one device at the given rates, and prints delay D (Eq. 9-10), server energy E (Eq. 11) "
        "and cost U (Eq. 12) of every cut at that frequency; the chosen one is marked with 1. "
        "--round N takes the rates of that round, as replication 1, or the one that --replication "
        "names, simulates it, and tells what was chosen there.\n\n"
        "DIR, a directory of results of 'run -o' or 'sweep', in place of the scenario takes a "
        "round that was simulated there: of its first run, or the one of --run. The run is made "
        "anew as the manifest tells it; as with 'export', another build's results, a scenario "
        "whose files have changed, or a rounds.csv that is not the manifest's, are refused with "
        "exit code 1.\n\n"
        "The rates are those that the decision knows. What [policy] csi says of knowledge that is "
        "late or wrong does not apply, as that is about how these rates come to differ from the "
        "true ones; to see its effect, ask at the true and at the known rates, or simulate: the "
        "regret is in devices.csv and totals.csv. A policy that remembers earlier rounds is asked "
        "for its first, with nothing to remember.",
    .examples =
        "cardsim decide letter.ini --device 1 --uplink-rate 99Mbit/s "
        "--downlink-rate 2Gbit/s\twhat CARD chooses\n"
        "cardsim decide letter.ini --device 1 --uplink-rate 1Mbit/s --downlink-rate 1Mbit/s\t"
        "on a bad link\n"
        "cardsim decide letter.ini --device 1 --round 7\tin a round of the simulation\n"
        "cardsim decide results/my --run 3 --device near --round 2\tof a run that is there\n",
    .run = run,
};
