/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario/raw: files, extends and overrides become one table of texts. See raw.h. */
#include "scenario/raw.h"

#include "base/suggest.h"

#include <string.h>

#define DEVICES_NAMED 12 /* in a message */

typedef struct {
    CsKeyFile *keyfile;
    char *path;
    char *directory;
} File;

struct CsRawFiles {
    gatomicrefcount references;
    GPtrArray *files; /* of File: the named one, then what it extends, and so on */
    gboolean broken;  /* a file of the chain cannot be had, which has been told */
};

static void file_free(gpointer data)
{
    File *file = data;
    cs_keyfile_free(file->keyfile);
    g_free(file->path);
    g_free(file->directory);
    g_free(file);
}

static const File *file_at(const CsRawFiles *files, guint i)
{
    return g_ptr_array_index(files->files, i);
}

/* `path` as it is shown: "a/../b" as "b". Transfer full. */
static char *shown_path(const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    g_autoptr(GPtrArray) kept = g_ptr_array_new();
    for (char **part = parts; *part != NULL; part++) {
        const char *last = kept->len > 0 ? g_ptr_array_index(kept, kept->len - 1) : "";
        if (strcmp(*part, "..") == 0 && *last != '\0' && strcmp(last, "..") != 0 &&
            strcmp(last, ".") != 0)
            g_ptr_array_set_size(kept, (gint)kept->len - 1);
        else
            g_ptr_array_add(kept, *part);
    }
    g_ptr_array_add(kept, NULL);
    return g_strjoinv("/", (char **)kept->pdata);
}

/* Takes what was read of `path` into `files`; NULL where it was not. */
static const File *take_file(CsRawFiles *files, const char *path, CsKeyFile *keyfile)
{
    if (keyfile == NULL)
        return NULL;
    File *file = g_new(File, 1);
    file->keyfile = keyfile;
    file->path = g_strdup(path);
    file->directory = g_path_get_dirname(path);
    g_ptr_array_add(files->files, file);
    return file;
}

/* Reads one file of the chain into `files`. */
static const File *add_file(CsRawFiles *files, const char *path, CsPlace from,
                            CsDiagnostics *diagnostics)
{
    g_autofree char *shown = shown_path(path);
    return take_file(files, path, cs_keyfile_read(path, shown, from, diagnostics));
}

static gboolean same_file(const char *a, const char *b)
{
    g_autofree char *x = g_canonicalize_filename(a, NULL), *y = g_canonicalize_filename(b, NULL);
    return strcmp(x, y) == 0;
}

/* TRUE, with an error at `from`, where `path` is already in the chain. */
static gboolean closes_cycle(const CsRawFiles *files, const char *path, CsPlace from,
                             CsDiagnostics *diagnostics)
{
    for (guint i = 0; i < files->files->len; i++) {
        if (!same_file(file_at(files, i)->path, path))
            continue;
        g_autoptr(GString) chain = g_string_new(NULL);
        for (guint k = i; k < files->files->len; k++)
            g_string_append_printf(chain, "%s -> ", file_at(files, k)->path);
        g_string_append(chain, file_at(files, i)->path);
        cs_diagnostics_error(diagnostics, from, "take one 'extends' out of the circle",
                             "'extends' goes in a circle: %s", chain->str);
        return TRUE;
    }
    return FALSE;
}

static CsRawFiles *files_new(void)
{
    CsRawFiles *files = g_new0(CsRawFiles, 1);
    g_atomic_ref_count_init(&files->references);
    files->files = g_ptr_array_new_with_free_func(file_free);
    return files;
}

CsRawFiles *cs_raw_files_parse(const char *path, const char *text, CsDiagnostics *diagnostics)
{
    g_autoptr(CsRawFiles) files = files_new();
    g_autoptr(CsSource) source = cs_source_new(path, g_strdup(text), strlen(text));
    const File *file = take_file(files, path, cs_keyfile_parse(source, diagnostics));
    return file != NULL ? g_steal_pointer(&files) : NULL;
}

