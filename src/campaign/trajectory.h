/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * campaign/trajectory: what has been learned, round by round, shared by all who learn the same.
 *
 *     root digest                    digest of round 1            digest of round 2
 *     network, data, adapters,  -->  the root's and who took -->  round 1's and who took  --> ...
 *     seed, replication, rates,      part in it, in order         part
 *     batches, schedule, codec
 *           |                               |                            |
 *       test loss                   train and test loss           train and test loss
 *
 * What a digest stands for decides the losses to the last bit, so a round that somebody has
 * computed is computed by nobody else: runs of a sweep whose policies, weights or channels change
 * nothing that is learned walk along one chain. Whoever comes to a round that is under way waits
 * for it; whoever comes to a new one takes over the trainer that stands before it or, where it has
 * gone another way, walks the whole way again with one of its own, and finds the losses of all
 * rounds on it as they were, or that is an error.
 *
 * Chains are kept beside results (a table of the database) and read from there. Of what was read
 * the test loss before the first round is computed again where a chain begins, and must be the
 * same.
 *
 * Layer: campaign. Calls learning.
 */
#ifndef CS_CAMPAIGN_TRAJECTORY_H
#define CS_CAMPAIGN_TRAJECTORY_H

#include "learning/course.h"

#define CS_TRAIL_SIZE 16 /* bytes of a digest: the first of SHA-256's */

typedef struct {
    guint8 byte[CS_TRAIL_SIZE];
} CsTrail;

/* In hexadecimal (transfer full), and back; FALSE where the text is none. */
char *cs_trail_format(const CsTrail *chain);
gboolean cs_trail_read(const char *text, CsTrail *chain);

/* What a round of that digest has come to. NAN: not looked at, nobody took part; both are NAN, and
 * `diverged` is set, where training has diverged in it. */
typedef struct {
    CsTrail chain;
    double train_loss, test_loss;
    gboolean diverged;
} CsLearned;

/* A course and where it stands; made and walked by who knows how (lesson.c). */
typedef struct {
    CsData *data;
    CsCourse *course;
} CsTutor;

void cs_tutor_free(CsTutor *tutor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsTutor, cs_tutor_free)

/* Tutors that are kept at the end of a chain, since they may be wanted again. */
#define CS_TUTORS_IDLE 8

typedef struct CsTrajectories CsTrajectories;

CsTrajectories *cs_trajectories_new(void);
void cs_trajectories_free(CsTrajectories *trajectories);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsTrajectories, cs_trajectories_free)

/* What was kept from before. */
void cs_trajectories_add(CsTrajectories *trajectories, const CsLearned *learned);

/*
 * TRUE with *learned filled where `chain` is known, after waiting for it where it is under way.
 * FALSE: it is the caller's to compute, and to be told of by cs_trajectories_tell() or given up,
 * come what may; *tutor is the one that stands at `before` (NULL for none), transfer full, or NULL.
 */
gboolean cs_trajectories_ask(CsTrajectories *trajectories, const CsTrail *chain,
                             const CsTrail *before, CsLearned *learned, CsTutor **tutor);

/* The round is computed, and `tutor` (transfer full, may be NULL) stands behind it. FALSE where it
 * was kept from before and was another. */
gboolean cs_trajectories_tell(CsTrajectories *trajectories, const CsLearned *learned,
                              CsTutor *tutor);

/* The round that was the caller's to compute is not: as if nobody had asked. */
void cs_trajectories_give_up(CsTrajectories *trajectories, const CsTrail *chain);

/* Whether both have come to the same, to the last bit. */
gboolean cs_learned_equal(const CsLearned *a, const CsLearned *b);

#endif
