/* cmd/check: `cardsim check SCENARIO...`: is it valid? Runs nothing, writes nothing. */
#include "cmd/commands.h"
#include "cmd/load.h"
#include "cmd/terminal.h"

static void say_good(const char *path, const CsConfig *config)
{
    cs_note("%s: valid: %u device%s, %" G_GUINT64_FORMAT " round%s, %" G_GUINT64_FORMAT
            " replication%s, policy %s, %s with %u layers%s",
            path, config->n_devices, config->n_devices == 1 ? "" : "s", config->rounds,
            config->rounds == 1 ? "" : "s", config->replications,
            config->replications == 1 ? "" : "s", config->policy->name, config->architecture->name,
            config->architecture->n_layers,
            cs_config_loses_rounds(config) ? "; devices may lose rounds" : "");
}

/* The worst of all files decides: unreadable (4) before invalid (3). */
static int run(const CsArguments *arguments)
{
    int worst = CS_EXIT_OK;
    for (guint i = 0; i < arguments->n_operands; i++) {
        const char *path = g_ptr_array_index(arguments->operands, i);
        int code;
        g_autoptr(CsScenario) scenario = cs_load_file(arguments, path, &code);
        if (scenario != NULL && !arguments->quiet)
            say_good(path, cs_scenario_config(scenario));
        worst = MAX(worst, code);
    }
    return worst;
}

const CsCommand cs_command_check = {
    .name = "check",
    .operands = "SCENARIO...",
    .least = 1,
    .most = G_MAXUINT,
    .options = CS_SCENARIO_OPTIONS,
    .summary = "check scenarios and report every error in its place",
    .description =
        "Reads each scenario with everything it extends and names, checks every key, and reports "
        "all errors, each with file, line, column and a remedy. Runs nothing and writes nothing.",
    .examples = "cardsim check my.ini\tis it valid?\n"
                "cardsim check *.ini -q\tonly the exit code and the errors\n"
                "cardsim check my.ini -s radio.bandwidth=100MHz\twould it be, with this value?\n",
    .run = run,
};
