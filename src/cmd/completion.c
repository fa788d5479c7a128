/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/completion: `cardsim completion SHELL`: a script that completes command lines in bash, zsh or
 * fish. The scripts know nothing of the program: they ask `cardsim completion candidates -- WORDS`,
 * which answers from the tables of commands, options, keys, metrics, policies, models. */
#include "analysis/figure.h"
#include "analysis/study.h"
#include "output/database.h"
#include "output/measure.h"
#include "cmd/commands.h"
#include "cmd/terminal.h"
#include "policy/policy.h"
#include "scenario/keys.h"

#include <string.h>

static const char bash_script[] =
    "# cardsim completion for bash: source it, or put it into a directory of bash-completion.\n"
    "_cardsim() {\n"
    "    local line=${COMP_LINE:0:COMP_POINT} words text kind=\n"
    "    read -ra words <<<\"$line\"\n"
    "    [[ $line == *' ' ]] && words+=('')\n"
    "    local current=${words[${#words[@]}-1]}\n"
    "    COMPREPLY=()\n"
    "    while IFS=$'\\t' read -r text _; do\n"
    "        case $text in\n"
    "        :*) kind=$text ;;\n"
    "        \"$current\"*) COMPREPLY+=(\"$text\") ;;\n"
    "        esac\n"
    "    done < <(\"${words[0]}\" completion candidates -- \"${words[@]:1}\" 2>/dev/null)\n"
    "    # What readline takes for words of their own is there already.\n"
    "    local mark before i\n"
    "    for mark in = :; do\n"
    "        if [[ $current == *\"$mark\"* && $COMP_WORDBREAKS == *\"$mark\"* ]]; then\n"
    "            before=${current%\"${current##*\"$mark\"}\"}\n"
    "            for i in \"${!COMPREPLY[@]}\"; do COMPREPLY[i]=${COMPREPLY[i]#\"$before\"}; done\n"
    "        fi\n"
    "    done\n"
    "    case $kind in\n"
    "    :files) mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- \"$current\")\n"
    "        compopt -o filenames 2>/dev/null ;;\n"
    "    :directories) mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- \"$current\")\n"
    "        compopt -o filenames 2>/dev/null ;;\n"
    "    esac\n"
    "    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=.] ]] && compopt -o nospace "
    "2>/dev/null\n"
    "    return 0\n"
    "}\n"
    "complete -F _cardsim cardsim\n";

static const char zsh_script[] =
    "#compdef cardsim\n"
    "# cardsim completion for zsh: put it as _cardsim into a directory of $fpath.\n"
    "_cardsim() {\n"
    "    local line text meaning kind=\n"
    "    local -a plain keys\n"
    "    while IFS=$'\\t' read -r text meaning; do\n"
    "        case $text in\n"
    "        :*) kind=$text ;;\n"
    "        *=) keys+=(\"${text%=}:$meaning\") ;;\n"
    "        *) plain+=(\"${text//:/\\\\:}${meaning:+:$meaning}\") ;;\n"
    "        esac\n"
    "    done < <($words[1] completion candidates -- \"${(@)words[2,CURRENT]}\" 2>/dev/null)\n"
    "    (( $#plain )) && _describe -t values value plain\n"
    "    (( $#keys )) && _describe -t keys key keys -S =\n"
    "    case $kind in\n"
    "    :files) _files ;;\n"
    "    :directories) _files -/ ;;\n"
    "    esac\n"
    "}\n"
    "if [[ $funcstack[1] == _cardsim ]]; then _cardsim \"$@\"; else compdef _cardsim cardsim; fi\n";

static const char fish_script[] =
    "# cardsim completion for fish: put it as cardsim.fish into a directory of "
    "$fish_complete_path.\n"
    "function __cardsim_candidates\n"
    "    set -l words (commandline -opc) (commandline -ct)\n"
    "    for line in ($words[1] completion candidates -- $words[2..-1] 2>/dev/null)\n"
    "        switch $line\n"
    "            case :files\n"
    "                __fish_complete_path (commandline -ct)\n"
    "            case :directories\n"
    "                __fish_complete_directories (commandline -ct) ''\n"
    "            case '*'\n"
    "                printf '%s\\n' $line\n"
    "        end\n"
    "    end\n"
    "end\n"
    "complete -c cardsim -f -a '(__cardsim_candidates)'\n";

