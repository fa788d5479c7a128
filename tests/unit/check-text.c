/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of src/text: key files with places, and how errors are shown. */
#include "cs-check.h"

#include "text/keyfile.h"

#include <string.h>

static CsSource *source_of(const char *text)
{
    return cs_source_new("a.ini", g_strdup(text), strlen(text));
}

static CsKeyFile *parse(const char *text, CsDiagnostics *diagnostics)
{
    g_autoptr(CsSource) source = source_of(text);
    return cs_keyfile_parse(source, diagnostics);
}

START_TEST(groups_and_keys_have_places)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsKeyFile) file =
        parse("\xEF\xBB\xBF# c\n[radio]  # the air\nbandwidth = 20 MHz # x\n"
              "empty=\r\n  # indented comment\ntitle = C# and a#b\n\n"
              "[ device   one ]\n",
              diagnostics);
    ck_assert_uint_eq(cs_diagnostics_count(diagnostics), 0);
    ck_assert_uint_eq(cs_keyfile_n_groups(file), 2);
    const CsGroup *radio = cs_keyfile_find_group(file, "radio");
    ck_assert_uint_eq(radio->n_entries, 3);
    ck_assert_uint_eq(radio->place.line, 2);
    ck_assert_uint_eq(radio->place.column, 2);
    ck_assert_uint_eq(radio->place.length, 5);
    const CsEntry *entry = cs_group_find(radio, "bandwidth");
    ck_assert_str_eq(entry->value, "20 MHz");
    ck_assert_uint_eq(entry->value_place.line, 3);
    ck_assert_uint_eq(entry->value_place.column, 13);
    ck_assert_uint_eq(entry->value_place.length, 6);
    entry = cs_group_find(radio, "empty");
    ck_assert_str_eq(entry->value, "");
    ck_assert_uint_eq(entry->value_place.column, 7);
    ck_assert_uint_eq(entry->value_place.length, 0);
    ck_assert_str_eq(cs_group_find(radio, "title")->value, "C# and a#b");
    ck_assert_str_eq(cs_keyfile_group(file, 1)->name, "device one");
    ck_assert_ptr_null(cs_group_find(radio, "carrier"));
}
END_TEST

/* Each text has one error, at this line and column. */
START_TEST(syntax_errors)
{
    static const struct {
        const char *text;
        guint line, column;
        const char *message;
    } bad[] = {
        {"a = 1\nb = 2\n", 1, 1, "this key stands before any group"},
        {"[g]\na = 1\na = 2\n", 3, 1, "key 'a' occurs twice in [g]"},
        {"[g]\n[h]\n[g]\na = 1\n", 3, 2, "group [g] occurs twice"},
        {"[g\na = 1\n", 1, 1, "this group's name is not closed by ']'"},
        {"[g] a = 1\n", 1, 1, "something stands behind the group's ']'"},
        {"[ ]\n", 1, 1, "a group needs a name"},
        {"[g]\nrounds 5\n", 2, 1, "neither '[group]' nor 'key = value'"},
        {"[g]\n= 5\n", 2, 1, "a key is missing before '='"},
        {"[g]\n  a = 5\n", 2, 3, "this line is indented"},
        {"[g]\na = \x01\n", 2, 5, "this is not text: byte 0x01"},
        {"[g]\n\xff\n", 2, 1, "this is not text: byte 0xff"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        g_autoptr(CsKeyFile) file = parse(bad[i].text, diagnostics);
        ck_assert_msg(cs_diagnostics_errors(diagnostics) == 1, "'%s'", bad[i].text);
        ck_assert_str_eq(cs_diagnostics_message(diagnostics, 0), bad[i].message);
        ck_assert_uint_eq(cs_diagnostics_place(diagnostics, 0).line, bad[i].line);
        ck_assert_uint_eq(cs_diagnostics_place(diagnostics, 0).column, bad[i].column);
    }
}
END_TEST

START_TEST(nul_bytes_and_long_lines)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsSource) binary = cs_source_new("a.ini", g_memdup2("[g]\na\0b", 8), 7);
    ck_assert_ptr_null(cs_keyfile_parse(binary, diagnostics));
    ck_assert_str_eq(cs_diagnostics_message(diagnostics, 0), "this is not text: byte 0x00");
    ck_assert(!cs_diagnostics_unreadable(diagnostics));

    g_autofree char *many = g_strnfill(1 << 20, 'x');
    g_autofree char *text = g_strdup_printf("[g]\na = %s\nb = 1\n", many);
    g_autoptr(CsDiagnostics) more = cs_diagnostics_new();
    g_autoptr(CsKeyFile) file = parse(text, more);
    ck_assert_uint_eq(cs_diagnostics_errors(more), 1);
    ck_assert_str_eq(cs_diagnostics_message(more, 0),
                     "this line has 1048580 bytes; at most 65536 are read");
    ck_assert_uint_eq(cs_keyfile_group(file, 0)->n_entries, 1);
    g_autofree char *shown = cs_diagnostics_format(more, FALSE);
    ck_assert_uint_lt(strlen(shown), 400);
}
END_TEST

