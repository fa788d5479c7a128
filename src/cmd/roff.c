/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd/roff: plain text made safe for man pages. See roff.h. */
#include "cmd/roff.h"

static const char *escape_of(char c)
{
    switch (c) {
    case '\\':
        return "\\e";
    case '-':
        return "\\-";
    case '\'':
        return "\\(aq";
    case '`':
        return "\\(ga";
    case '^':
        return "\\(ha";
    case '~':
        return "\\(ti";
    default:
        return NULL;
    }
}

void cs_roff_append(GString *out, const char *text)
{
    if (text[0] == '.' && (out->len == 0 || out->str[out->len - 1] == '\n'))
        g_string_append(out, "\\&");
    for (const char *c = text; *c != '\0'; c++) {
        const char *escape = escape_of(*c);
        if (escape != NULL)
            g_string_append(out, escape);
        else
            g_string_append_c(out, *c);
    }
}
