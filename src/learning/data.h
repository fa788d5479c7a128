/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/data: who trains on what. A sample is a sequence of `length` positions; |D_m| is their
 * number. All texts lie in one array of tokens, and a sample is where it begins there.
 *
 *     dialects   every device has shares of the dialects, drawn from Dirichlet(skew); each of its
 *                samples is written in one dialect, drawn by these shares. The test has the shares
 *                of all samples together, so that it measures what Eq. 1 of the letter minimises.
 *     files      of a device: all its samples are from them. Common ones: dealt out to the devices
 *                that have none of their own, in their order, in one piece each: as many samples as
 *                a device asks for, the rest evenly to those that do not say. Samples of a file
 *                begin at 0, S, 2 S, ... while S + 1 tokens are left. Where no test files are
 *                given, the last tenth of the samples (one at least) of what devices are given is
 *                the test.
 *
 * A device's data depend on the seed, the replication and its name; a mini-batch on these, the
 * round and the step: never on which rounds were lost, nor on other devices.
 *
 * Layer: learning. Calls base, text.
 */
#ifndef CS_LEARNING_DATA_H
#define CS_LEARNING_DATA_H

#include "learning/network.h"

#define CS_DATA_TOKENS_MAX (1 << 25) /* of dialects, all devices and the test together */

typedef struct {
    const char *name; /* as the user wrote it */
    const char *path; /* where it is */
    CsPlace place;    /* where it was written; a source of NULL: nowhere */
} CsDataFile;

typedef struct {
    const char *name;
    guint samples; /* |D_m|; 0: all that its files hold (dialects: an error) */
    const CsDataFile *files;
    guint n_files; /* 0: the common ones, or dialects */
    CsPlace place; /* for errors */
} CsDataDevice;

typedef struct {
    guint64 seed, replication;
    guint vocabulary;
    guint length;            /* S >= 1 */
    double skew;             /* Dirichlet's α > 0; INFINITY: all dialects alike at all devices */
    const CsDataFile *files; /* common */
    guint n_files;           /* 0: dialects */
    const CsDataFile *test_files;
    guint n_test_files;
    guint test_samples; /* of dialects, >= 1 */
    const CsDataDevice *devices;
    guint n_devices;
} CsDataSettings;

typedef struct CsData CsData;

/* Reads and makes all of it; borrows nothing afterwards. NULL with errors added: a device without
 * data, an empty file, a token beyond the vocabulary, fewer samples than asked for. */
CsData *cs_data_new(const CsDataSettings *settings, CsDiagnostics *diagnostics);
void cs_data_free(CsData *data);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsData, cs_data_free)

guint cs_data_devices(const CsData *data);

/* |D_m| of device 0 .. n_devices-1. */
guint cs_data_samples(const CsData *data, guint device);

/* A device's shares of the CS_DIALECTS_N dialects; NULL where it reads files. */
const double *cs_data_shares(const CsData *data, guint device);

/* The least expected test loss there is, in nats a token; NAN where the data are not dialects. */
double cs_data_floor(const CsData *data);

/*
 * The mini-batch of `n` samples that a device takes in step 0 .. n_steps-1 of round 1, 2, ...: its
 * samples in a shuffled order, all of them once before any comes again, in another order then.
 * Fills offsets [n], which the batch borrows.
 */
CsBatch cs_data_batch(const CsData *data, guint device, guint64 round, guint step, guint n_steps,
                      guint n, gsize *offsets);

CsBatch cs_data_test(const CsData *data);

#endif