START_TEST(shown_as_the_design_says)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsKeyFile) file = parse("[radio]\nfoo = 1\nbandwidth = 20\n", diagnostics);
    const CsGroup *group = cs_keyfile_group(file, 0);
    double value;
    ck_assert(!cs_value_read_quantity("bandwidth", group->entries[1].value,
                                      group->entries[1].value_place, CS_DIMENSION_FREQUENCY, &value,
                                      diagnostics));
    static const char *const known[] = {"bandwidth", "food", NULL};
    cs_group_check_known(group, known, diagnostics);
    cs_diagnostics_add(diagnostics, CS_SEVERITY_WARNING, group->place, "mind this", NULL);
    g_autofree char *shown = cs_diagnostics_format(diagnostics, FALSE);
    ck_assert_str_eq(shown, "a.ini:1:2: warning: mind this\n"
                            "    1 | [radio]\n"
                            "      |  ^~~~~\n"
                            "a.ini:2:1: error: [radio] has no key 'foo'\n"
                            "    2 | foo = 1\n"
                            "      | ^~~\n"
                            "      = help: did you mean 'food'?\n"
                            "a.ini:3:13: error: 'bandwidth' needs a unit of frequency\n"
                            "    3 | bandwidth = 20\n"
                            "      |             ^~\n"
                            "      = help: write '20 MHz'\n"
                            "2 errors\n");
    g_autofree char *coloured = cs_diagnostics_format(diagnostics, TRUE);
    ck_assert_ptr_nonnull(strstr(coloured, "\033[1;31m"));
}
END_TEST

/* The caret stands under the place whatever precedes it: tabs, accents, control characters. */
START_TEST(caret_stands_under_the_place)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsSource) source = source_of("\xC3\xA9\tab\x02\xff x\n");
    cs_diagnostics_error(diagnostics, (CsPlace){source, 1, 9, 1}, NULL, "here \x1b[2J");
    g_autofree char *shown = cs_diagnostics_format(diagnostics, FALSE);
    ck_assert_str_eq(shown, "a.ini:1:9: error: here ?[2J\n"
                            "    1 | \xC3\xA9 ab?? x\n"
                            "      |        ^\n"
                            "1 error\n");
}
END_TEST

START_TEST(unreadable_files)
{
    static const CsPlace nowhere = {NULL, 0, 0, 0};
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    ck_assert_ptr_null(cs_keyfile_read("/nonexistent/a", "a.ini", nowhere, diagnostics));
    ck_assert(cs_diagnostics_unreadable(diagnostics));
    ck_assert_ptr_null(cs_keyfile_read("/tmp", "folder", nowhere, diagnostics));
    ck_assert_ptr_null(cs_keyfile_read("/dev/zero", "zero", nowhere, diagnostics));
    g_autofree char *shown = cs_diagnostics_format(diagnostics, FALSE);
    ck_assert_str_eq(shown, "a.ini: error: cannot be read: No such file or directory\n"
                            "folder: error: cannot be read: Is a directory\n"
                            "zero: error: cannot be read: it is larger than 16 MiB\n"
                            "3 errors\n");

    g_autoptr(CsDiagnostics) more = cs_diagnostics_new();
    g_autoptr(CsSource) source = source_of("extends = b.ini\n");
    ck_assert_ptr_null(
        cs_keyfile_read("/nonexistent/b.ini", "b.ini", (CsPlace){source, 1, 11, 5}, more));
    ck_assert(!cs_diagnostics_unreadable(more));
    ck_assert_str_eq(cs_diagnostics_message(more, 0),
                     "cannot read 'b.ini': No such file or directory");
}
END_TEST

START_TEST(numbers_of_small_files)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    g_autoptr(CsKeyFile) file = parse("[g]\na = 7\nb = 2.5\nc = -1\nd = x\n", diagnostics);
    const CsGroup *g = cs_keyfile_group(file, 0);
    double value = 0;
    ck_assert(cs_group_get_number(g, "a", 1, 10, TRUE, TRUE, &value, diagnostics) && value == 7);
    ck_assert(!cs_group_get_number(g, "z", 1, 10, TRUE, FALSE, &value, diagnostics));
    ck_assert_uint_eq(cs_diagnostics_errors(diagnostics), 0);
    ck_assert(!cs_group_get_number(g, "b", 1, 10, TRUE, TRUE, &value, diagnostics));
    ck_assert(!cs_group_get_number(g, "c", 0, INFINITY, FALSE, TRUE, &value, diagnostics));
    ck_assert(!cs_group_get_number(g, "d", 0, 1, FALSE, TRUE, &value, diagnostics));
    ck_assert(!cs_group_get_number(g, "z", 0, 1, FALSE, TRUE, &value, diagnostics));
    ck_assert_uint_eq(cs_diagnostics_errors(diagnostics), 4);
    ck_assert_str_eq(cs_diagnostics_help(diagnostics, 1), "it takes 0 or more");
    ck_assert_uint_eq(cs_diagnostics_place(diagnostics, 3).line, 1);
    ck_assert_str_eq(cs_diagnostics_message(diagnostics, 3), "[g] needs the key 'z'");
}
END_TEST

