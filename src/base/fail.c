/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/fail: an error and FALSE. See fail.h. Layer: base. */
#include "base/fail.h"

gboolean cs_fail(GError **error, GQuark domain, gint code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autoptr(GError) own = g_error_new_valist(domain, code, format, arguments);
    va_end(arguments);
    g_propagate_error(error, g_steal_pointer(&own));
    return FALSE;
}
