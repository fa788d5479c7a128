/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/emit: scripts for Slurm and GNU parallel. See emit.h. */
#include "campaign/emit.h"

#include "base/version.h"

#include <math.h>
#include <string.h>

#define SHARD_TARGET_S 600.0
#define SHARDS_LEAST 4
#define SHARDS_MOST 1000 /* Slurm's own limit of an array is 1001 tasks by default */

/* A time limit is for what was not foreseen: slower nodes, a busy file system. */
#define LIMIT_FACTOR 3.0
#define LIMIT_LEAST_S 600.0

guint64 cs_emit_shards(double total_s, guint64 most)
{
    double wanted = ceil(total_s / SHARD_TARGET_S);
    guint64 shards = (guint64)CLAMP(wanted, SHARDS_LEAST, SHARDS_MOST);
    return CLAMP(shards, 1, MAX(most, 1));
}

static void append_quoted(GString *out, const char *text)
{
    g_autofree char *quoted = g_shell_quote(text);
    g_string_append(out, quoted);
}

/* " --name='value'": one word, so that a value may begin with anything. */
static void append_option(GString *out, const char *name, const char *value)
{
    g_string_append_printf(out, " --%s=", name);
    append_quoted(out, value);
}

static void append_assignment(GString *out, const char *name, const char *value)
{
    g_string_append_printf(out, "%s=", name);
    append_quoted(out, value);
    g_string_append_c(out, '\n');
}

/* `cd` takes a leading '-' for an option, and a lone "-" for the directory before. The working
 * directory is absolute, so that neither can come. */
static void append_start(GString *out, const CsEmit *emit)
{
    g_autofree char *shards =
        g_strdup_printf("%s.shards-%" G_GUINT64_FORMAT, emit->directory, emit->shards);
    g_string_append(out, "cd ");
    append_quoted(out, emit->working);
    g_string_append(out, " || exit 1\n");
    append_assignment(out, "shards", shards);
}

/* The sweep of one shard, whose number the shell expression `number` gives. */
static void append_sweep(GString *out, const CsEmit *emit, const char *number)
{
    g_string_append(out, "exec ");
    append_quoted(out, emit->program);
    g_string_append(out, " sweep");
    for (const char *const *include = emit->include; *include != NULL; include++)
        append_option(out, "include", *include);
    for (const char *const *plugin = emit->plugins; *plugin != NULL; plugin++)
        append_option(out, "plugin", *plugin);
    for (const char *const *setting = emit->settings; *setting != NULL; setting++)
        append_option(out, "set", *setting);
    g_string_append_printf(out,
                           " \\\n    --jobs=%u --resume --shard=\"%s/%" G_GUINT64_FORMAT
                           "\" --output=\"$shards/%s\" \\\n    -- ",
                           emit->threads, number, emit->shards, number);
    append_quoted(out, emit->scenario);
    g_string_append_c(out, '\n');
}

static void append_merge(GString *out, const CsEmit *emit, const char *before)
{
    g_string_append_printf(out,
                           "set --\ni=0\nwhile [ \"$i\" -lt %" G_GUINT64_FORMAT
                           " ]; do\n    set -- \"$@\" \"$shards/$i\"\n    i=$((i + 1))\ndone\n"
                           "%s",
                           emit->shards, before);
    append_quoted(out, emit->program);
    g_string_append(out, " merge --resume");
    append_option(out, "output", emit->directory);
    g_string_append(out, " -- \"$@\"\n");
}

/* Writes the script `body` to NAME among the shards: a here-document that no line of it can end. */
static void append_file(GString *out, const char *name, const char *body)
{
    g_autoptr(GString) word = g_string_new("END_OF_SCRIPT");
    while (strstr(body, word->str) != NULL)
        g_string_append_c(word, '_');
    g_string_append_printf(out, "cat >\"$shards/%s\" <<'%s'\n%s%s\n", name, word->str, body,
                           word->str);
}

/* D-HH:MM:SS of a limit, in whole minutes. Transfer full. */
static char *format_limit(double expected_s)
{
    double limit_s = MIN(LIMIT_LEAST_S + LIMIT_FACTOR * expected_s, 365.0 * 86400.0);
    guint minutes = (guint)ceil(limit_s / 60.0);
    return g_strdup_printf("%u-%02u:%02u:00", minutes / 1440, minutes / 60 % 24, minutes % 60);
}

/* "18 s", "12 min", "3.4 h". Transfer full. */
static char *format_duration(double s)
{
    if (s < 90.0)
        return g_strdup_printf("%.0f s", MAX(s, 1.0));
    if (s < 5400.0)
        return g_strdup_printf("%.0f min", s / 60.0);
    return g_strdup_printf("%.1f h", s / 3600.0);
}

static void append_title(GString *out, const CsEmit *emit, const char *engine)
{
    g_autofree char *time = format_duration(emit->shard_s);
    g_string_append_printf(out,
                           "#!/bin/sh\n"
                           "# Written by cardsim %s: a sweep of %" G_GUINT64_FORMAT
                           " run%s in %" G_GUINT64_FORMAT " shard%s by %s.\n"
                           "# A shard takes about %s by a trial on the machine of writing.\n",
                           cs_version(), emit->runs, emit->runs == 1 ? "" : "s", emit->shards,
                           emit->shards == 1 ? "" : "s", engine, time);
    if (emit->replications > 0)
        g_string_append_printf(out,
                               "# The shards share the replications of the runs, %" G_GUINT64_FORMAT
                               " in all, by equal work.\n",
                               emit->replications);
    if (emit->stopped)
        g_string_append(out, "# A stopping rule ends the runs: their replications cannot be split, "
                             "and more shards would be idle.\n");
}