CsRawFiles *cs_raw_files_read(const char *path, CsDiagnostics *diagnostics)
{
    g_autoptr(CsRawFiles) files = files_new();
    const File *file = add_file(files, path, (CsPlace){NULL, 0, 0, 0}, diagnostics);
    if (file == NULL)
        return NULL;
    while (file != NULL) {
        const CsGroup *group = cs_keyfile_find_group(file->keyfile, "scenario");
        const CsEntry *extends = group != NULL ? cs_group_find(group, "extends") : NULL;
        if (extends == NULL || *extends->value == '\0')
            break; /* an empty value is reported with all others */
        g_autofree char *next =
            g_path_is_absolute(extends->value) || strcmp(file->directory, ".") == 0
                ? g_strdup(extends->value)
                : g_build_filename(file->directory, extends->value, NULL);
        files->broken = TRUE; /* until the file is there */
        if (closes_cycle(files, next, extends->value_place, diagnostics))
            break;
        if (files->files->len >= CS_EXTENDS_MAX) {
            cs_diagnostics_error(diagnostics, extends->value_place, NULL,
                                 "more than %d files extend one another", CS_EXTENDS_MAX);
            break;
        }
        file = add_file(files, next, extends->value_place, diagnostics);
        files->broken = file == NULL;
    }
    return g_steal_pointer(&files);
}

CsRawFiles *cs_raw_files_ref(CsRawFiles *files)
{
    g_atomic_ref_count_inc(&files->references);
    return files;
}

void cs_raw_files_unref(CsRawFiles *files)
{
    if (files == NULL || !g_atomic_ref_count_dec(&files->references))
        return;
    g_ptr_array_unref(files->files);
    g_free(files);
}

const char *cs_raw_files_directory(const CsRawFiles *files)
{
    return file_at(files, 0)->directory;
}

static gint group_index(const char *name)
{
    const char *const *groups = cs_key_groups();
    for (gint i = 0; groups[i] != NULL; i++)
        if (strcmp(groups[i], name) == 0)
            return i;
    return -1;
}

static guint key_index(const CsKey *key)
{
    return (guint)(key - cs_key(0));
}

/* --- what is said of wrong names -------------------------------------------------------------- */

/* The keys that may stand in `group`, for suggestions; returns their number. */
static guint keys_of(const char *group, const char *known[CS_KEY_N])
{
    guint n = 0;
    for (CsKeyIndex i = 0; i < CS_KEY_N; i++)
        if (cs_key_find(group, cs_key(i)->key) == cs_key(i))
            known[n++] = cs_key(i)->key;
    return n;
}

static gboolean of_device(const CsKey *key)
{
    return strcmp(key->group, "device") == 0;
}

/* A remedy for `key`, which `group` does not have; NULL where none is likely. Transfer full. */
static char *unknown_key_help(const char *group, const char *key)
{
    const char *known[CS_KEY_N];
    for (CsKeyIndex i = 0; i < CS_KEY_N; i++)
        if (strcmp(cs_key(i)->key, key) == 0)
            return g_strdup_printf("'%s' belongs to [%s]", key,
                                   of_device(cs_key(i)) ? "device NAME" : cs_key(i)->group);
    char *question = cs_suggest_question(key, known, keys_of(group, known));
    if (question != NULL)
        return question;
    for (CsKeyIndex i = 0; i < CS_KEY_N && key[0] != '\0'; i++)
        if (strstr(cs_key(i)->key, key) != NULL)
            return g_strdup_printf("'cardsim list keys %s' shows keys with that word", key);
    return g_strdup("'cardsim list keys' shows all keys");
}

static void unknown_key(const char *group, const char *shown_group, const char *key, CsPlace place,
                        CsDiagnostics *diagnostics)
{
    g_autofree char *help = cs_diagnostics_full(diagnostics) ? NULL : unknown_key_help(group, key);
    cs_diagnostics_error(diagnostics, place, help, "[%s] has no key '%s'", shown_group, key);
}

