/*
 * cmd/mode: --resume and --restart of the commands that fill a directory.
 *
 * Layer: cmd. Calls campaign.
 */
#ifndef CS_CMD_MODE_H
#define CS_CMD_MODE_H

#include "campaign/store.h"
#include "cmd/command.h"

/* FALSE, the reason told, where both are given. */
gboolean cs_mode_read(const CsArguments *arguments, CsStoreMode *mode);

#endif
