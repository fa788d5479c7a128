/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/shard: which part of a sweep this process runs.
 *
 * Layer: cmd.
 */
#ifndef CS_CMD_SHARD_H
#define CS_CMD_SHARD_H

#include "cmd/command.h"

/*
 * Reads --shard: NULL is all (0 of 1); "I/N" with 0 <= I < N; "auto" asks, in this order, Slurm's
 * array (SLURM_ARRAY_TASK_ID, _MIN, _STEP, _COUNT), Slurm's step (SLURM_PROCID, SLURM_NTASKS) and
 * Open MPI (OMPI_COMM_WORLD_RANK, _SIZE). FALSE with the reason told.
 */
gboolean cs_shard_read(const char *text, guint64 *shard, guint64 *shards);

#endif