static void unknown_group(const char *name, CsPlace place, CsDiagnostics *diagnostics)
{
    const char *blank = strchr(name, ' ');
    g_autofree char *word = blank != NULL ? g_strndup(name, (gsize)(blank - name)) : g_strdup(name);
    const char *const *groups = cs_key_groups();
    const char *similar = cs_suggest(word, groups, CS_RAW_GROUPS);
    g_autofree char *help = NULL;
    if (similar != NULL && strcmp(similar, "device") == 0)
        help = g_strdup_printf("did you mean [device %s]?", blank != NULL ? blank + 1 : "NAME");
    else if (similar != NULL)
        help = g_strdup_printf("did you mean [%s]?", similar);
    else {
        g_autofree char *all = g_strjoinv("], [", (char **)groups);
        help = g_strdup_printf("the groups are [%s]", all);
    }
    cs_diagnostics_error(diagnostics, place, help, "there is no group [%s]", name);
}

void cs_raw_unknown_device(const CsRawTable *table, const char *name, CsPlace place,
                           CsDiagnostics *diagnostics)
{
    if (table->broken)
        return;                             /* it may stand in the file that cannot be had */
    if (cs_diagnostics_full(diagnostics)) { /* it is only counted */
        cs_diagnostics_error(diagnostics, place, NULL, "there is no device '%s'", name);
        return;
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < MIN(table->devices->len, 1000); i++)
        g_ptr_array_add(names, (gpointer)g_array_index(table->devices, CsRawDevice, i).name);
    const char *similar = cs_suggest(name, (const char *const *)names->pdata, names->len);
    guint shown = MIN(names->len, DEVICES_NAMED), all = names->len;
    g_ptr_array_set_size(names, (gint)shown);
    g_ptr_array_add(names, NULL);
    g_autofree char *list = g_strjoinv(", ", (char **)names->pdata);
    g_autofree char *help =
        similar != NULL ? g_strdup_printf("did you mean '%s'?", similar)
        : shown > 0     ? g_strdup_printf("the devices are %s%s", list, all > shown ? ", ..." : "")
                        : NULL;
    cs_diagnostics_error(diagnostics, place, help, "there is no device '%s'", name);
}

/* --- files over one another ------------------------------------------------------------------- */

static gboolean good_device_name(const char *name)
{
    gsize length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
    return length > 0 && name[length] == '\0' && length <= CS_DEVICE_NAME_MAX;
}

/* The device [device NAME] of a file means, made if new; NULL with an error added. */
static CsRawDevice *device_of(CsRawTable *table, const char *name, CsPlace place,
                              CsDiagnostics *diagnostics)
{
    if (*name == '\0') {
        cs_diagnostics_error(diagnostics, place, "write '[device NAME]', such as '[device 1]'",
                             "a device needs a name");
        table->unnamed = TRUE;
        return NULL;
    }
    if (!good_device_name(name)) {
        cs_diagnostics_error(diagnostics, place, "a name is made of letters, digits, '_' and '-'",
                             "'%s' is no device name", name);
        table->unnamed = TRUE;
        return NULL;
    }
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(table->by_name, name));
    if (index == 0) {
        if (table->devices->len >= CS_DEVICE_GROUPS_MAX) {
            cs_diagnostics_error(diagnostics, place, "use 'count' for devices that are alike",
                                 "more than %d [device] groups", CS_DEVICE_GROUPS_MAX);
            return NULL;
        }
        CsRawDevice device = {.name = name};
        g_array_append_val(table->devices, device);
        index = table->devices->len;
        g_hash_table_insert(table->by_name, (gpointer)name, GUINT_TO_POINTER(index));
    }
    CsRawDevice *device = &g_array_index(table->devices, CsRawDevice, index - 1);
    device->head = place;
    return device;
}

