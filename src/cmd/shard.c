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

/* An array may be 3-21:3: its tasks are counted from its least, in its steps. */
static gboolean from_slurm_array(guint64 *shard, guint64 *shards)
{
    guint64 id, least, step = 1;
    if (!read_variable("SLURM_ARRAY_TASK_ID", &id) ||
        !read_variable("SLURM_ARRAY_TASK_MIN", &least) ||
        !read_variable("SLURM_ARRAY_TASK_COUNT", shards))
        return FALSE;
    read_variable("SLURM_ARRAY_TASK_STEP", &step);
    if (id < least || step == 0 || (id - least) % step != 0)
        return FALSE;
    *shard = (id - least) / step;
    return TRUE;
}

static gboolean find_shard(guint64 *shard, guint64 *shards)
{
    return from_slurm_array(shard, shards) ||
           (read_variable("SLURM_PROCID", shard) && read_variable("SLURM_NTASKS", shards)) ||
           (read_variable("OMPI_COMM_WORLD_RANK", shard) &&
            read_variable("OMPI_COMM_WORLD_SIZE", shards));
}

gboolean cs_shard_read(const char *text, guint64 *shard, guint64 *shards)
{
    *shard = 0;
    *shards = 1;
    if (text == NULL)
        return TRUE;
    if (strcmp(text, "auto") == 0) {
        if (find_shard(shard, shards) && *shard < *shards)
            return TRUE;
        cs_complain("'--shard auto' finds neither a Slurm array, nor a Slurm step, nor Open MPI in "
                    "the environment; name the shard: --shard 0/4");
        return FALSE;
    }
    const char *slash = strchr(text, '/');
    if (slash != NULL && cs_number_read_whole(text, (gsize)(slash - text), shard) &&
        cs_number_read_whole(slash + 1, strlen(slash + 1), shards) && *shard < *shards)
        return TRUE;
    cs_complain("'--shard %s': a shard is I/N with I from 0 to N-1, such as 0/4, or auto", text);
    return FALSE;
}
