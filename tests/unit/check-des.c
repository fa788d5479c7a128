/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of src/des/des: the order of events against a plainly sorted list, handles, the clock. */
#include "cs-check.h"

#include "base/random.h"
#include "des/des.h"

#include <string.h>

/* An assertion of Check's writes to a pipe even where it holds: not a million times. */
#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition))                                                                          \
            ck_abort_msg("not so: %s", #condition);                                                \
    } while (0)

/* --- the oracle: a list kept sorted by (time, priority, sequence), the first at its end --------
 */

typedef struct {
    gint64 time_ns;
    guint32 priority;
    guint32 label; /* counts the events scheduled: sequence and target in one */
} Expected;

typedef struct {
    CsDes *des;
    CsHandlerId handler;
    GArray *pending; /* Expected, sorted */
    GArray *id;      /* CsEventId by label; 0: not cancellable */
    GArray *event;   /* Expected by label */
    guint64 fired;
} Oracle;

static void check_fired(CsDes *des, gpointer context, guint32 target)
{
    Oracle *oracle = context;
    Expected first = g_array_index(oracle->pending, Expected, oracle->pending->len - 1);
    REQUIRE(target == first.label);
    REQUIRE(cs_des_now(des) == first.time_ns);
    g_array_set_size(oracle->pending, oracle->pending->len - 1);
    oracle->fired++;
}

