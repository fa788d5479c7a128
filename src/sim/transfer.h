/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim/transfer: transfers that are more than one rate from beginning to end: those that draw their
 * own channel, meet a channel that changes while they are under way, or share the air.
 *
 *     cs_transfers_start()
 *         nothing to send ---------------------------------------------> ends() at this instant
 *         dedicated: walk() over the rates to come, as far as the end -> ends() at a later one
 *         shared:    look() -> a job of shared[direction]; on_change() looks again when the
 *                    channel changes; served in full -> on_shared_done() -> done()
 *     cs_transfers_abort(): the device has left; what was sent stays counted
 *
 *     of[device]         one transfer at a time: what is left of it, its share, what was radiated
 *     shared[direction]  the air of a cell, by everybody who has something to send that way
 *
 * What is left of a transfer is carried from one rate to the next; nothing is restarted. A
 * dedicated one walks through its rates ahead of time and posts its end; those that share the air
 * are jobs of a shared resource for each direction, of capacity B in Hz: a job's work is bits over
 * spectral efficiency, in Hz s, and every start, end or change of a channel re-times the others:
 * each has an equal part of it (shared.h), or those whose channel is best for what they have had
 * (fair.h). The power spectral density is constant: a sender with a share of the band radiates that
 * share of its power, so that its SNR, and its energy, P bits/(B y), are those of the whole band.
 *
 * Layer: sim, private to it. Calls des, radio.
 */
#ifndef CS_SIM_TRANSFER_H
#define CS_SIM_TRANSFER_H

#include "des/des.h"
#include "sim/air.h"
#include "sim/sink.h"

/* Over a link that changes a transfer may take so long, 10 days; then its device has most likely
 * gone where nothing can be sent, and the run would not come to an end. */
#define CS_TRANSFER_MAX_NS G_GINT64_CONSTANT(864000000000000)

typedef struct CsTransfers CsTransfers;

typedef enum {
    CS_TRANSFER_TRACE_ENDS, /* and nothing can be sent behind it */
    CS_TRANSFER_PAST_CLOCK, /* its end does not fit the clock */
    CS_TRANSFER_TOO_LONG    /* CS_TRANSFER_MAX_NS */
} CsTransferFailure;

/* What transfers tell whoever starts them. */
typedef struct {
    /* It will end at `end_ns`: an event is to be scheduled for that. */
    void (*ends)(gpointer context, guint device, CsStage stage, gint64 duration_ns, gint64 end_ns);
    /* It has just ended. */
    void (*done)(gpointer context, guint device, CsStage stage, gint64 duration_ns);
    /* It cannot end; TRUE where the run ends with that. */
    gboolean (*fails)(gpointer context, guint device, CsTransferFailure why);
    /* A dedicated one under way is about to fall silent, its rate being 0, or to go on; only after
     * cs_transfers_watch(). */
    void (*turns)(gpointer context, guint device);
} CsTransfersHandlers;

/* NULL where every transfer has one rate, known at its round's start. All is borrowed but the
 * handlers, which are copied; the channels are drawn. Transfer full. */
CsTransfers *cs_transfers_new(const CsConfig *config, guint64 replication, const CsChannel *channel,
                              CsDes *des, const CsTransfersHandlers *handlers, gpointer context);
void cs_transfers_free(CsTransfers *transfers);

/* TRUE where the group's transfers are to be started here. */
gboolean cs_transfers_manage(const CsTransfers *transfers, guint group);

void cs_transfers_watch(CsTransfers *transfers);

/* From now on devices start in that round. */
void cs_transfers_open(CsTransfers *transfers, guint64 round);

/* The link at the round's start, as the policy sees it: where a measured rate is 0 at that time,
 * the next one that is not. */
CsLinkState cs_transfers_link(CsTransfers *transfers, guint device, guint group,
                              CsDirection direction);

/* A device's round begins: forgets what the one before has counted. */
void cs_transfers_begin_round(CsTransfers *transfers, guint device, guint group, guint cut);

/* Starts a transfer stage of the epoch (from 0) now; its end and duration are told. */
void cs_transfers_start(CsTransfers *transfers, guint device, CsStage stage, guint epoch);

/* TRUE where the device's transfers are managed in this round; `transfers` may be NULL. */
gboolean cs_transfers_managed(const CsTransfers *transfers, guint device);

/* What a device's transfers of the round so far have come to, by direction. */
typedef struct {
    double radiated_s[CS_DIRECTION_N]; /* P_tx was: the time that the whole band would have taken */
    double on_air_s[CS_DIRECTION_N];   /* the device was at it, a wait for a rate included */
    double sent_bit[CS_DIRECTION_N];
    double blocks, blocks_given_up; /* cs_link_blocks(), both ways */
} CsTransferSums;

const CsTransferSums *cs_transfers_sums(const CsTransfers *transfers, guint device); /* borrowed */

/* For how long P_tx was radiated, as above, since this was last asked within the transfer under
 * way, `gone_s` ago. */
double cs_transfers_radiated_since(CsTransfers *transfers, guint device, double gone_s);

/* Ends the device's transfer under way, if any: it has left. */
void cs_transfers_abort(CsTransfers *transfers, guint device);

/* A device whose transfer shares the air and ends beyond the clock: cs_shared_endless(). */
gint64 cs_transfers_endless(const CsTransfers *transfers);

#endif