/* --- Slurm ------------------------------------------------------------------------------------ */

/* Slurm writes its own output nowhere: a directory may have a '%', which it would replace. */
static char *slurm_shard(const CsEmit *emit)
{
    g_autofree char *limit = format_limit(emit->shard_s);
    GString *out = g_string_new("#!/bin/sh\n#SBATCH --job-name=cardsim\n");
    g_string_append_printf(out, "#SBATCH --array=0-%" G_GUINT64_FORMAT "\n", emit->shards - 1);
    g_string_append_printf(out, "#SBATCH --ntasks=1\n#SBATCH --cpus-per-task=%u\n", emit->threads);
    g_string_append_printf(out, "#SBATCH --time=%s\n", limit);
    g_string_append(out, "#SBATCH --requeue\n#SBATCH --output=/dev/null\n");
    append_start(out, emit);
    g_string_append(out, "exec >>\"$shards/$SLURM_ARRAY_TASK_ID.log\" 2>&1\n");
    append_sweep(out, emit, "$SLURM_ARRAY_TASK_ID");
    return g_string_free(out, FALSE);
}

static char *slurm_merge(const CsEmit *emit)
{
    g_autofree char *limit = format_limit(emit->merge_s);
    GString *out =
        g_string_new("#!/bin/sh\n#SBATCH --job-name=cardsim-merge\n#SBATCH --ntasks=1\n");
    g_string_append_printf(out, "#SBATCH --time=%s\n", limit);
    g_string_append(out, "#SBATCH --requeue\n#SBATCH --output=/dev/null\n");
    append_start(out, emit);
    g_string_append(out, "exec >>\"$shards/merge.log\" 2>&1\n");
    append_merge(out, emit, "exec ");
    return g_string_free(out, FALSE);
}

static char *emit_slurm(const CsEmit *emit)
{
    g_autofree char *shard = slurm_shard(emit);
    g_autofree char *merge = slurm_merge(emit);
    g_autofree char *limit = format_limit(emit->shard_s);
    g_autoptr(GString) out = g_string_new(NULL);
    append_title(out, emit, "Slurm");
    g_string_append_printf(
        out,
        "#\n"
        "#     sh SCRIPT [SBATCH-OPTION...]     such as --partition=short --account=mine\n"
        "#\n"
        "# It submits an array job, limited to %s a shard, and a job that merges the shards once\n"
        "# all have ended. A shard that is requeued carries on where it was. After a failure\n"
        "# or a time limit run the script again: finished shards end at once. What a shard says\n"
        "# is in its log beside it.\n"
        "set -eu\n",
        limit);
    append_start(out, emit);
    g_string_append(out, "mkdir -p \"$shards\"\n");
    append_file(out, "shard.sh", shard);
    append_file(out, "merge.sh", merge);
    g_string_append(
        out, "array=$(sbatch --parsable \"$@\" \"$shards/shard.sh\")\n"
             "merge=$(sbatch --parsable --dependency=\"afterany:${array%%;*}\" "
             "\"$@\" \"$shards/merge.sh\")\n"
             "echo \"shards are job ${array%%;*}, their merge is job ${merge%%;*}; what they "
             "say is in $shards\"\n");
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* --- GNU parallel ----------------------------------------------------------------------------- */

/* parallel reads its command as shell and replaces braces in it: it is given a script's name and
 * nothing of the user's. */
static char *emit_parallel(const CsEmit *emit)
{
    g_autoptr(GString) shard = g_string_new("#!/bin/sh\n");
    append_start(shard, emit);
    append_sweep(shard, emit, "$1");
    g_autoptr(GString) out = g_string_new(NULL);
    append_title(out, emit, "GNU parallel");
    g_string_append(
        out,
        "#\n"
        "#     sh SCRIPT [PARALLEL-OPTION...]     such as --jobs 4\n"
        "#\n"
        "# It runs the shards, by default one a core, and merges them. After an interruption or a\n"
        "# failure run the script again: what is done stays done.\n"
        "set -eu\n"
        "parallel --version 2>/dev/null | grep -q 'GNU parallel' || {\n"
        "    echo 'GNU parallel is needed' >&2\n"
        "    exit 127\n"
        "}\n");
    append_start(out, emit);
    g_string_append(out, "mkdir -p \"$shards\"\n");
    append_file(out, "shard.sh", shard->str);
    g_string_append_printf(out,
                           "(\n"
                           "    cd \"$shards\" || exit 1\n"
                           "    i=0\n"
                           "    while [ \"$i\" -lt %" G_GUINT64_FORMAT " ]; do\n"
                           "        echo \"$i\"\n"
                           "        i=$((i + 1))\n"
                           "    done | parallel --joblog joblog \"$@\" sh ./shard.sh\n"
                           ") || echo 'not all shards have ended well; where merge lacks "
                           "runs, run this script again' >&2\n",
                           emit->shards);
    append_merge(out, emit, "");
    return g_string_free(g_steal_pointer(&out), FALSE);
}

char *cs_emit(const CsEmit *emit)
{
    return emit->engine == CS_EMIT_SLURM ? emit_slurm(emit) : emit_parallel(emit);
}
