/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis/study-key: a key that results differ in, with its values: how it is called, which of its
 * values is meant, what they are as numbers.
 *
 * Layer: analysis. Calls base, scenario (what a key's values are).
 */
#ifndef CS_ANALYSIS_STUDY_KEY_H
#define CS_ANALYSIS_STUDY_KEY_H

#include <glib.h>

#define CS_STUDY_ERROR (cs_study_error_quark())
GQuark cs_study_error_quark(void);
typedef enum {
    CS_STUDY_ERROR_ASKED, /* a key, value or metric that there is not: a usage error */
    CS_STUDY_ERROR_DATA   /* the results do not hold it */
} CsStudyError;

typedef struct {
    char *name;           /* "radio.bandwidth" */
    GPtrArray *values;    /* texts, each once */
    GHashTable *position; /* of each among them; only looked up */
} CsStudyKey;

/* A key without values. */
CsStudyKey *cs_study_key_new(const char *name);
void cs_study_key_free(CsStudyKey *key);

/* The position of exactly this text, which becomes a value where it is none. */
guint cs_study_key_position(CsStudyKey *key, const char *text);

/* What stands behind the last dot: "bandwidth". Borrowed. */
const char *cs_study_key_ending(const char *name);

/* The position of a value that is written so or is the same quantity ("20MHz", "20 MHz"). -1 with
 * `error` set. */
gint cs_study_key_find(const CsStudyKey *key, const char *text, GError **error);

/* "Bandwidth", "Distance of device ue". Transfer full. */
char *cs_study_key_title(const CsStudyKey *key);

/*
 * The key's values as numbers in the unit that the first of them is written in: n_values numbers,
 * and *unit ("MHz"; "" for none; borrowed). NULL where one is no number. Transfer full.
 */
double *cs_study_key_numbers(const CsStudyKey *key, const char **unit);

#endif