/* The place in the list before which all come later than `event`, and with it all not sooner. */
static guint oracle_place(const Oracle *oracle, Expected event)
{
    guint low = 0, high = oracle->pending->len;
    while (low < high) {
        guint middle = (low + high) / 2;
        Expected other = g_array_index(oracle->pending, Expected, middle);
        gboolean later = other.time_ns != event.time_ns     ? other.time_ns > event.time_ns
                         : other.priority != event.priority ? other.priority > event.priority
                                                            : other.label > event.label;
        if (later)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* FALSE where `label` is no longer pending. */
static gboolean oracle_remove(Oracle *oracle, guint32 label)
{
    guint place = oracle_place(oracle, g_array_index(oracle->event, Expected, label));
    if (place == oracle->pending->len ||
        g_array_index(oracle->pending, Expected, place).label != label)
        return FALSE;
    g_array_remove_index(oracle->pending, place);
    return TRUE;
}

static Oracle oracle_new(void)
{
    Oracle oracle = {.des = cs_des_new(),
                     .pending = g_array_new(FALSE, FALSE, sizeof(Expected)),
                     .id = g_array_new(FALSE, FALSE, sizeof(CsEventId)),
                     .event = g_array_new(FALSE, FALSE, sizeof(Expected))};
    return oracle;
}

static void oracle_clear(Oracle *oracle)
{
    cs_des_free(oracle->des);
    g_array_unref(oracle->pending);
    g_array_unref(oracle->id);
    g_array_unref(oracle->event);
}

/* How long after now events are scheduled. */
typedef enum {
    ONE_INSTANT,  /* never */
    TIES,         /* dozens at each instant */
    EXPONENTIAL,  /* mean 1 s: hardly any two at one instant */
    FEW_DELAYS,   /* an instant's events stay together, none of them among the delays */
    TWO_CLUSTERS, /* at once, or 11 days later */
    DECADES,      /* each of nine orders of magnitude as often as any other */
    TO_THE_END,   /* the same with 19: up to the clock's end */
    MIXED,        /* now this, now that */
    SHAPE_N
} Shape;

static gint64 random_delay(gsl_rng *rng, Shape shape)
{
    static const gint64 few_ns[] = {0, 0, 1000, 77777, 1000000, 1000000000};
    switch (shape) {
    case ONE_INSTANT:
        return 0;
    case TIES:
        return (gint64)(10 * gsl_rng_uniform_int(rng, 50));
    case EXPONENTIAL:
        return (gint64)(-log(gsl_rng_uniform_pos(rng)) * 1e9);
    case FEW_DELAYS:
        return few_ns[gsl_rng_uniform_int(rng, G_N_ELEMENTS(few_ns))];
    case TWO_CLUSTERS:
        return (gint64)gsl_rng_uniform_int(rng, 1000) +
               (gsl_rng_uniform_int(rng, 2) == 0 ? 0 : G_GINT64_CONSTANT(1000000000000000));
    case DECADES:
        return (gint64)pow(10.0, 9 * gsl_rng_uniform(rng));
    default:
        return (gint64)pow(10.0, 18.9 * gsl_rng_uniform(rng));
    }
}

static void oracle_schedule(Oracle *oracle, gint64 delay_ns, guint32 priority, gboolean cancellable)
{
    gint64 now_ns = cs_des_now(oracle->des);
    gint64 time_ns = delay_ns < CS_TIME_MAX - now_ns ? now_ns + delay_ns : CS_TIME_MAX;
    Expected event = {time_ns, priority, oracle->id->len};
    CsEventId id = 0;
    if (cancellable) {
        id = cs_des_schedule(oracle->des, event.time_ns, event.priority, oracle->handler,
                             event.label);
        REQUIRE(id != 0);
    } else {
        cs_des_post(oracle->des, event.time_ns, event.priority, oracle->handler, event.label);
    }
    g_array_append_val(oracle->id, id);
    g_array_append_val(oracle->event, event);
    g_array_insert_val(oracle->pending, oracle_place(oracle, event), event);
}

/* One event, cancellable in `of_ten` cases of ten; now and then a crowd, as where all devices begin
 * a round. The number scheduled. */
static guint random_schedule(Oracle *oracle, gsl_rng *rng, Shape shape, gulong of_ten)
{
    gint64 delay_ns = random_delay(rng, shape);
    if (gsl_rng_uniform_int(rng, 2000) > 0) {
        oracle_schedule(oracle, delay_ns, (guint32)gsl_rng_uniform_int(rng, 3),
                        gsl_rng_uniform_int(rng, 10) < of_ten);
        return 1;
    }
    guint n = 1 + (guint)gsl_rng_uniform_int(rng, 400);
    for (guint i = 0; i < n; i++)
        oracle_schedule(oracle, delay_ns, i, i % 8 == 0);
    return n;
}

/* Any label ever given, most often a recent one: pending, fired or cancelled long ago. */
static void random_cancel(Oracle *oracle, gsl_rng *rng)
{
    guint n = oracle->id->len;
    if (n == 0)
        return;
    guint back = (guint)(pow(n, gsl_rng_uniform(rng))) - 1;
    guint32 label = n - 1 - MIN(back, n - 1);
    CsEventId id = g_array_index(oracle->id, CsEventId, label);
    if (id == 0)
        return;
    REQUIRE(cs_des_cancel(oracle->des, id) == oracle_remove(oracle, label));
    REQUIRE(!cs_des_cancel(oracle->des, id));
}

START_TEST(million_operations_against_a_sorted_list)
{
    gsl_rng *rng = gsl_rng_alloc(cs_rng_philox);
    gsl_rng_set(rng, 20250101 + (gulong)_i);
    Oracle oracle = oracle_new();
    oracle.handler = cs_des_add_handler(oracle.des, check_fired, &oracle);
    for (guint i = 0, done = 0; done < 1000000; i++) {
        /* The population swings from a handful to some thousand and back, slowly and quickly; every
         * other time nearly all that are scheduled are also cancelled, until they are swept out. */
        guint phase = i < 500000 ? i / 5000 : i / 50000;
        Shape shape = _i == MIXED ? (Shape)(phase / 2 % MIXED) : (Shape)_i;
        gboolean sweep = phase % 4 == 3;
        gulong grow = phase % 2 == 0 ? 55 : 25, cancel = sweep ? 70 : 12;
        gboolean any = oracle.pending->len > 0;
        gulong choice = gsl_rng_uniform_int(rng, 100);
        done++;
        if (choice < grow)
            done += random_schedule(&oracle, rng, shape, phase % 4 < 2 ? 5 : 9) - 1;
        else if (choice < grow + cancel)
            random_cancel(&oracle, rng);
        else
            REQUIRE(cs_des_step(oracle.des) == any);
        REQUIRE(cs_des_pending(oracle.des) == oracle.pending->len);
    }
    ck_assert(cs_des_run(oracle.des, NULL));
    ck_assert_uint_eq(oracle.pending->len, 0);
    ck_assert_uint_eq(cs_des_fired(oracle.des), oracle.fired);
    ck_assert(!cs_des_step(oracle.des));
    oracle_clear(&oracle);
    gsl_rng_free(rng);
}
END_TEST

/* --- devices in rounds ------------------------------------------------------------------------ */

#define DEVICES 700
#define STAGES 9

/* Three kinds that pass the same stages together: no time at all, the same at every stage, short
 * ones after a long one. */
static const gint64 stage_ns[3][STAGES] = {
    {1000000000, 7, 7, 90000000, 7, 7, 90000000, 7, 1000000000},
    {0, 0, 50000000, 0, 400, 50000000, 0, 400, 0},
    {20000000, 20000000, 20000000, 20000000, 20000000, 20000000, 20000000, 20000000, 20000000},
};

typedef struct {
    Oracle oracle;
    guint stage[DEVICES];
    guint running, rounds_left;
} Rounds;

static void begin_round(Rounds *rounds)
{
    rounds->rounds_left--;
    rounds->running = DEVICES;
    for (guint i = 0; i < DEVICES; i++) {
        rounds->stage[i] = 0;
        oracle_schedule(&rounds->oracle, stage_ns[3 * i / DEVICES][0], i, FALSE);
    }
}

static void stage_ended(CsDes *des, gpointer context, guint32 target)
{
    Rounds *rounds = context;
    check_fired(des, &rounds->oracle, target);
    guint device = g_array_index(rounds->oracle.event, Expected, target).priority;
    if (++rounds->stage[device] < STAGES) {
        /* Some device or other is on a path of its own. */
        gint64 late_ns = device % 64 == 5 ? 1000 * (gint64)device : 0;
        oracle_schedule(&rounds->oracle,
                        stage_ns[3 * device / DEVICES][rounds->stage[device]] + late_ns, device,
                        FALSE);
    } else if (--rounds->running == 0 && rounds->rounds_left > 0) {
        begin_round(rounds);
    }
}

START_TEST(rounds_against_a_sorted_list)
{
    Rounds rounds = {.oracle = oracle_new(), .rounds_left = 10};
    rounds.oracle.handler = cs_des_add_handler(rounds.oracle.des, stage_ended, &rounds);
    begin_round(&rounds);
    ck_assert(cs_des_run(rounds.oracle.des, NULL));
    ck_assert_uint_eq(rounds.oracle.fired, 10 * DEVICES * STAGES);
    ck_assert_uint_eq(rounds.oracle.pending->len, 0);
    oracle_clear(&rounds.oracle);
}
END_TEST

/* --- handlers that write down what fired ------------------------------------------------------ */

static void note(CsDes *des, gpointer context, guint32 target)
{
    (void)des;
    g_array_append_val((GArray *)context, target);
}

START_TEST(many_events_come_out_sorted)
{
    /* A crowd large enough for every structure of the queue, each event posting successors. */
    enum { N = 50000 };
    g_autoptr(CsDes) des = cs_des_new();
    g_autoptr(GArray) fired = g_array_new(FALSE, FALSE, sizeof(guint32));
    CsHandlerId handler = cs_des_add_handler(des, note, fired);
    gsl_rng *rng = gsl_rng_alloc(cs_rng_philox);
    gint64 *time_ns = g_new(gint64, N);
    cs_des_reserve(des, N);
    for (guint32 i = 0; i < N; i++) {
        time_ns[i] = i % 3 == 0 ? 1000 : (gint64)gsl_rng_uniform_int(rng, 1u << (i % 30));
        cs_des_post(des, time_ns[i], i, handler, i);
    }
    ck_assert(cs_des_run(des, NULL));
    ck_assert_uint_eq(fired->len, N);
    for (guint i = 1; i < N; i++) {
        guint32 a = g_array_index(fired, guint32, i - 1), b = g_array_index(fired, guint32, i);
        ck_assert(time_ns[a] < time_ns[b] || (time_ns[a] == time_ns[b] && a < b));
    }
    g_free(time_ns);
    gsl_rng_free(rng);
}
END_TEST

START_TEST(one_instant_goes_by_priority_then_sequence)
{
    g_autoptr(CsDes) des = cs_des_new();
    g_autoptr(GArray) fired = g_array_new(FALSE, FALSE, sizeof(guint32));
    CsHandlerId handler = cs_des_add_handler(des, note, fired);
    cs_des_post(des, 5, 2, handler, 0);
    cs_des_post(des, 5, 1, handler, 1);
    cs_des_schedule(des, 5, 1, handler, 2);
    cs_des_post(des, 5, CS_PRIORITY_MAX, handler, 3);
    cs_des_post(des, 4, 9, handler, 4);
    cs_des_post(des, 5, 1, handler, 5);
    cs_des_post(des, 5, 0, handler, G_MAXUINT32);
    ck_assert(cs_des_run(des, NULL));
    const guint32 expected[] = {4, G_MAXUINT32, 1, 2, 5, 0, 3};
    ck_assert_uint_eq(fired->len, G_N_ELEMENTS(expected));
    ck_assert_mem_eq(fired->data, expected, sizeof expected);
}
END_TEST

typedef struct {
    GArray *fired;
    CsHandlerId handler;
} Echo;

/* At its own instant a target below 100 posts another that is 100 higher, of higher urgency. */
static void echo(CsDes *des, gpointer context, guint32 target)
{
    Echo *self = context;
    note(des, self->fired, target);
    if (target < 100)
        cs_des_post(des, cs_des_now(des), 0, self->handler, target + 100);
}

START_TEST(an_event_may_post_into_its_own_instant)
{
    g_autoptr(CsDes) des = cs_des_new();
    g_autoptr(GArray) fired = g_array_new(FALSE, FALSE, sizeof(guint32));
    Echo self = {fired, 0};
    self.handler = cs_des_add_handler(des, echo, &self);
    for (guint32 i = 0; i < 3; i++)
        cs_des_post(des, 7, 1, self.handler, i);
    ck_assert(cs_des_run(des, NULL));
    const guint32 expected[] = {0, 100, 1, 101, 2, 102};
    ck_assert_mem_eq(fired->data, expected, sizeof expected);
}
END_TEST

START_TEST(handles_go_stale)
{
    g_autoptr(CsDes) des = cs_des_new();
    g_autoptr(GArray) fired = g_array_new(FALSE, FALSE, sizeof(guint32));
    CsHandlerId handler = cs_des_add_handler(des, note, fired);
    CsEventId first = cs_des_schedule(des, 1, 0, handler, 1);
    ck_assert(!cs_des_cancel(des, 0));
    ck_assert(!cs_des_cancel(des, 12345));
    ck_assert(cs_des_step(des));
    ck_assert(!cs_des_cancel(des, first));
    /* Its slot is used again; the old handle must not reach the new event. */
    CsEventId second = cs_des_schedule(des, 2, 0, handler, 2);
    ck_assert_uint_ne(first, second);
    ck_assert(!cs_des_cancel(des, first));
    ck_assert_uint_eq(cs_des_pending(des), 1);
    ck_assert(cs_des_cancel(des, second));
    ck_assert(!cs_des_cancel(des, second));
    ck_assert_uint_eq(cs_des_pending(des), 0);
    ck_assert(cs_des_run(des, NULL));
    ck_assert_uint_eq(fired->len, 1);
    ck_assert_int_eq(cs_des_now(des), 1);
}
END_TEST

START_TEST(cancelled_events_do_not_pile_up)
{
    /* A time-out a year ahead, taken back every time: the sweep keeps order and count. */
    g_autoptr(CsDes) des = cs_des_new();
    g_autoptr(GArray) fired = g_array_new(FALSE, FALSE, sizeof(guint32));
    CsHandlerId handler = cs_des_add_handler(des, note, fired);
    for (guint32 i = 0; i < 200; i++)
        cs_des_schedule(des, 1000000 + 7 * (i % 50), i, handler, i);
    for (guint32 i = 0; i < 20000; i++)
        ck_assert(cs_des_cancel(
            des, cs_des_schedule(des, G_GINT64_CONSTANT(31536000000000000) + i, 0, handler, i)));
    ck_assert_uint_eq(cs_des_pending(des), 200);
    ck_assert(cs_des_run(des, NULL));
    ck_assert_uint_eq(fired->len, 200);
    ck_assert_uint_eq(cs_des_fired(des), 200);
    for (guint32 i = 0; i < 200; i++) /* i/4-th time, then the four of it in order */
        ck_assert_uint_eq(g_array_index(fired, guint32, i), i / 4 + 50 * (i % 4));
}
END_TEST

START_TEST(a_sweep_reaches_latecomers)
{
    /* All at one instant; the odd ones come when the even ones have been sorted. */
    enum { N = 400 };
    g_autoptr(CsDes) des = cs_des_new();
    g_autoptr(GArray) fired = g_array_new(FALSE, FALSE, sizeof(guint32));
    CsHandlerId handler = cs_des_add_handler(des, note, fired);
    CsEventId id[N];
    for (guint32 i = 0; i < N; i += 2)
        id[i] = cs_des_schedule(des, 10, i, handler, i);
    ck_assert(cs_des_step(des));
    for (guint32 i = 1; i < N; i += 2)
        id[i] = cs_des_schedule(des, 10, i, handler, i);
    for (guint32 i = 1; i < N; i++)
        ck_assert(i % 5 == 0 || cs_des_cancel(des, id[i]));
    ck_assert_uint_eq(cs_des_pending(des), N / 5 - 1);
    ck_assert(cs_des_run(des, NULL));
    ck_assert_uint_eq(fired->len, N / 5);
    for (guint32 i = 0; i < N / 5; i++)
        ck_assert_uint_eq(g_array_index(fired, guint32, i), 5 * i);
}
END_TEST

static void stop(CsDes *des, gpointer context, guint32 target)
{
    (void)context, (void)target;
    cs_des_stop(des);
}

START_TEST(a_run_can_be_stopped)
{
    g_autoptr(CsDes) des = cs_des_new();
    g_autoptr(GArray) fired = g_array_new(FALSE, FALSE, sizeof(guint32));
    CsHandlerId handler = cs_des_add_handler(des, note, fired);
    cs_des_post(des, 1, 0, cs_des_add_handler(des, stop, NULL), 0);
    cs_des_post(des, 2, 0, handler, 2);
    gint interrupt = 1;
    ck_assert(!cs_des_run(des, &interrupt));
    ck_assert_uint_eq(cs_des_fired(des), 0);
    interrupt = 0;
    ck_assert(!cs_des_run(des, &interrupt));
    ck_assert_uint_eq(fired->len, 0);
    ck_assert(cs_des_run(des, &interrupt));
    ck_assert_uint_eq(fired->len, 1);
}
END_TEST

START_TEST(durations_round_once)
{
    ck_assert_int_eq(cs_duration_ns(0), 0);
    ck_assert_int_eq(cs_duration_ns(0.5e-9), 1);
    ck_assert_int_eq(cs_duration_ns(0.25e-9), 0);
    ck_assert_int_eq(cs_duration_ns(1.25), 1250000000);
    ck_assert_int_eq(cs_duration_ns(9.3e9), CS_TIME_MAX);
    ck_assert_int_eq(cs_duration_ns(INFINITY), CS_TIME_MAX);
    ck_assert_int_eq(cs_duration_ns(NAN), CS_TIME_MAX);
    ck_assert_int_eq(cs_time_after(5, 1e-9), 6);
    ck_assert_int_eq(cs_time_after(CS_TIME_MAX - 5, 4e-9), CS_TIME_MAX - 1);
    ck_assert_int_eq(cs_time_after(CS_TIME_MAX - 5, 1), CS_TIME_MAX);
}
END_TEST

START_TEST(the_clock_reaches_its_end)
{
    g_autoptr(CsDes) des = cs_des_new();
    g_autoptr(GArray) fired = g_array_new(FALSE, FALSE, sizeof(guint32));
    CsHandlerId handler = cs_des_add_handler(des, note, fired);
    for (guint32 i = 0; i < 300; i++)
        cs_des_post(des, i < 100 ? i : CS_TIME_MAX - 1 + i % 2, i, handler, i);
    ck_assert(cs_des_run(des, NULL));
    ck_assert_uint_eq(fired->len, 300);
    ck_assert_int_eq(cs_des_now(des), CS_TIME_MAX);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("des");
    TCase *order = tcase_create("order");
    tcase_set_timeout(order, 60);
    tcase_add_loop_test(order, million_operations_against_a_sorted_list, 0, SHAPE_N);
    tcase_add_test(order, rounds_against_a_sorted_list);
    tcase_add_test(order, many_events_come_out_sorted);
    tcase_add_test(order, one_instant_goes_by_priority_then_sequence);
    tcase_add_test(order, an_event_may_post_into_its_own_instant);
    suite_add_tcase(suite, order);
    TCase *handles = tcase_create("handles");
    tcase_add_test(handles, handles_go_stale);
    tcase_add_test(handles, cancelled_events_do_not_pile_up);
    tcase_add_test(handles, a_sweep_reaches_latecomers);
    suite_add_tcase(suite, handles);
    TCase *clock = tcase_create("clock");
    tcase_add_test(clock, a_run_can_be_stopped);
    tcase_add_test(clock, durations_round_once);
    tcase_add_test(clock, the_clock_reaches_its_end);
    suite_add_tcase(suite, clock);
    return cs_check_main(suite);
}
