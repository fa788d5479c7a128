/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base/fail: how a function that says whether it has succeeded says that it has not.
 *
 * Layer: base.
 */
#ifndef CS_BASE_FAIL_H
#define CS_BASE_FAIL_H

#include <glib.h>

/* g_set_error(), in one step with the FALSE that goes with it, which is what this returns. */
gboolean cs_fail(GError **error, GQuark domain, gint code, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

#endif
