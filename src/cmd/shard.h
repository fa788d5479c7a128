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
 * Reads --shard: NULL is all (0 of 1); "I/N" with 0 <= I < N; "auto" asks, in this order, the
 * arrays of Slurm (SLURM_ARRAY_TASK_ID, _MIN, _STEP, _COUNT), Grid Engine (SGE_TASK_ID, _FIRST,
 * _STEPSIZE, _LAST) and LSF (LSB_JOBINDEX, _STEP, _END; from 1), Slurm's step (SLURM_PROCID,
 * SLURM_NTASKS), Open MPI (OMPI_COMM_WORLD_RANK, _SIZE) and PMI (PMI_RANK, PMI_SIZE: MPICH, Intel
 * MPI). "auto/N" takes the array's index modulo N, for engines that do not tell an array's size
 * (PBS_ARRAY_INDEX, PBS_ARRAYID). FALSE with the reason told.
 */
gboolean cs_shard_read(const char *text, guint64 *shard, guint64 *shards);

#endif
