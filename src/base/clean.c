/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/clean: texts of others, made safe to show. See clean.h. */
#include "base/clean.h"

#include <string.h>

gunichar cs_clean_character(const char *text, gsize length, gsize *bytes)
{
    gunichar c = g_utf8_get_char_validated(text, (gssize)length);
    *bytes = 1;
    if (c == (gunichar)-1 || c == (gunichar)-2)
        return '?';
    if (c == '\t')
        return ' ';
    *bytes = (gsize)g_unichar_to_utf8(c, NULL);
    return g_unichar_isprint(c) ? c : '?';
}

static char *clean(const char *text, gboolean lines)
{
    gsize length = strlen(text), bytes;
    GString *shown = g_string_sized_new(length);
    for (gsize i = 0; i < length; i += bytes) {
        gunichar c = cs_clean_character(text + i, length - i, &bytes);
        g_string_append_unichar(shown, lines && text[i] == '\n' ? '\n' : c);
    }
    return g_string_free(shown, FALSE);
}

char *cs_clean_text(const char *text)
{
    return clean(text, FALSE);
}

char *cs_clean_lines(const char *text)
{
    return clean(text, TRUE);
}

/* What stands behind the sign: digits and a point, an exponent, a unit. */
static gboolean is_quantity(const char *text)
{
    gsize digits = strspn(text, "0123456789.");
    if (digits == 0)
        return FALSE;
    text += digits;
    if ((*text == 'e' || *text == 'E') && (text[1] == '-' || text[1] == '+'))
        text += 2;
    for (; *text != '\0'; text++)
        if (!g_ascii_isalnum(*text) && strchr(" ./%^", *text) == NULL)
            return FALSE;
    return TRUE;
}

gboolean cs_clean_is_formula(const char *text)
{
    switch (*text) {
    case '=':
    case '@':
    case '\t':
    case '\r':
        return TRUE;
    case '+':
    case '-':
        return text[1] != '\0' && !is_quantity(text + 1);
    default:
        return FALSE;
    }
}

char *cs_clean_cell(const char *text)
{
    char *shown = cs_clean_text(text);
    if (!cs_clean_is_formula(text))
        return shown;
    char *cell = g_strconcat("'", shown, NULL);
    g_free(shown);
    return cell;
}
