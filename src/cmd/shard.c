/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/shard: which part of a sweep this process runs. See shard.h. Layer: cmd. */
#include "cmd/shard.h"

#include "base/number.h"
#include "cmd/terminal.h"

#include <string.h>

static gboolean read_variable(const char *name, guint64 *value)
{
    const char *text = g_getenv(name);
    return text != NULL && cs_number_read_whole(text, strlen(text), value);
}

/* How an array job tells a task its place: tasks are counted from the least index, in its steps. */
typedef struct {
    const char *index, *least, *step; /* NULL: 1 */
    const char *count, *last;         /* one of them */
} ArrayVariables;

static const ArrayVariables arrays[] = {
    {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP",
     "SLURM_ARRAY_TASK_COUNT", NULL},
    {"SGE_TASK_ID", "SGE_TASK_FIRST", "SGE_TASK_STEPSIZE", NULL, "SGE_TASK_LAST"},
    {"LSB_JOBINDEX", NULL, "LSB_JOBINDEX_STEP", NULL, "LSB_JOBINDEX_END"},
};

/* Ranks, which count from 0 to one less than their number. */
static const struct {
    const char *rank, *size;
} ranks[] = {
    {"SLURM_PROCID", "SLURM_NTASKS"},
    {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
    {"PMI_RANK", "PMI_SIZE"},
};

/* Indices of array jobs whose size the engine does not tell: PBS Pro, Torque. */
static const char *const indices[] = {"PBS_ARRAY_INDEX", "PBS_ARRAYID", "SLURM_ARRAY_TASK_ID",
                                      "SGE_TASK_ID", "LSB_JOBINDEX"};

static gboolean from_array(const ArrayVariables *array, guint64 *shard, guint64 *shards)
{
    guint64 id, least = 1, step = 1, last;
    if (!read_variable(array->index, &id) ||
        (array->least != NULL && !read_variable(array->least, &least)))
        return FALSE;
    read_variable(array->step, &step);
    if (id < least || step == 0 || (id - least) % step != 0)
        return FALSE;
    *shard = (id - least) / step;
    if (array->count != NULL)
        return read_variable(array->count, shards);
    if (!read_variable(array->last, &last) || last < id)
        return FALSE;
    *shards = (last - least) / step + 1;
    return TRUE;
}

static gboolean find_shard(guint64 *shard, guint64 *shards)
{
    for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
        if (from_array(&arrays[i], shard, shards))
            return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(ranks); i++)
        if (read_variable(ranks[i].rank, shard) && read_variable(ranks[i].size, shards))
            return TRUE;
    return FALSE;
}

/* auto/N: the task's index modulo N, wherever the array's indices begin. */
static gboolean find_index(const char *count, guint64 *shard, guint64 *shards)
{
    if (!cs_number_read_whole(count, strlen(count), shards) || *shards == 0)
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(indices); i++)
        if (read_variable(indices[i], shard)) {
            *shard %= *shards;
            return TRUE;
        }
    return FALSE;
}

gboolean cs_shard_read(const char *text, guint64 *shard, guint64 *shards)
{
    *shard = 0;
    *shards = 1;
    if (text == NULL)
        return TRUE;
    gboolean counted = g_str_has_prefix(text, "auto/");
    if (counted || strcmp(text, "auto") == 0) {
        if (counted ? find_index(text + strlen("auto/"), shard, shards)
                    : find_shard(shard, shards) && *shard < *shards)
            return TRUE;
        cs_complain(
            "'--shard %s' finds no task of an array job (Slurm, SGE, LSF; PBS with auto/N), "
            "no Slurm step and no rank of MPI in the environment; name the shard: --shard "
            "0/4",
            text);
        return FALSE;
    }
    const char *slash = strchr(text, '/');
    if (slash != NULL && cs_number_read_whole(text, (gsize)(slash - text), shard) &&
        cs_number_read_whole(slash + 1, strlen(slash + 1), shards) && *shard < *shards)
        return TRUE;
    cs_complain(
        "'--shard %s': a shard is I/N with I from 0 to N-1, such as 0/4, or auto, or auto/N", text);
    return FALSE;
}