static const struct {
    const char *name, *script;
} shells[] = {{"bash", bash_script}, {"zsh", zsh_script}, {"fish", fish_script}};

/* --- candidates ------------------------------------------------------------------------------- */

static void add(GString *out, const char *before, const char *text, const char *after,
                const char *meaning)
{
    g_string_append_printf(out, "%s%s%s%s%s\n", before, text, after, meaning != NULL ? "\t" : "",
                           meaning != NULL ? meaning : "");
}

/* "a|b|c" */
static void add_choices(GString *out, const char *before, const char *choices)
{
    g_auto(GStrv) words = g_strsplit(choices, "|", -1);
    for (char **word = words; *word != NULL; word++)
        add(out, before, *word, "", NULL);
}

static void add_files_of(GString *out, const char *before, const CsPaths *paths, const char *folder)
{
    g_auto(GStrv) names = cs_paths_list(paths, folder, ".ini");
    for (char **name = names; *name != NULL; name++)
        add(out, before, *name, "", NULL);
}

static void add_policies(GString *out, const char *before)
{
    guint n;
    const CsPolicy *const *policies = cs_policies(&n);
    for (guint i = 0; i < n; i++)
        add(out, before, policies[i]->name, "", policies[i]->summary);
}

/* The names in the lines "[device NAME]" of a scenario that is named on the line. */
static GPtrArray *device_names(char **words)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (; *words != NULL; words++) {
        g_autofree char *text = NULL;
        if (!g_str_has_suffix(*words, ".ini") || !g_file_get_contents(*words, &text, NULL, NULL))
            continue;
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        for (char **line = lines; *line != NULL; line++) {
            char *end = strchr(*line, ']');
            if (g_str_has_prefix(*line, "[device ") && end != NULL)
                g_ptr_array_add(names, g_strstrip(g_strndup(*line + 8, (gsize)(end - *line - 8))));
        }
    }
    return names;
}

/* `after` is "=" behind -s. */
static void add_keys(GString *out, char **words, const char *after)
{
    g_autoptr(GPtrArray) devices = device_names(words);
    guint n;
    const CsKey *keys = cs_keys(&n);
    for (guint i = 0; i < n; i++) {
        gboolean of_device = strcmp(keys[i].group, "device") == 0;
        g_autofree char *group = g_strconcat(keys[i].group, ".", NULL);
        if (strcmp(keys[i].group, "sweep") == 0 || strcmp(keys[i].key, "extends") == 0)
            continue;
        if (!of_device)
            add(out, group, keys[i].key, after, keys[i].meaning);
        for (guint d = 0; of_device && d < devices->len; d++) {
            g_autofree char *device =
                g_strdup_printf("device.%s.", (const char *)g_ptr_array_index(devices, d));
            add(out, device, keys[i].key, after, keys[i].meaning);
        }
    }
}

/* "KEY=" or "KEY=V1," with what may follow. */
static void add_values(GString *out, const char *current, const CsPaths *paths)
{
    const char *sign = strchr(current, '='), *comma = strrchr(sign, ',');
    const char *dot = strchr(current, '.');
    if (dot == NULL || dot > sign)
        return;
    g_autofree char *before =
        g_strndup(current, (gsize)((comma != NULL ? comma : sign) - current) + 1);
    g_autofree char *group = g_strndup(current, (gsize)(dot - current));
    g_autofree char *name = g_strndup(dot + 1, (gsize)(sign - dot) - 1);
    const char *last = strrchr(name, '.') != NULL ? strrchr(name, '.') + 1 : name;
    const CsKey *key = cs_key_find(group, last);
    if (key == NULL)
        return;
    if (key == cs_key(CS_KEY_POLICY))
        add_policies(out, before);
    else if (key == cs_key(CS_KEY_LLM))
        add_files_of(out, before, paths, "models/llm");
    else if (strcmp(key->key, "platform") == 0)
        add_files_of(out, before, paths, "models/platform");
    else if (key->kind == CS_VALUE_BOOLEAN)
        add_choices(out, before, "yes|no");
    else if (key->names != NULL)
        for (const CsName *row = key->names; row->name != NULL; row++)
            add(out, before, row->name, "", NULL);
    else
        add(out, before, key->fallback != NULL ? key->fallback : "", "", "the default");
}

/* --- what a sweep's results know -------------------------------------------------------------- */

