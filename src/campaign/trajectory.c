/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign/trajectory: see the header. */
#include "campaign/trajectory.h"

#include <string.h>

typedef struct {
    CsLearned learned;
    gboolean done;
    gboolean kept; /* from before, and not computed again yet */
} Node;

typedef struct {
    CsTrail at;
    CsTutor *tutor;
} Idle;

struct CsTrajectories {
    GMutex mutex;
    GCond told;
    GHashTable *nodes; /* guarded: CsTrail -> Node; only looked up */
    GQueue idle;       /* guarded: of Idle, the latest first */
};

void cs_tutor_free(CsTutor *tutor)
{
    if (tutor == NULL)
        return;
    cs_course_free(tutor->course);
    cs_data_free(tutor->data);
    g_free(tutor);
}

char *cs_trail_format(const CsTrail *chain)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < CS_TRAIL_SIZE; i++)
        g_string_append_printf(text, "%02x", chain->byte[i]);
    return g_string_free(text, FALSE);
}

gboolean cs_trail_read(const char *text, CsTrail *chain)
{
    if (strlen(text) != 2 * CS_TRAIL_SIZE)
        return FALSE;
    for (guint i = 0; i < 2 * CS_TRAIL_SIZE; i++) {
        gint digit = g_ascii_xdigit_value(text[i]);
        if (digit < 0)
            return FALSE;
        chain->byte[i / 2] = (guint8)(i % 2 == 0 ? digit << 4 : chain->byte[i / 2] | digit);
    }
    return TRUE;
}

static gboolean same_real(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b);
}

gboolean cs_learned_equal(const CsLearned *a, const CsLearned *b)
{
    return same_real(a->train_loss, b->train_loss) && same_real(a->test_loss, b->test_loss) &&
           a->diverged == b->diverged;
}

static guint chain_hash(gconstpointer chain)
{
    guint hash;
    memcpy(&hash, chain, sizeof hash);
    return hash;
}

static gboolean chain_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, CS_TRAIL_SIZE) == 0;
}

static void idle_free(gpointer data)
{
    cs_tutor_free(((Idle *)data)->tutor);
    g_free(data);
}

CsTrajectories *cs_trajectories_new(void)
{
    CsTrajectories *trajectories = g_new0(CsTrajectories, 1);
    g_mutex_init(&trajectories->mutex);
    g_cond_init(&trajectories->told);
    trajectories->nodes = g_hash_table_new_full(chain_hash, chain_equal, NULL, g_free);
    g_queue_init(&trajectories->idle);
    return trajectories;
}

void cs_trajectories_free(CsTrajectories *trajectories)
{
    if (trajectories == NULL)
        return;
    g_queue_clear_full(&trajectories->idle, idle_free);
    g_hash_table_unref(trajectories->nodes);
    g_cond_clear(&trajectories->told);
    g_mutex_clear(&trajectories->mutex);
    g_free(trajectories);
}

/* The node of `learned`, made where there is none. */
static Node *put(CsTrajectories *trajectories, const CsLearned *learned)
{
    Node *node = g_hash_table_lookup(trajectories->nodes, &learned->chain);
    if (node == NULL) {
        node = g_new0(Node, 1);
        node->learned.chain = learned->chain;
        g_hash_table_insert(trajectories->nodes, &node->learned.chain, node);
    }
    node->learned.train_loss = learned->train_loss;
    node->learned.test_loss = learned->test_loss;
    node->learned.diverged = learned->diverged;
    return node;
}

void cs_trajectories_add(CsTrajectories *trajectories, const CsLearned *learned)
{
    g_mutex_lock(&trajectories->mutex);
    Node *node = put(trajectories, learned);
    node->done = node->kept = TRUE;
    g_mutex_unlock(&trajectories->mutex);
}

static CsTutor *take_idle(CsTrajectories *trajectories, const CsTrail *at)
{
    for (GList *link = trajectories->idle.head; link != NULL; link = link->next) {
        Idle *idle = link->data;
        if (!chain_equal(&idle->at, at))
            continue;
        CsTutor *tutor = g_steal_pointer(&idle->tutor);
        g_queue_delete_link(&trajectories->idle, link);
        g_free(idle);
        return tutor;
    }
    return NULL;
}

gboolean cs_trajectories_ask(CsTrajectories *trajectories, const CsTrail *chain,
                             const CsTrail *before, CsLearned *learned, CsTutor **tutor)
{
    *tutor = NULL;
    g_mutex_lock(&trajectories->mutex);
    Node *node;
    while ((node = g_hash_table_lookup(trajectories->nodes, chain)) != NULL && !node->done)
        g_cond_wait(&trajectories->told, &trajectories->mutex);
    gboolean known = node != NULL && !(node->kept && before == NULL);
    if (known) {
        *learned = node->learned;
    } else if (node != NULL) { /* once */
        node->done = FALSE;
    } else {
        const CsLearned open = {.chain = *chain};
        put(trajectories, &open);
        *tutor = before != NULL ? take_idle(trajectories, before) : NULL;
    }
    g_mutex_unlock(&trajectories->mutex);
    return known;
}

void cs_trajectories_give_up(CsTrajectories *trajectories, const CsTrail *chain)
{
    g_mutex_lock(&trajectories->mutex);
    Node *node = g_hash_table_lookup(trajectories->nodes, chain);
    if (node->kept)
        node->done = TRUE;
    else
        g_hash_table_remove(trajectories->nodes, chain);
    g_cond_broadcast(&trajectories->told);
    g_mutex_unlock(&trajectories->mutex);
}

gboolean cs_trajectories_tell(CsTrajectories *trajectories, const CsLearned *learned,
                              CsTutor *tutor)
{
    Idle *last = NULL;
    g_mutex_lock(&trajectories->mutex);
    Node *node = g_hash_table_lookup(trajectories->nodes, &learned->chain);
    gboolean same = !node->kept || cs_learned_equal(&node->learned, learned);
    put(trajectories, learned);
    node->kept = FALSE;
    node->done = TRUE;
    if (tutor != NULL) {
        Idle *idle = g_new(Idle, 1);
        *idle = (Idle){learned->chain, tutor};
        g_queue_push_head(&trajectories->idle, idle);
        if (trajectories->idle.length > CS_TUTORS_IDLE)
            last = g_queue_pop_tail(&trajectories->idle);
    }
    g_cond_broadcast(&trajectories->told);
    g_mutex_unlock(&trajectories->mutex);
    if (last != NULL)
        idle_free(last);
    return same;
}
