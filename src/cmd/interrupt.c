/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/interrupt: signals end a long command in good order. See interrupt.h. */
#include "cmd/interrupt.h"

#include <signal.h>

/* A handler reaches nothing but static storage: the only variable of this kind in the program. */
static gint caught;

static void catch_signal(int number)
{
    g_atomic_int_set(&caught, number);
}

const gint *cs_interrupt_catch(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        struct sigaction action = {.sa_handler = catch_signal, .sa_flags = (int)SA_RESETHAND};
        struct sigaction before;
        sigemptyset(&action.sa_mask);
        /* nohup and background jobs of a script ignore a signal on purpose. */
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
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
    switch (g_atomic_int_get(&caught)) {
    case SIGINT:
        return "SIGINT";
    case SIGTERM:
        return "SIGTERM";
    default:
        return "SIGHUP";
    }
}