/* The results that are named on the line, or NULL. Transfer full. */
static CsStudy *named_study(char **words)
{
    for (; *words != NULL; words++) {
        g_autofree char *database = g_build_filename(*words, CS_DATABASE_FILE, NULL);
        if ((*words)[0] != '-' && g_file_test(database, G_FILE_TEST_IS_REGULAR))
            return cs_study_open(*words, NULL);
    }
    return NULL;
}

/* The swept keys, by all of their name and by its ending where that is enough. */
static void add_swept_keys(GString *out, CsStudy *study, const char *after)
{
    for (guint k = 0; k < cs_study_n_keys(study); k++) {
        const CsStudyKey *key = cs_study_key(study, k);
        g_autofree char *title = cs_study_key_title(key);
        const char *ending = cs_study_key_ending(key->name);
        g_autoptr(GError) several = NULL;
        add(out, "", key->name, after, title);
        if (strcmp(ending, key->name) != 0 && cs_study_find_key(study, ending, &several) >= 0)
            add(out, "", ending, after, title);
    }
}

/* "KEY=" with the values that KEY was swept over. */
static void add_swept_values(GString *out, CsStudy *study, const char *current)
{
    const char *sign = strchr(current, '=');
    g_autofree char *name = g_strndup(current, (gsize)(sign - current));
    g_autofree char *before = g_strndup(current, (gsize)(sign - current) + 1);
    g_autoptr(GError) unknown = NULL;
    gint key = cs_study_find_key(study, name, &unknown);
    for (guint i = 0; key >= 0 && i < cs_study_key(study, (guint)key)->values->len; i++)
        add(out, before, g_ptr_array_index(cs_study_key(study, (guint)key)->values, i), "", NULL);
}

static void add_metrics(GString *out)
{
    guint n;
    const CsMeasure *measures = cs_measures(&n);
    for (guint i = 0; i < n; i++)
        add(out, "", measures[i].name, "", measures[i].meaning);
}

static void add_figures(GString *out)
{
    guint n;
    const CsFigure *figures = cs_figures(&n);
    for (guint i = 0; i < n; i++)
        add(out, "", figures[i].name, "", figures[i].summary);
}

static void add_argument(GString *out, CsOptionId id, char **words, const char *current,
                         const CsPaths *paths)
{
    const char *argument = cs_option(id)->argument;
    gboolean of_results =
        id == CS_OPTION_VERSUS || id == CS_OPTION_BY || id == CS_OPTION_X || id == CS_OPTION_ALONG;
    g_autoptr(CsStudy) study = of_results ? named_study(words) : NULL;
    if (study != NULL && id == CS_OPTION_VERSUS && strchr(current, '=') != NULL) {
        add_swept_values(out, study, current);
    } else if (study != NULL) {
        add_swept_keys(out, study, id == CS_OPTION_VERSUS ? "=" : "");
        if (id != CS_OPTION_VERSUS)
            add_choices(out, "", "device|round|run");
    } else if (id == CS_OPTION_SET || id == CS_OPTION_VERSUS) {
        if (strchr(current, '=') != NULL)
            add_values(out, current, paths);
        else
            add_keys(out, words, "=");
    } else if (id == CS_OPTION_BY || id == CS_OPTION_X || id == CS_OPTION_ALONG) {
        add_keys(out, words, "");
        add_choices(out, "", "device|round|run");
    } else if (id == CS_OPTION_METRIC || id == CS_OPTION_Y) {
        add_metrics(out);
    } else if (id == CS_OPTION_FIGURE) {
        add_figures(out);
    } else if (strchr(argument, '|') != NULL && g_ascii_islower(argument[0])) {
        add_choices(out, "", argument);
    } else if (strcmp(argument, "DIR") == 0) {
        g_string_append(out, ":directories\n");
    } else if (g_str_has_prefix(argument, "FILE")) {
        g_string_append(out, ":files\n");
    }
}

/* The option that `word` ends with, if it waits for its argument in the next word; else -1. */
static gint waiting_option(const CsCommand *command, const char *word)
{
    for (gint id = 0; id < CS_OPTION_N && word[0] == '-'; id++) {
        const CsOption *option = cs_option((CsOptionId)id);
        guint64 taken = command != NULL ? cs_command_options(command) : G_MAXUINT64;
        if (option->argument == NULL || (taken & CS_OPTION_BIT(id)) == 0)
            continue;
        if ((word[1] == '-' && strcmp(word + 2, option->name) == 0) ||
            (word[1] == option->letter && option->letter != 0 && word[2] == '\0'))
            return id;
    }
    return -1;
}

