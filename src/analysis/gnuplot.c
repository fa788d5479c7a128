/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analysis/gnuplot: safe texts for gnuplot, and running it. See gnuplot.h. */
#include "analysis/gnuplot.h"

#include "base/clean.h"

#include <string.h>
#include <sys/wait.h>

G_DEFINE_QUARK(cs - figure - error - quark, cs_figure_error)

#define TITLE_WIDTH 40 /* bytes of a line: what 8.5 cm hold */

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

char *cs_gnuplot_quote_enhanced(const char *text)
{
    g_autoptr(GString) escaped = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p++) {
        if (strchr("\\{}^_@&~", *p) != NULL)
            g_string_append_c(escaped, '\\');
        g_string_append_c(escaped, *p);
    }
    return cs_gnuplot_quote(escaped->str);
}

/* gnuplot takes an apostrophe at a cell's start for a quote. */
char *cs_gnuplot_cell(const char *text, gboolean raw)
{
    char *cell = raw ? g_strdup(text) : cs_clean_cell(text);
    if (cell[0] == '\'')
        cell[0] = '_';
    return g_strdelimit(cell, ",\"\n\r", ';');
}

static void append_title_line(GString *title, const char *line)
{
    g_autofree char *quoted = cs_gnuplot_quote_enhanced(line);
    g_string_append_printf(title, "%s'{/:Bold '.%s.'}'", title->len > 0 ? ".\"\\n\"." : "", quoted);
}

char *cs_gnuplot_title(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    g_autoptr(GString) line = g_string_new(NULL), title = g_string_new(NULL);
    for (char **word = words; *word != NULL; word++) {
        if (line->len > 0 && line->len + 1 + strlen(*word) > TITLE_WIDTH) {
            append_title_line(title, line->str);
            g_string_truncate(line, 0);
        }
        g_string_append_printf(line, "%s%s", line->len > 0 ? " " : "", *word);
    }
    if (line->len > 0)
        append_title_line(title, line->str);
    return g_strdup(title->len > 0 ? title->str : "''");
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
        g_set_error(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_GNUPLOT,
                    "cannot draw: %s; install it (Debian: apt install gnuplot-nox), then run "
                    "'gnuplot %s' in '%s'",
                    missing ? "gnuplot is not installed" : reason->message, script, directory);
        return FALSE;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return TRUE;
    g_autofree char *complaint = first_complaint(said);
    g_set_error(error, CS_FIGURE_ERROR, CS_FIGURE_ERROR_GNUPLOT,
                "gnuplot failed on '%s/%s': %s (cardsim is tested with gnuplot 5.4, Debian's "
                "package gnuplot-nox)",
                directory, script, complaint);
    return FALSE;
}
