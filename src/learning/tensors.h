/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning/tensors: named arrays of numbers in safetensors files.
 *
 *     8 bytes      N bytes                                            the data
 *     +--------+---------------------------------------------------+------------------------+
 *     |   N    | {"name": {"dtype": "F32", "shape": [4, 32],       | row-major, one tensor  |
 *     | little |           "data_offsets": [0, 512]}, ...}         | behind the other       |
 *     | endian | offsets count from the end of this text           |                        |
 *     +--------+---------------------------------------------------+------------------------+
 *
 * Read: F32, F64, F16, BF16, of one file or of the shards that a model.safetensors.index.json
 * names; every stored number is taken as exact. Written: F32, F64, BF16.
 * Source: the format's description in Hugging Face's safetensors.
 *
 * Layer: learning. Calls base, text.
 */
#ifndef CS_LEARNING_TENSORS_H
#define CS_LEARNING_TENSORS_H

#include "text/diagnostic.h"

#define CS_TENSOR_RANK_MAX 8

typedef enum { CS_DTYPE_F32, CS_DTYPE_F64, CS_DTYPE_F16, CS_DTYPE_BF16 } CsDtype;

typedef struct {
    const char *name;
    CsDtype dtype;
    guint rank;
    guint64 shape[CS_TENSOR_RANK_MAX];
    gsize count;        /* the product of the shape */
    const guint8 *data; /* little-endian, unaligned */
    CsSource *source;   /* the file, for errors */
} CsTensor;

typedef struct CsTensors CsTensors;

/*
 * Reads FOLDER/model.safetensors, or the shards of FOLDER/model.safetensors.index.json where there
 * is no such file; or the one file that `path` is. NULL with errors added. Transfer full.
 */
CsTensors *cs_tensors_read(const char *path, CsDiagnostics *diagnostics);

/* The same of bytes in memory, which `name` names in errors. */
CsTensors *cs_tensors_parse(const char *name, GBytes *bytes, CsDiagnostics *diagnostics);

void cs_tensors_free(CsTensors *tensors);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsTensors, cs_tensors_free)

guint cs_tensors_count(const CsTensors *tensors);
const CsTensor *cs_tensors_get(const CsTensors *tensors, guint i);
/* NULL where there is none. */
const CsTensor *cs_tensors_find(const CsTensors *tensors, const char *name);
/* The tensor of this name with the shape [rows, columns], or [rows] where columns is 0; NULL with
 * an error added where there is none or it has another shape. */
const CsTensor *cs_tensors_need(const CsTensors *tensors, const char *name, guint64 rows,
                                guint64 columns, CsDiagnostics *diagnostics);

/* Element i; exact. */
double cs_tensor_value(const CsTensor *tensor, gsize i);

/* What cs_tensors_write() writes of one tensor; its values are borrowed. */
typedef struct {
    char *name;
    guint64 rows, columns; /* columns 0: one dimension */
    const double *values;
} CsTensorOut;

/* Writes a file; a number that the type cannot hold exactly is rounded
 * (to BF16 by way of F32). The header is padded so that
 * the data begin at a multiple of 8. */
gboolean cs_tensors_write(const char *path, const CsTensorOut *tensors, guint n, CsDtype dtype,
                          GError **error);

#endif
