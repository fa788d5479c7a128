/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/recorded: a scenario to look into, from its file or from the results of one of its runs.
 *
 * Layer: cmd. Calls campaign.
 */
#ifndef CS_CMD_RECORDED_H
#define CS_CMD_RECORDED_H

#include "cmd/command.h"
#include "scenario/scenario.h"

/* What of a scenario is looked at; from 1. */
typedef struct {
    guint64 run; /* of results; 0: the operand is a scenario's file */
    guint64 round, replication;
} CsRecorded;

/* Options of cs_recorded_load(), beside a scenario's own and --round. */
#define CS_RECORDED_OPTIONS (CS_OPTION_BIT(CS_OPTION_RUNS) | CS_OPTION_BIT(CS_OPTION_REPLICATION))

/*
 * The first operand as a scenario: a file, with the -s of the command line, or a directory of
 * results, whose run --run (the first there, unless given) is made anew as its manifest tells it:
 * refused where another build wrote it, or a file of it, or its rounds.csv, has changed. *recorded
 * gets --run, --round and --replication. On failure NULL, told, *code the exit code. Transfer full.
 */
CsScenario *cs_recorded_load(const CsArguments *arguments, CsRecorded *recorded, int *code);

/* "round 3 of replication 1", with "of run 2" where it is of results. Transfer full. */
char *cs_recorded_words(const CsRecorded *recorded);

#endif
