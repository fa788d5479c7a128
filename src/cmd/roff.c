/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/roff: plain text made safe for man pages. See roff.h. */
#include "cmd/roff.h"

static const char *const escapes[G_MAXUINT8 + 1] = {
    ['\\'] = "\\e",  ['-'] = "\\-",   ['\''] = "\\(aq",
    ['`'] = "\\(ga", ['^'] = "\\(ha", ['~'] = "\\(ti",
};

void cs_roff_append(GString *out, const char *text)
{
    if (text[0] == '.' && (out->len == 0 || out->str[out->len - 1] == '\n'))
        g_string_append(out, "\\&");
    for (const char *c = text; *c != '\0'; c++) {
        const char *escape = escapes[(guint8)*c];
        if (escape != NULL)
            g_string_append(out, escape);
        else
            g_string_append_c(out, *c);
    }
}
