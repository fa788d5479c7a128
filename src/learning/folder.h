/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/folder: a folder that describes training runs of one network: what `cardsim learn`
 * reads.
 *
 *     model/     config.json, model.safetensors (or shards)     tokens.u16, test.u16
 *     adapter/   adapter_config.json, adapter_model.safetensors
 *     devices.csv  device,data_size              batches.csv  round,device,step,offsets
 *     cuts.csv     round,device,cut (optional)
 *     runs.csv     run,cut,codec,optimizer,optimizer_state,schedule,gamma_s,gamma_m,seq_len
 *
 * Devices are numbered 1, 2, ...; rounds and steps too. A run's cut is a number or "cuts.csv".
 *
 * Layer: learning. Calls base, text.
 */
#ifndef CS_LEARNING_FOLDER_H
#define CS_LEARNING_FOLDER_H

#include "learning/adapters.h"
#include "learning/tokens.h"
#include "learning/trainer.h"

typedef struct {
    char *name;
    gint cut; /* -1: cuts.csv */
    CsLessons training;
    guint length; /* positions of a sequence */
} CsFolderRun;

typedef struct {
    CsNetworkShape shape;
    CsTensors *weights;
    CsAdapters *adapters;
    GArray *tokens, *test; /* of guint16 */
    guint n_devices, n_rounds, n_steps;
    double *weight; /* [n_devices] */
    GArray **batch; /* offsets (gsize) by [round][device][step] */
    gint *cut;      /* [n_rounds * n_devices]; -1 where cuts.csv has none */
    GArray *runs;   /* of CsFolderRun */
} CsFolder;

/* Reads all of it and checks every run. NULL with errors added. Transfer full. */
CsFolder *cs_folder_read(const char *path, CsDiagnostics *diagnostics);
void cs_folder_free(CsFolder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsFolder, cs_folder_free)

static inline const GArray *cs_folder_batch(const CsFolder *folder, guint round, guint device,
                                            guint step)
{
    return folder->batch[(round * folder->n_devices + device) * folder->n_steps + step];
}

#endif
