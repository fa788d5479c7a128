/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/load: what the devices of a round had to share, for policies that ask: how busy the server's
 * GPUs and the shared air were, and what a second of one's work cost all.
 *
 * Prices are derivatives of the round as it went: of Σ_j v_j D_j, v_j being what a second of delay
 * costs device j in U, by a second more of a device's work, over the device's own v. Infinitesimal
 * perturbation analysis (Ho and Cao, J. Optim. Theory Appl. 40(4), 1983), backwards: a job on a GPU
 * that had to wait began when another ended, so that its end, and all that hung on it, moves with
 * that one's; a job that did not wait moves with its own device's work before it.
 *
 *     device a   --work--[job 1]---work----[job 3]--work--> end, worth v_a
 *                            |  released the GPU to
 *     device b   --work..wait[job 2]--work------> end, worth v_b
 *
 *     λ(job 3) = v_a, λ(job 2) = v_b, λ(job 1) = λ(job 3) + λ(job 2): a second more of job 1 costs
 *     v_a + v_b; a second of b's work before job 2 costs nothing: b would have waited less.
 *
 * On GPUs or an air that all share at once the one that ends takes n times as long for a second
 * more where n share, and delays each of those that stay by a second (over G GPUs): what follows
 * from that is left out.
 *
 * Layer: sim, private to it.
 */
#ifndef CS_SIM_LOAD_H
#define CS_SIM_LOAD_H

#include "sim/config.h"
#include "sim/sink.h"

typedef enum { CS_LOAD_SERVER, CS_LOAD_UPLINK, CS_LOAD_DOWNLINK, CS_LOAD_N } CsLoadResource;

typedef struct CsLoadMeter CsLoadMeter;

/* NULL unless the policy uses it and devices work at the same time. Transfer full. */
CsLoadMeter *cs_load_meter_new(const CsConfig *config);
void cs_load_meter_free(CsLoadMeter *meter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsLoadMeter, cs_load_meter_free)

/* So many devices start together now: what the policy may take for granted. */
void cs_load_together(CsLoadMeter *meter, guint devices);

/* What a device is told of the round before. */
CsLoad cs_load_of(const CsLoadMeter *meter, guint device);

/* A round ends and the next begins at `now_ns`. */
void cs_load_next_round(CsLoadMeter *meter, gint64 now_ns);

/* A device's round begins, in which a second of delay costs it so much; it has ended. One that
 * never ends is lost: what it had been served counts, its delay does not. */
void cs_load_begin(CsLoadMeter *meter, guint device, double cost_per_s);
void cs_load_end(CsLoadMeter *meter, guint device);

/* A GPU of its own is the device's, which has waited for it or not; and is it no more. */
void cs_load_granted(CsLoadMeter *meter, guint device, guint gpu, gboolean waited);
void cs_load_released(CsLoadMeter *meter, guint device, guint gpu);

/* The device joins those that share a resource at once, and leaves them. `priced`: what it did
 * there stands for what it would do more of. */
void cs_load_join(CsLoadMeter *meter, CsLoadResource resource, guint device);
void cs_load_leave(CsLoadMeter *meter, CsLoadResource resource, guint device, gboolean priced);

/* The resource has worked so long for a device, with the whole of a GPU or of the cell. */
void cs_load_served(CsLoadMeter *meter, CsLoadResource resource, double time_s);

#endif