/* Puts an axis in the place of an earlier one of its key, or behind all. */
static void lay_axis(GArray *axes, CsRawAxis axis)
{
    for (guint i = 0; i < axes->len; i++) {
        CsRawAxis *old = &g_array_index(axes, CsRawAxis, i);
        if (strcmp(old->key, axis.key) == 0) {
            *old = axis;
            return;
        }
    }
    if (axes->len < CS_KEY_N + CS_DEVICE_GROUPS_MAX)
        g_array_append_val(axes, axis);
}

static void lay_group(CsRawTable *table, const File *file, const CsGroup *group,
                      CsDiagnostics *diagnostics)
{
    gboolean device =
        strcmp(group->name, "device") == 0 || g_str_has_prefix(group->name, "device ");
    gint index = group_index(device ? "device" : group->name);
    if (index < 0) {
        unknown_group(group->name, group->place, diagnostics);
        return;
    }
    CsRaw *values = table->fixed;
    const char *known_as = device ? "device" : group->name;
    table->heads[index] = group->place;
    if (device) {
        const char *name = group->name + strlen("device");
        CsRawDevice *found = device_of(table, name + (*name == ' '), group->place, diagnostics);
        if (found == NULL)
            return;
        values = found->values;
    }
    for (guint i = 0; i < group->n_entries; i++) {
        const CsEntry *entry = &group->entries[i];
        const CsRawAxis axis = {entry->key, entry->value, entry->key_place, entry->value_place};
        const CsKey *key = cs_key_find(known_as, entry->key);
        if (key != NULL)
            values[key_index(key)] = (CsRaw){entry->value, file->directory, entry->value_place};
        else if (strcmp(group->name, "sweep") == 0)
            lay_axis(table->axes, axis);
        else if (strcmp(group->name, "vary") == 0)
            lay_axis(table->varied, axis);
        else
            unknown_key(known_as, group->name, entry->key, entry->key_place, diagnostics);
    }
}

CsRawTable *cs_raw_table_new(const CsRawFiles *files, CsDiagnostics *diagnostics)
{
    CsRawTable *table = g_new0(CsRawTable, 1);
    table->broken = files->broken;
    table->devices = g_array_new(FALSE, TRUE, sizeof(CsRawDevice));
    table->axes = g_array_new(FALSE, TRUE, sizeof(CsRawAxis));
    table->varied = g_array_new(FALSE, TRUE, sizeof(CsRawAxis));
    table->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    table->sources = g_ptr_array_new_with_free_func((GDestroyNotify)cs_source_unref);
    table->whole = (CsPlace){cs_keyfile_source(file_at(files, 0)->keyfile), 0, 0, 0};
    for (guint i = 0; i < CS_RAW_GROUPS; i++)
        table->heads[i] = table->whole;
    for (guint i = files->files->len; i-- > 0;) {
        const File *file = file_at(files, i);
        for (guint k = 0; k < cs_keyfile_n_groups(file->keyfile); k++)
            lay_group(table, file, cs_keyfile_group(file->keyfile, k), diagnostics);
    }
    for (guint i = 0; table->broken && i < table->devices->len; i++)
        g_array_index(table->devices, CsRawDevice, i).orphan = TRUE;
    return table;
}

CsRawTable *cs_raw_table_copy(const CsRawTable *table)
{
    CsRawTable *copy = g_memdup2(table, sizeof *table);
    copy->devices = g_array_copy(table->devices);
    copy->axes = g_array_copy(table->axes);
    copy->varied = g_array_copy(table->varied);
    g_hash_table_ref(copy->by_name); /* overrides add no devices, so it stays the same */
    copy->sources = g_ptr_array_new_with_free_func((GDestroyNotify)cs_source_unref);
    for (guint i = 0; i < table->sources->len; i++)
        g_ptr_array_add(copy->sources, cs_source_ref(g_ptr_array_index(table->sources, i)));
    return copy;
}

void cs_raw_table_free(CsRawTable *table)
{
    if (table == NULL)
        return;
    g_array_unref(table->devices);
    g_array_unref(table->axes);
    g_array_unref(table->varied);
    g_hash_table_unref(table->by_name);
    g_ptr_array_unref(table->sources);
    g_free(table);
}

