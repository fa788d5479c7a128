/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/interrupt: signals end a long command in good order. See interrupt.h. */
#include "cmd/interrupt.h"

#include <signal.h>

/* A handler reaches nothing but static storage: the only variable of this kind in the program. */
static gint caught;

/* Batch systems warn by SIGUSR1 or SIGXCPU before they kill a job. */
static const struct {
    int number;
    const char *name;
} signals[] = {{SIGINT, "SIGINT"},
               {SIGTERM, "SIGTERM"},
               {SIGHUP, "SIGHUP"},
               {SIGUSR1, "SIGUSR1"},
               {SIGXCPU, "SIGXCPU"}};

static void catch_signal(int number)
{
    g_atomic_int_set(&caught, number);
}

const gint *cs_interrupt_catch(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(signals); i++) {
        struct sigaction action = {.sa_handler = catch_signal, .sa_flags = (int)SA_RESETHAND};
        struct sigaction before;
        sigemptyset(&action.sa_mask);
        /* nohup and background jobs of a script ignore a signal on purpose. */
        if (sigaction(signals[i].number, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(signals[i].number, &action, NULL);
    }
    return &caught;
}

int cs_interrupt_exit_code(void)
{
    gint number = g_atomic_int_get(&caught);
    return number != 0 ? 128 + number : 0;
}

const char *cs_interrupt_name(void)
{
    gint number = g_atomic_int_get(&caught);
    for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
        if (signals[i].number == number)
            return signals[i].name;
    return "a signal";
}
