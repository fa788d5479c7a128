/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * energy/platform: what a GPU can do and what it draws, from models/platform.
 *
 * Layer: energy. Calls base, text.
 */
#ifndef CS_ENERGY_PLATFORM_H
#define CS_ENERGY_PLATFORM_H

#include "base/paths.h"
#include "energy/roofline.h"
#include "energy/tables.h"
#include "text/diagnostic.h"

/* Limits of what a platform, a device or a server may be said to have. */
#define CS_CORES_MAX 16777216.0
#define CS_FLOPS_PER_CYCLE_MAX 65536.0
#define CS_FREQUENCY_MAX_HZ 1e12
#define CS_MEMORY_MAX_BIT 8e15

typedef struct {
    char *name;   /* "jetson-agx-orin-64gb" */
    char *title;  /* "Jetson AGX Orin 64GB" */
    double cores; /* σ */
    double frequency_max_hz;
    double flops_per_cycle;    /* δ per core, 2 unless the file says otherwise */
    double power_coefficient;  /* ξ at frequency_max_hz; NAN where the power is not known */
    double power_max_w;        /* TDP or the highest power mode; NAN where not known */
    double memory_byte;        /* NAN where not known */
    double tx_circuit_power_w; /* of its radio while it sends, on top of what it radiates; NAN where
                                  not known or without a radio */
    double rx_power_w;         /* of its radio while it receives; likewise */
    /* From [measured], for compute = measured; NAN where the file gives none: */
    CsRates rates;
    double static_power_w;     /* P0 */
    double power_exponent;     /* p */
    double power_knee_hz;      /* K */
    char *group;               /* of those alike, for calibration; NULL: the many */
    CsLayerTimes *layer_times; /* NULL: none */
    CsPowerTable *power_table; /* NULL: none */
} CsPlatform;

/* All of models/platform, of CsPlatform *, but those that cannot be read: told. Transfer full. */
GPtrArray *cs_platforms_read(const CsPaths *paths, CsDiagnostics *diagnostics);

/* Reads models/platform/NAME.ini; errors as cs_architecture_read(). Transfer full or NULL. */
CsPlatform *cs_platform_read(const char *name, const char *base_directory, const CsPaths *paths,
                             CsPlace from, CsDiagnostics *diagnostics);
void cs_platform_free(CsPlatform *platform);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsPlatform, cs_platform_free)

/* ξ = P / f³ in W/Hz³: the coefficient at which the cubic law gives P watts at f (letter Eq.
 * 11). */
double cs_power_coefficient(double power_w, double frequency_hz);

#endif