/* --- overrides and axes ----------------------------------------------------------------------- */

/* What "group.key" or "device.NAME.key" means: the key and, for a device, whose. */
typedef struct {
    const CsKey *key;
    guint device; /* position + 1; 0 for the other groups */
} Target;

/* A remedy for a name without a group ("bandwidth"). Transfer full. */
static char *bare_key_help(const char *name)
{
    const char *known[CS_KEY_N];
    for (CsKeyIndex i = 0; i < CS_KEY_N; i++)
        known[i] = cs_key(i)->key;
    const char *similar = cs_suggest(name, known, CS_KEY_N);
    for (CsKeyIndex i = 0; i < CS_KEY_N && similar != NULL; i++)
        if (strcmp(known[i], similar) == 0)
            return g_strdup_printf("did you mean '%s%s.%s'?", cs_key(i)->group,
                                   of_device(cs_key(i)) ? ".NAME" : "", similar);
    return g_strdup("write 'group.key' or 'device.NAME.key'");
}

static CsPlace within(CsPlace place, const char *text, const char *start, gsize length)
{
    place.column += (guint)(start - text);
    place.length = (guint)length;
    return place;
}

/* Finds the target of `name`, which stands at `place`; FALSE with an error added. */
static gboolean find_target(const CsRawTable *table, const char *name, CsPlace place,
                            Target *target, CsDiagnostics *diagnostics)
{
    const char *dot = strchr(name, '.');
    if (dot == NULL) {
        g_autofree char *help = bare_key_help(name);
        return cs_diagnostics_error(diagnostics, place, help, "'%s' is no 'group.key'", name);
    }
    g_autofree char *group = g_strndup(name, (gsize)(dot - name));
    g_autofree char *shown = g_strdup(group);
    const char *key = dot + 1;
    target->device = 0;
    if (strcmp(group, "device") == 0) {
        const char *last = strrchr(key, '.');
        if (last == NULL)
            return cs_diagnostics_error(diagnostics, place, "write 'device.NAME.key'",
                                        "'%s' does not say which device", name);
        g_autofree char *device = g_strndup(key, (gsize)(last - key));
        target->device = GPOINTER_TO_UINT(g_hash_table_lookup(table->by_name, device));
        if (target->device == 0) {
            cs_raw_unknown_device(table, device, within(place, name, key, (gsize)(last - key)),
                                  diagnostics);
            return FALSE;
        }
        g_free(shown);
        shown = g_strdup_printf("device %s", device);
        key = last + 1;
    } else if (group_index(group) < 0) {
        unknown_group(group, within(place, name, name, strlen(group)), diagnostics);
        return FALSE;
    }
    target->key = cs_key_find(group, key);
    if (target->key == NULL)
        unknown_key(group, shown, key, within(place, name, key, strlen(key)), diagnostics);
    return target->key != NULL;
}

#define OVERRIDE_MAX 65536 /* bytes: as of a file's line */

/* `override` as a source: what a value may not hold in a file, it may not here. */
static CsSource *override_source(const char *override, CsDiagnostics *diagnostics)
{
    char *text = g_strchomp(g_strdup(override));
    g_autoptr(CsSource) source = cs_source_new("-s", text, strlen(text));
    const char *bad = NULL;
    if (strlen(text) > OVERRIDE_MAX) {
        cs_diagnostics_error(diagnostics, (CsPlace){source, 1, 1, 1}, NULL,
                             "this line has %" G_GSIZE_FORMAT " bytes; at most %d are read",
                             strlen(text), OVERRIDE_MAX);
        return NULL;
    }
    if (g_utf8_validate(text, -1, &bad))
        for (bad = text; *bad != '\0' && (guchar)*bad >= ' '; bad++)
            ;
    if (*bad != '\0') {
        cs_diagnostics_error(diagnostics, (CsPlace){source, 1, (guint)(bad - text) + 1, 1}, NULL,
                             "this is no line of text");
        return NULL;
    }
    const char *comment = strstr(text, " #");
    if (comment != NULL) {
        cs_diagnostics_error(diagnostics, (CsPlace){source, 1, (guint)(comment - text) + 2, 1},
                             "a blank and '#' open a comment: leave the blank out",
                             "a value holds no comment");
        return NULL;
    }
    return g_steal_pointer(&source);
}