static void add_options(GString *out, const CsCommand *command)
{
    guint64 taken = command != NULL ? cs_command_options(command) : 0;
    taken |=
        CS_OPTION_BIT(CS_OPTION_HELP) | (command == NULL ? CS_OPTION_BIT(CS_OPTION_VERSION) : 0);
    for (guint id = 0; id < CS_OPTION_N; id++)
        if ((taken & CS_OPTION_BIT(id)) != 0)
            add(out, "--", cs_option((CsOptionId)id)->name, "", cs_option((CsOptionId)id)->help);
}

static void add_operands(GString *out, const CsCommand *command)
{
    g_autofree char *first = g_strndup(command->operands, strcspn(command->operands, " "));
    if (strchr(first, '|') != NULL && !g_ascii_isupper(*first))
        add_choices(out, "", first);
    else if (g_str_has_prefix(command->operands, "DIR"))
        g_string_append(out, ":directories\n");
    else if (command->most > 0)
        g_string_append(out, ":files\n");
}

static void add_commands(GString *out)
{
    guint n;
    const CsCommand *const *commands = cs_commands(&n);
    for (guint i = 0; i < n; i++)
        add(out, "", commands[i]->name, "", commands[i]->summary);
    add(out, "", "help", "", "help on a command");
}

/* What stands in front of the last word. */
typedef struct {
    const CsCommand *command; /* or NULL */
    gboolean help;            /* `help` */
    gint waiting;             /* the option whose argument the last word is, or -1 */
} Context;

static Context read_context(char **words)
{
    Context context = {NULL, FALSE, -1};
    for (; *words != NULL && words[1] != NULL; words++) {
        gboolean argument = context.waiting >= 0;
        context.waiting = argument ? -1 : waiting_option(context.command, *words);
        if (argument || (*words)[0] == '-' || context.command != NULL)
            continue;
        context.command = cs_command_find(*words);
        context.help = context.help || strcmp(*words, "help") == 0;
    }
    return context;
}

static int print_candidates(const CsArguments *arguments)
{
    char **words = (char **)arguments->operands->pdata + 1;
    const char *current = arguments->n_operands > 1 ? words[arguments->n_operands - 2] : "";
    Context context = read_context(words);
    g_autoptr(CsPaths) paths = cs_arguments_paths(arguments);
    g_autoptr(GString) out = g_string_new(NULL);
    if (context.waiting >= 0)
        add_argument(out, (CsOptionId)context.waiting, words, current, paths);
    else if (current[0] == '-')
        add_options(out, context.command);
    else if (context.command == NULL || context.help)
        add_commands(out);
    else
        add_operands(out, context.command);
    return cs_print(out->str);
}

static int run(const CsArguments *arguments)
{
    const char *shell = g_ptr_array_index(arguments->operands, 0);
    if (strcmp(shell, "candidates") == 0)
        return print_candidates(arguments);
    for (guint i = 0; i < G_N_ELEMENTS(shells); i++)
        if (strcmp(shells[i].name, shell) == 0 && arguments->n_operands == 1)
            return cs_print(shells[i].script);
    cs_complain("'completion' knows bash, zsh and fish, not '%s'", shell);
    return CS_EXIT_USAGE;
}

const CsCommand cs_command_completion = {
    .name = "completion",
    .operands = "bash|zsh|fish",
    .least = 1,
    .most = G_MAXUINT,
    .options = 0,
    .summary = "print a script that completes command lines in a shell",
    .description =
        "Prints a script for bash, zsh or fish that completes commands, options, scenario keys "
        "behind -s, their values (policies, models, platforms), the keys and values of a sweep "
        "whose "
        "results are named, and file names. 'make install' puts "
        "the scripts where the shells look for them; otherwise source it in your shell's start-up "
        "file.\n\n"
        "The scripts ask the program itself, so they stay right when it changes.",
    .examples = "source <(cardsim completion bash)\tin bash, for this session\n"
                "cardsim completion zsh > ~/.zfunc/_cardsim\twith ~/.zfunc in $fpath\n"
                "cardsim completion fish > ~/.config/fish/completions/cardsim.fish\tin fish\n",
    .run = run,
};
