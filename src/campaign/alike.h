/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/alike: runs of a plan that are others again: their axes differ in nothing that acts.
 *
 * Layer: campaign.
 */
#ifndef CS_CAMPAIGN_ALIKE_H
#define CS_CAMPAIGN_ALIKE_H

#include "campaign/plan.h"

typedef struct CsAlike CsAlike;

/* Of a plan that grows; each run has `n_axes` parameters, of which 64 are looked at. Borrows the
 * plan. Transfer full. */
CsAlike *cs_alike_new(const CsPlan *plan, guint n_axes);
void cs_alike_free(CsAlike *alike);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsAlike, cs_alike_free)

/* A run has been added, in which the axes of `mask` change nothing; or one that ignores what the
 * run `like` (from 1) does. */
void cs_alike_note(CsAlike *alike, guint64 mask);
void cs_alike_note_like(CsAlike *alike, guint64 like);

/* How many runs are others again along the axis `k`, called `key`, and two of them; NULL where none
 * are. Transfer full. */
char *cs_alike_message(const CsAlike *alike, guint k, const char *key);

#endif
