/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * des/resource: a number of equal servers with one queue, first come first served or by rank.
 *
 * A job is a target number, as in des/des. Who is served is decided after all that happens at an
 * instant has happened (a decision of des/des, the last one):
 *
 *     request ---> waits ---> dispatch, at the instant's end ---> start(job, server, waited)
 *                    ^                  ^
 *     withdraw ------'     release -----'   a server is idle again
 *
 * The queue owns a job while it waits; a server is the job's from start to release. First come
 * first served: jobs of one instant by their number, which is a device's index, so in file order.
 * By rank: the largest first, whoever came when; of equal ones the earliest.
 *
 * Layer: des.
 */
#ifndef CS_DES_RESOURCE_H
#define CS_DES_RESOURCE_H

#include "des/des.h"

#define CS_RESOURCE_UNLIMITED G_MAXUINT

typedef struct CsResource CsResource;

/* Called when `job` gets a server; `waited_ns` is how long it queued; `server` is 0..servers-1
 * (always 0 for an unlimited resource). */
typedef void (*CsResourceStart)(CsDes *des, gpointer context, guint32 job, guint server,
                                gint64 waited_ns);

/* `servers` >= 1 or CS_RESOURCE_UNLIMITED. `des` and `context` are borrowed. */
CsResource *cs_resource_new(CsDes *des, guint servers, CsResourceStart start, gpointer context);
void cs_resource_free(CsResource *resource);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsResource, cs_resource_free)

void cs_resource_request(CsResource *resource, guint32 job);

/* The same, but the waiting job of the largest rank is served first, the earliest of equal ones. A
 * resource takes requests of one kind only. O(log queue). */
void cs_resource_request_ranked(CsResource *resource, guint32 job, gint64 rank);

/* Gives `server` back. Releasing an idle one is a bug and is asserted. */
void cs_resource_release(CsResource *resource, guint server);

/* Takes a waiting job out of the queue. FALSE where it does not wait. O(queue). */
gboolean cs_resource_withdraw(CsResource *resource, guint32 job);

/* Units at work and jobs that wait, for tests. */
guint cs_resource_busy(const CsResource *resource);
gsize cs_resource_queue_length(const CsResource *resource);

#endif
