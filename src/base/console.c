/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/console: width and letters of a terminal. See console.h. */
#include "base/console.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_LEAST 20
#define COLUMNS_MOST 10000

guint cs_console_columns(int descriptor, guint otherwise)
{
    const char *text = g_getenv("COLUMNS");
    guint64 columns;
    struct winsize size;
    if (text != NULL &&
        g_ascii_string_to_unsigned(text, 10, COLUMNS_LEAST, COLUMNS_MOST, &columns, NULL))
        return (guint)columns;
    if (isatty(descriptor) && ioctl(descriptor, TIOCGWINSZ, &size) == 0 &&
        size.ws_col >= COLUMNS_LEAST)
        return size.ws_col;
    return otherwise;
}

/* Where a line that is broken goes on: its indentation, or behind its last gap. */
static guint hanging(const char *line, const char *end, guint columns)
{
    guint indent = 0, column = 0, blanks = 0;
    while (line + indent < end && line[indent] == ' ')
        indent++;
    for (const char *p = line; p < end && column < columns / 2; p = g_utf8_next_char(p), column++) {
        if (*p != ' ' && blanks >= 2)
            indent = column;
        blanks = *p == ' ' ? blanks + 1 : 0;
    }
    return MIN(indent, columns / 2);
}

/* The last blank that leaves `columns` before it, else the first behind `from`; NULL: none. */
static const char *break_of(const char *from, const char *end, guint columns)
{
    const char *best = NULL;
    guint column = 0;
    for (const char *p = from; p < end; p = g_utf8_next_char(p), column++) {
        if (*p != ' ' || p == from || p[-1] == ' ')
            continue;
        if (column > columns)
            return best != NULL ? best : p;
        best = p;
    }
    return column > columns ? best : NULL;
}

static void append_filled(GString *out, const char *line, const char *end, guint columns)
{
    guint hang = hanging(line, end, columns), room = columns;
    const char *from = line, *stop, *start = line;
    while (start < end && *start == ' ')
        start++;
    while ((stop = break_of(start, end, room - (from == line ? (guint)(start - line) : 0))) !=
           NULL) {
        g_string_append_len(out, from, stop - from);
        g_string_append_printf(out, "\n%*s", (int)hang, "");
        for (from = stop; from < end && *from == ' ';)
            from++;
        start = from;
        room = columns - hang;
    }
    g_string_append_len(out, from, end - from);
}

char *cs_console_fill(const char *text, guint columns)
{
    if (columns == 0)
        return g_strdup(text);
    GString *out = g_string_new(NULL);
    while (*text != '\0') {
        const char *end = text + strcspn(text, "\n");
        append_filled(out, text, end, columns);
        if (*end == '\n')
            g_string_append_c(out, '\n');
        text = *end == '\n' ? end + 1 : end;
    }
    return g_string_free(out, FALSE);
}

gboolean cs_console_is_ascii(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *locale = g_getenv(names[i]);
        if (locale == NULL || locale[0] == '\0')
            continue;
        g_autofree char *small = g_ascii_strdown(locale, -1);
        return strstr(small, "utf-8") == NULL && strstr(small, "utf8") == NULL;
    }
    return FALSE;
}

static const struct {
    gunichar c;
    const char *ascii;
} likeness[] = {
    {0x00B1, "+-"},    {0x00B5, "u"},     {0x03BC, "u"},   {0x00D7, "x"},   {0x00B7, "."},
    {0x2013, "-"},     {0x2014, "-"},     {0x2212, "-"},   {0x2026, "..."}, {0x2264, "<="},
    {0x2265, ">="},    {0x2500, "-"},     {0x2588, "#"},   {0x2589, "#"},   {0x258A, "#"},
    {0x258B, "#"},     {0x258C, "#"},     {0x258D, " "},   {0x258E, " "},   {0x258F, " "},
    {0x03B1, "alpha"}, {0x03B4, "delta"}, {0x03B7, "eta"}, {0x03BE, "xi"},  {0x03C3, "sigma"},
    {0x03C6, "phi"},   {0x2019, "'"},
};

char *cs_console_ascii(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *ascii = g_string_sized_new(strlen(valid));
    for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        const char *like = NULL;
        for (guint i = 0; c >= 0x80 && like == NULL && i < G_N_ELEMENTS(likeness); i++)
            like = likeness[i].c == c ? likeness[i].ascii : NULL;
        if (c < 0x80)
            g_string_append_c(ascii, (char)c);
        else
            g_string_append(ascii, like != NULL ? like : "?");
    }
    return g_string_free(ascii, FALSE);
}

void cs_console_append_filled(GString *out, const char *text, guint indent, guint width)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    guint column = indent;
    for (char **word = words; *word != NULL; word++) {
        guint length = (guint)g_utf8_strlen(*word, -1);
        if (column > indent && column + 1 + length > width) {
            g_string_append_printf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (word != words) {
            g_string_append_c(out, ' ');
            column++;
        }
        g_string_append(out, *word);
        column += length;
    }
    g_string_append_c(out, '\n');
}
