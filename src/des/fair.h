/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * des/fair: a capacity that goes to the job which has had the least of it of late.
 *
 * A job's level ρ is the share of the capacity that it has had within a window W that forgets
 * exponentially,
 *     dρ/dt = (x - ρ)/W,  x its share at present,
 * and the capacity is the job's of the least level; of those of one least level in equal parts, so
 * that they rise, or sink, together. It is the proportional-fair scheduler of Jalali, Padovani,
 * Pankaj ("Data throughput of CDMA-HDR", VTC 2000-Spring), argmax r/R with R the throughput served
 * within W, in the limit of short slots: ρ = R/r, and where r changes by a factor, ρ changes by its
 * inverse. Between two changes all is known in closed form, without slots: k jobs served at the
 * level m and a waiting one at ρ,
 *     m(t) = 1/k + (m - 1/k) exp(-t/W),  ρ(t) = ρ exp(-t/W)
 * meet after W ln(1 + k (ρ - m)). Where nothing changes all levels are one, and so are the shares.
 *
 * What a job has had is kept as it grows, and never as a difference of what is left: that of a job
 * in a deep fade may be 10^20 times what is served.
 *
 *     served: a heap by the virtual time V at which they end, dV/dt = C/k
 *     waiting: a heap by level, kept as ρ exp(t/W), which does not change while a job waits
 *
 * A job is a number below the `jobs` of cs_fair_new(), under way at most once at a time.
 *
 * Layer: des. Calls GLib only.
 */
#ifndef CS_DES_FAIR_H
#define CS_DES_FAIR_H

#include "des/des.h"

typedef struct CsFair CsFair;

/* Called when `job` has been served in full, at that instant; the job is no longer under way. */
typedef void (*CsFairDone)(CsDes *des, gpointer context, guint32 job);

/* `capacity` > 0 in work/s, `window_s` > 0; `des` and `context` are borrowed. Transfer full. */
CsFair *cs_fair_new(CsDes *des, double capacity, double window_s, guint32 jobs, CsFairDone done,
                    gpointer context);
void cs_fair_free(CsFair *fair);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsFair, cs_fair_free)

/* The level of those that are served now; 1 where nobody is. */
double cs_fair_least(const CsFair *fair);

/* Starts `job` with `work` >= 0 at `level` >= 0, both finite. It is done after work 0 once it is
 * served, as an event of that instant. */
void cs_fair_start(CsFair *fair, guint32 job, double work, double level);

/* What a job under way has had since it started or last changed, in work. */
double cs_fair_had(const CsFair *fair, guint32 job);

/* Replaces what is left of a job under way and multiplies its level: its channel has changed. */
void cs_fair_change(CsFair *fair, guint32 job, double work, double factor);

/* Takes a job away; in *level where it stood. */
void cs_fair_stop(CsFair *fair, guint32 job, double *level);

/* The job that ends first, where that is beyond the clock, so that no event tells of it; else -1.
 */
gint64 cs_fair_endless(const CsFair *fair);

gboolean cs_fair_active(const CsFair *fair, guint32 job);

#endif
