/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/command: what a command is: its name, its options, its help, and the function that runs it.
 *
 * One table (command.c) drives dispatch, `--help`, "did you mean" and the man pages. A new command
 * is one file and one line there.
 *
 * Layer: cmd. Calls every lower layer. This is the only layer that prints and that ends the
 * program.
 */
#ifndef CS_CMD_COMMAND_H
#define CS_CMD_COMMAND_H

#include "base/paths.h"

#include <glib.h>

/* How the program ends. 130 and 143 are 128 + the signal that ended it. */
typedef enum {
    CS_EXIT_OK = 0,
    CS_EXIT_FAILED = 1,   /* a run failed, or a comparison differs */
    CS_EXIT_USAGE = 2,    /* the command line is wrong */
    CS_EXIT_INVALID = 3,  /* the scenario, or a file it names, is wrong */
    CS_EXIT_IO = 4,       /* the scenario cannot be read, or a result cannot be written */
    CS_EXIT_INTERNAL = 70 /* a bug of ours */
} CsExit;

typedef enum {
    CS_FORMAT_TABLE,
    CS_FORMAT_CSV,
    CS_FORMAT_JSON,
    CS_FORMAT_LATEX,
    CS_FORMAT_ROFF
} CsFormatKind;

/* Every option of the program. The order is that of the help. */
typedef enum {
    CS_OPTION_SET,
    CS_OPTION_INCLUDE,
    CS_OPTION_PLUGIN,
    CS_OPTION_OUTPUT_DIRECTORY,
    CS_OPTION_OUTPUT_FILE,
    CS_OPTION_JOBS,
    CS_OPTION_MAX_MEMORY,
    CS_OPTION_SHARD,
    CS_OPTION_EMIT,
    CS_OPTION_SHARDS,
    CS_OPTION_RESUME,
    CS_OPTION_EXTEND,
    CS_OPTION_RESTART,
    CS_OPTION_NO_LOCK,
    CS_OPTION_PROGRESS,
    CS_OPTION_TRACE,
    CS_OPTION_FIGURE,
    CS_OPTION_KIND,
    CS_OPTION_X,
    CS_OPTION_Y,
    CS_OPTION_BY,
    CS_OPTION_ALONG,
    CS_OPTION_TITLE,
    CS_OPTION_METRIC,
    CS_OPTION_VERSUS,
    CS_OPTION_ALL,
    CS_OPTION_LEVEL,
    CS_OPTION_SAMPLES,
    CS_OPTION_NEAR,
    CS_OPTION_WITHIN,
    CS_OPTION_PLOT,
    CS_OPTION_HTML,
    CS_OPTION_RAW,
    CS_OPTION_RTOL,
    CS_OPTION_TICKS,
    CS_OPTION_ORIGIN,
    CS_OPTION_SNR,
    CS_OPTION_DEVICE,
    CS_OPTION_ROUND,
    CS_OPTION_REPLICATION,
    CS_OPTION_TABLE,
    CS_OPTION_RUNS,
    CS_OPTION_PLACES,
    CS_OPTION_PRECISION,
    CS_OPTION_STEPS,
    CS_OPTION_SEED,
    CS_OPTION_UPLINK_RATE,
    CS_OPTION_DOWNLINK_RATE,
    CS_OPTION_FORMAT,
    CS_OPTION_QUIET,
    CS_OPTION_VERBOSE,
    CS_OPTION_HELP,
    CS_OPTION_VERSION,
    CS_OPTION_N
} CsOptionId;

#define CS_OPTION_BIT(id) (G_GUINT64_CONSTANT(1) << (id))

typedef struct {
    char letter;          /* 'o', or 0 */
    const char *name;     /* "output" */
    const char *argument; /* "DIR", or NULL */
    gboolean dash_value;  /* the argument may begin with '-' */
    const char *help;
} CsOption;

const CsOption *cs_option(CsOptionId id);

typedef struct CsCommand CsCommand;
typedef struct CsShortage CsShortage; /* see cmd/shortage */

/* The command line, read. Texts are borrowed from argv. */
typedef struct {
    const CsCommand *command; /* NULL where none was named */
    guint64 given;            /* CS_OPTION_BITs */
    const char *value[CS_OPTION_N];
    GPtrArray *settings; /* -s, NULL-ended */
    GPtrArray *include;  /* -I, NULL-ended */
    GPtrArray *plugins;  /* --plugin, NULL-ended */
    GPtrArray *by;       /* --by, NULL-ended */
    GPtrArray *metrics;  /* --metric, NULL-ended */
    GPtrArray *versus;   /* --versus, NULL-ended; value[] has the last */
    GPtrArray *operands; /* NULL-ended */
    guint n_operands;
    CsFormatKind format;
    double level;           /* of --level, else 0.95 */
    guint jobs;             /* 0: all cores */
    double max_memory_byte; /* of --max-memory, else half of the machine */
    gboolean quiet;
    gboolean verbose;
    CsShortage *shortage; /* what memory is for; borrowed */
} CsArguments;

struct CsCommand {
    const char *name;
    const char *operands;    /* "SCENARIO", for the synopsis */
    guint least, most;       /* how many operands */
    guint64 options;         /* CS_OPTION_BITs it takes beside the common ones */
    const char *summary;     /* one line, no full stop */
    const char *description; /* paragraphs, split by an empty line */
    const char *examples;    /* lines "command line\tmeaning" */
    int (*run)(const CsArguments *arguments);
};

const CsCommand *const *cs_commands(guint *n);
const CsCommand *cs_command_find(const char *name);

/* The options that `command` takes, the common ones included. */
guint64 cs_command_options(const CsCommand *command);

/* The search path that -I asks for. Transfer full. */
CsPaths *cs_arguments_paths(const CsArguments *arguments);

#endif
