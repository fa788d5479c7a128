/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd/commands: every command, each defined in its own file. command.c puts them in order.
 *
 * Layer: cmd.
 */
#ifndef CS_CMD_COMMANDS_H
#define CS_CMD_COMMANDS_H

#include "cmd/command.h"

extern const CsCommand cs_command_run;
extern const CsCommand cs_command_new;
extern const CsCommand cs_command_check;
extern const CsCommand cs_command_sweep;
extern const CsCommand cs_command_expect;
extern const CsCommand cs_command_sensitivity;
extern const CsCommand cs_command_export;
extern const CsCommand cs_command_plan;
extern const CsCommand cs_command_merge;
extern const CsCommand cs_command_show;
extern const CsCommand cs_command_list;
extern const CsCommand cs_command_learn;
extern const CsCommand cs_command_pretrain;
extern const CsCommand cs_command_link;
extern const CsCommand cs_command_profile;
extern const CsCommand cs_command_memory;
extern const CsCommand cs_command_decide;
extern const CsCommand cs_command_explain;
extern const CsCommand cs_command_calibrate;
extern const CsCommand cs_command_validate;
extern const CsCommand cs_command_report;
extern const CsCommand cs_command_compare;
extern const CsCommand cs_command_completion;
extern const CsCommand cs_command_plot;
extern const CsCommand cs_command_reproduce;

#endif
