/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/gnuplot: safe texts for gnuplot, and running it. See gnuplot.h. */
#include "analysis/gnuplot.h"

#include "base/clean.h"
#include "base/fail.h"

#include <string.h>
#include <sys/wait.h>

G_DEFINE_QUARK(cs - figure - error - quark, cs_figure_error)

#define TITLE_WIDTH 44 /* letters of a line: what 8.5 cm hold */

/* Nothing is special within single quotes but the quote itself, which gnuplot lets one double only
 * in places; a text that holds one goes into double quotes with all that means anything there in
 * octal. */
char *cs_gnuplot_quote(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    gboolean octal = strchr(valid, '\'') != NULL;
    GString *quoted = g_string_new(octal ? "\"" : "'");
    for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (!g_unichar_isprint(c))
            g_string_append_c(quoted, ' ');
        else if (octal && c < 0x80 && strchr("'\"\\`@$", (int)c) != NULL)
            g_string_append_printf(quoted, "\\%03o", c);
        else
            g_string_append_unichar(quoted, c);
    }
    g_string_append_c(quoted, octal ? '"' : '\'');
    return g_string_free(quoted, FALSE);
}

void cs_gnuplot_append(GString *script, const char *name, const char *text)
{
    g_autofree char *quoted = cs_gnuplot_quote(text);
    g_string_append_printf(script, "%s = %s\n", name, quoted);
}

void cs_gnuplot_append_array(GString *script, const char *name, const GPtrArray *texts)
{
    g_string_append_printf(script, "array %s[%u]\n", name, MAX(texts->len, 1));
    for (guint i = 0; i < texts->len; i++) {
        g_autofree char *element = g_strdup_printf("%s[%u]", name, i + 1);
        cs_gnuplot_append(script, element, g_ptr_array_index(texts, i));
    }
}

/* The columns that a character takes. */
static guint width_of(gunichar c)
{
    return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

/* Takes as much of *rest as fits into TITLE_WIDTH columns: whole words, or part of one that is
 * longer than a line. Transfer full. */
static char *take_line(const char **rest)
{
    const char *end = *rest, *blank = NULL;
    guint columns = 0;
    for (; *end != '\0'; end = g_utf8_next_char(end)) {
        columns += width_of(g_utf8_get_char(end));
        if (columns > TITLE_WIDTH)
            break;
        if (*end == ' ')
            blank = end;
    }
    if (*end != '\0' && *end != ' ' && blank != NULL)
        end = blank;
    char *line = g_strndup(*rest, (gsize)(end - *rest));
    *rest = end;
    while (**rest == ' ')
        (*rest)++;
    return g_strchomp(line);
}

/* For gnuplot's enhanced mode, in which alone every format has bold letters. Transfer full. */
static char *escape(const char *text)
{
    GString *escaped = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p++) {
        if (strchr("\\{}^_@&~", *p) != NULL)
            g_string_append_c(escaped, '\\');
        g_string_append_c(escaped, *p);
    }
    return g_string_free(escaped, FALSE);
}

/* gnuplot takes an apostrophe at a cell's start for a quote. */
char *cs_gnuplot_cell(const char *text, gboolean raw)
{
    char *cell = raw ? g_strdup(text) : cs_clean_cell(text);
    if (cell[0] == '\'')
        cell[0] = '_';
    return g_strdelimit(cell, ",\"\n\r", ';');
}

static void take_lines(GPtrArray *lines, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    const char *rest = g_strstrip(valid);
    while (*rest != '\0') {
        g_autofree char *line = take_line(&rest);
        g_ptr_array_add(lines, escape(line));
    }
}

void cs_gnuplot_append_heading(GString *script, const char *title, const char *subtitle)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    take_lines(lines, title);
    g_string_append_printf(script, "n_bold_lines = %u\n", lines->len);
    take_lines(lines, subtitle);
    cs_gnuplot_append_array(script, "title_lines", lines);
    g_string_append_printf(script, "n_title_lines = %u\n", lines->len);
}

/* gnuplot shows the line, a caret, then the reason behind "line N: ". Transfer full. */
static char *first_complaint(const char *said)
{
    g_auto(GStrv) lines = g_strsplit(said, "\n", -1);
    const char *fallback = "it gave no reason";
    for (char **line = lines; *line != NULL; line++) {
        const char *reason = g_strstr_len(*line, -1, " line ");
        if (reason != NULL)
            return g_strdup(g_strstrip(*line));
        if (g_strstrip(*line)[0] != '\0' && (*line)[0] != '^')
            fallback = *line;
    }
    return g_strdup(fallback);
}

gboolean cs_gnuplot_run(const char *place, const char *directory, const char *script,
                        GError **error)
{
    g_autofree char *local = g_strconcat("./", script, NULL);
    char *arguments[] = {"gnuplot", "-d", local, NULL};
    g_autofree char *said = NULL;
    g_autoptr(GError) reason = NULL;
    gint status;
    if (!g_spawn_sync(place, arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL,
                      NULL, NULL, NULL, &said, &status, &reason)) {
        gboolean missing = g_error_matches(reason, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT);
        return cs_fail(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_GNUPLOT,
                       "cannot draw: %s; install it (Debian: apt install gnuplot-nox), then run "
                       "'gnuplot %s' in '%s'",
                       missing ? "gnuplot is not installed" : reason->message, script, directory);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return TRUE;
    g_autofree char *complaint = first_complaint(said);
    return cs_fail(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_GNUPLOT,
                   "gnuplot failed on '%s/%s': %s (cardsim is tested with gnuplot 5.4, Debian's "
                   "package gnuplot-nox)",
                   directory, script, complaint);
}