void cs_raw_table_override(CsRawTable *table, const char *override, CsDiagnostics *diagnostics)
{
    CsSource *source = override_source(override, diagnostics);
    if (source == NULL)
        return;
    g_ptr_array_add(table->sources, source);
    const char *text = cs_source_text(source, NULL), *equals = strchr(text, '=');
    CsPlace place = {source, 1, 1, (guint)strlen(text)};
    if (equals == NULL) {
        cs_diagnostics_error(diagnostics, place, "write '-s group.key=value'",
                             "this override has no '='");
        return;
    }
    const char *start = text + strspn(text, " \t");
    g_autofree char *name = g_strchomp(g_strndup(start, (gsize)(equals - start)));
    const char *value = equals + 1 + strspn(equals + 1, " \t");
    Target target;
    CsPlace name_place = within(place, text, start, strlen(name));
    CsPlace value_place = within(place, text, value, strlen(value));
    if (g_str_has_prefix(name, "vary.")) {
        lay_axis(table->varied, (CsRawAxis){g_intern_string(name + strlen("vary.")), value,
                                            name_place, value_place});
        return;
    }
    if (!find_target(table, name, name_place, &target, diagnostics))
        return;
    if (target.key == cs_key(CS_KEY_EXTENDS) || strcmp(target.key->group, "sweep") == 0) {
        cs_diagnostics_error(diagnostics, name_place, "set it in the file",
                             "'%s' cannot be overridden", name);
        return;
    }
    CsRaw *values = table->fixed;
    if (target.device > 0)
        values = g_array_index(table->devices, CsRawDevice, target.device - 1).values;
    values[key_index(target.key)] = (CsRaw){value, NULL, value_place};
}

static void check_axis(const CsRawTable *table, const CsRawAxis *axis, const char *done,
                       const char *help, CsDiagnostics *diagnostics)
{
    Target target;
    if (!find_target(table, axis->key, axis->key_place, &target, diagnostics))
        return;
    const char *group = target.key->group;
    if (strcmp(group, "scenario") == 0 || strcmp(group, "output") == 0 ||
        strcmp(group, "sweep") == 0)
        cs_diagnostics_error(diagnostics, axis->key_place, NULL, "'%s' cannot be %s", axis->key,
                             done);
    if (*axis->values == '\0')
        cs_diagnostics_error(diagnostics, axis->values_place, help, "'%s' has no values",
                             axis->key);
}

/* A key of [vary] may also be 'device.*.KEY' or 'sweep.KEY@VALUE'. */
static void check_varied(const CsRawTable *table, const CsRawAxis *varied,
                         CsDiagnostics *diagnostics)
{
    static const char all_devices[] = "device.*.";
    const char *key = varied->key;
    if (g_str_has_prefix(key, "sweep.") && strchr(key, '@') != NULL)
        return;
    if (!g_str_has_prefix(key, all_devices))
        check_axis(table, varied, "varied", "write 'a .. b', 'a .. b log' or 'v1, v2, ...'",
                   diagnostics);
    else if (cs_key_of(key) == NULL)
        unknown_key("device", "device *", key + strlen(all_devices), varied->key_place,
                    diagnostics);
}

void cs_raw_table_check_axes(const CsRawTable *table, CsDiagnostics *diagnostics)
{
    for (guint i = 0; i < table->axes->len; i++)
        check_axis(table, &g_array_index(table->axes, CsRawAxis, i), "swept",
                   "write 'v1, v2, ...' or 'a .. b step c'", diagnostics);
    for (guint i = 0; i < table->varied->len; i++)
        check_varied(table, &g_array_index(table->varied, CsRawAxis, i), diagnostics);
}