START_TEST(units_are_suggested)
{
    static const struct {
        const char *text;
        CsDimension dimension;
        const char *message, *help;
    } bad[] = {
        {"20 mhz", CS_DIMENSION_FREQUENCY, "'mhz' is no unit", "write '20 MHz'"},
        {"20 dBm", CS_DIMENSION_FREQUENCY, "'k' needs a unit of frequency, and 'dBm' is none",
         "write '20 MHz'"},
        {"2 Ghz", CS_DIMENSION_FREQUENCY, "'Ghz' is no unit", "write '2 GHz'"},
        {"nan", CS_DIMENSION_LENGTH, "'k' needs a finite number, not 'nan'", "write it like '8 m'"},
        {"", CS_DIMENSION_LENGTH, "'k' has no value", "write it like '8 m'"},
        {"5 m", CS_DIMENSION_NONE, "'k' takes no unit", "leave it out"},
        {"50 %", CS_DIMENSION_NONE, "'k' takes no unit", "write '0.5'"},
        {"20,5 MHz", CS_DIMENSION_FREQUENCY, "',5 MHz' is no unit",
         "write '20.5 MHz': decimals follow a point"},
        {"0,2", CS_DIMENSION_NONE, "'k' needs a finite number, not '0,2'",
         "write '0.2': decimals follow a point"},
        {"8,5", CS_DIMENSION_LENGTH, "',5' is no unit", "write '8.5 m': decimals follow a point"},
        {"3.5 GHz ; mid", CS_DIMENSION_FREQUENCY, "'GHz ; mid' is no unit",
         "end it behind 'GHz'; a comment begins with ' # '"},
        {"20 MHz, 40 MHz", CS_DIMENSION_FREQUENCY, "'MHz, 40 MHz' is no unit",
         "one value stands here; several go into [sweep], or behind -s of 'cardsim sweep'"},
        {"0 .. 1", CS_DIMENSION_NONE, "'k' takes no unit",
         "in [sweep] a range needs its step, like '0 .. 1 step 0.1'; behind -s '0..1:0.1'"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
        g_autoptr(CsSource) source = source_of(bad[i].text);
        double value;
        ck_assert(!cs_value_read_quantity("k", bad[i].text, (CsPlace){source, 1, 1, 1},
                                          bad[i].dimension, &value, diagnostics));
        ck_assert_str_eq(cs_diagnostics_message(diagnostics, 0), bad[i].message);
        ck_assert_str_eq(cs_diagnostics_help(diagnostics, 0), bad[i].help);
    }
}
END_TEST

/* A file of a million errors takes bounded memory and time, and says how many there are. */
START_TEST(many_errors_are_counted)
{
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    GString *text = g_string_new("[g]\n");
    for (int i = 0; i < 100000; i++)
        g_string_append(text, "x\n");
    g_autoptr(CsKeyFile) file = parse(text->str, diagnostics);
    g_string_free(text, TRUE);
    ck_assert_uint_eq(cs_diagnostics_errors(diagnostics), 100000);
    ck_assert_uint_eq(cs_diagnostics_count(diagnostics), 1000);
    ck_assert(cs_diagnostics_full(diagnostics));
    g_autofree char *shown = cs_diagnostics_format(diagnostics, FALSE);
    ck_assert_ptr_nonnull(strstr(shown, "... and 99980 more\n100000 errors\n"));
    guint blocks = 0;
    for (const char *at = shown; (at = strstr(at, ": error: ")) != NULL; at++)
        blocks++;
    ck_assert_uint_eq(blocks, 20);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text");
    TCase *tc = tcase_create("text");
    tcase_add_test(tc, groups_and_keys_have_places);
    tcase_add_test(tc, syntax_errors);
    tcase_add_test(tc, nul_bytes_and_long_lines);
    tcase_add_test(tc, shown_as_the_design_says);
    tcase_add_test(tc, caret_stands_under_the_place);
    tcase_add_test(tc, unreadable_files);
    tcase_add_test(tc, numbers_of_small_files);
    tcase_add_test(tc, units_are_suggested);
    tcase_add_test(tc, many_errors_are_counted);
    suite_add_tcase(suite, tc);
    return cs_check_main(suite);
}
