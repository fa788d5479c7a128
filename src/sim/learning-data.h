/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/learning-data: the data that a configuration's devices learn from.
 *
 * Layer: sim. Calls learning.
 */
#ifndef CS_SIM_LEARNING_DATA_H
#define CS_SIM_LEARNING_DATA_H

#include "learning/data.h"
#include "sim/config.h"

#define CS_LEARNING_SAMPLES 256 /* of a device, of dialects, where it is not said */

/* Where it was written what there is to be learned from, for errors. */
typedef struct {
    CsPlace data, test;
    const CsPlace *group; /* of every group, where it has data of its own */
} CsLearningPlaces;

/*
 * The data of a replication: of dialects by the device's name, of files in the devices' order.
 * `places` may be NULL. The configuration has a network. NULL with errors added. Transfer full.
 */
CsData *cs_learning_data(const CsConfig *config, guint64 replication,
                         const CsLearningPlaces *places, CsDiagnostics *diagnostics);

/* Bytes of these data in memory, about: tokens and where samples begin. 0 without a network. */
double cs_learning_data_byte(const CsConfig *config);

#endif
