/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz driver: runs a fuzz target over its seeds and then over mutations of them, the same ones
 * every time, where libFuzzer is not at hand.
 *
 *   fuzz-NAME [-n MUTATIONS] [-s SEED] [FILE|DIRECTORY...]
 *
 * Without files: tests/fuzz/seeds/NAME, tests/fuzz/regressions/NAME of the source tree, and what
 * else the target's list of seeds (seeds/NAME.list) names. An input that kills the process, or
 * takes more than a second of CPU time, is written to fuzz-NAME.input. Ends with the line that
 * tools/check counts.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define INPUT_MAX 65536
#define SECONDS_MAX (SANITIZED ? 20 : 1)
#define MEMORY_MAX ((rlim_t)2 << 30)

/* What a signal handler needs: the input under test and where it goes. */
static const uint8_t *current;
static size_t current_size;
static char input_name[64];

static void keep_input(void)
{
    int descriptor = open(input_name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (descriptor >= 0) {
        if (write(descriptor, current, current_size) < 0)
            _exit(1);
        close(descriptor);
    }
    static const char said[] = "\nthe input is kept in ";
    if (write(STDERR_FILENO, said, strlen(said)) < 0 ||
        write(STDERR_FILENO, input_name, strlen(input_name)) < 0 ||
        write(STDERR_FILENO, "\n", 1) < 0)
        _exit(1);
}

static void die(int number)
{
    static const char slow[] = "\nan input takes longer than the time allowed";
    if (number == SIGPROF && write(STDERR_FILENO, slow, strlen(slow)) < 0)
        _exit(1);
    keep_input();
    signal(number, SIG_DFL);
    raise(number == SIGPROF ? SIGABRT : number);
    _exit(1);
}

/* There with a sanitizer only. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void watch(void)
{
    static const int deadly[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGPROF};
    if (__sanitizer_set_death_callback != NULL)
        __sanitizer_set_death_callback(keep_input);
    for (size_t i = 0; i < G_N_ELEMENTS(deadly); i++)
        if (!SANITIZED || deadly[i] == SIGABRT || deadly[i] == SIGPROF || deadly[i] == SIGTRAP)
            signal(deadly[i], die);
    struct rlimit memory = {MEMORY_MAX, MEMORY_MAX};
    if (!SANITIZED)
        setrlimit(RLIMIT_AS, &memory);
}

static void test(const uint8_t *data, size_t size)
{
    struct itimerval limit = {.it_value = {.tv_sec = SECONDS_MAX}};
    current = data;
    current_size = size;
    setitimer(ITIMER_PROF, &limit, NULL);
    LLVMFuzzerTestOneInput(data, size);
    limit.it_value.tv_sec = 0;
    setitimer(ITIMER_PROF, &limit, NULL);
}

/* --- seeds ----------------------------------------------------------------------------------- */

static void add_file(GPtrArray *seeds, const char *path)
{
    char *text;
    gsize length;
    if (g_file_get_contents(path, &text, &length, NULL))
        g_ptr_array_add(seeds, g_bytes_new_take(text, MIN(length, INPUT_MAX)));
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_path(GPtrArray *seeds, const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    if (dir == NULL) {
        add_file(seeds, path);
        return;
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;)
        g_ptr_array_add(names, g_build_filename(path, name, NULL));
    g_dir_close(dir);
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len; i++)
        if (!g_file_test(names->pdata[i], G_FILE_TEST_IS_DIR))
            add_file(seeds, names->pdata[i]);
}

/* The lines of seeds/NAME.list: files and folders of the source tree that serve as seeds as well.
 */
static void add_default(GPtrArray *seeds, const char *name)
{
    const char *root = g_getenv("CS_TEST_SRCDIR") != NULL ? g_getenv("CS_TEST_SRCDIR") : ".";
    g_autofree char *own = g_build_filename(root, "tests/fuzz/seeds", name, NULL);
    g_autofree char *past = g_build_filename(root, "tests/fuzz/regressions", name, NULL);
    g_autofree char *list = g_strconcat(own, ".list", NULL);
    g_autofree char *lines = NULL;
    add_path(seeds, own);
    add_path(seeds, past);
    if (!g_file_get_contents(list, &lines, NULL, NULL))
        return;
    g_auto(GStrv) line = g_strsplit(lines, "\n", -1);
    for (char **l = line; *l != NULL; l++) {
        g_autofree char *path = g_build_filename(root, *l, NULL);
        if (**l != '\0')
            add_path(seeds, path);
    }
}

/* --- mutations ------------------------------------------------------------------------------- */

/* xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators", 2016. */
static uint64_t state;

static uint64_t draw(uint64_t n)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (state * 0x2545F4914F6CDD1DULL >> 11) % n;
}

static const char *const words[] = {
    "0",
    "-1",
    "1e309",
    "1e-320",
    "18446744073709551616",
    "4294967296",
    "0.1",
    "..",
    " step ",
    ",",
    ":",
    "=",
    "\n",
    "\n[",
    "]\n",
    "[device ",
    "#",
    "+",
    "MHz",
    " dBm",
    " bit",
    "\xEF\xBB\xBF",
    "\xFF",
    "\r\n",
    "\"",
    "'",
    "{",
    "}",
    "[[[[",
    "null",
    "\\u0000",
    "(",
    ")",
    " and ",
    " not ",
    " or ",
    ">=",
    "NaN",
    "inf",
    "0x10",
    "1_000",
    "%s%n",
    "$(id)",
    "../",
    "/dev/null",
    "count = ",
    "extends = ",
    "inherits = ",
};

static void cut_out(GByteArray *bytes)
{
    guint at = (guint)draw(bytes->len), n = (guint)draw(MIN(bytes->len - at, 64)) + 1;
    g_byte_array_remove_range(bytes, at, MIN(n, bytes->len - at));
}

static void put_in(GByteArray *bytes, const uint8_t *data, size_t size)
{
    guint at = (guint)draw((uint64_t)bytes->len + 1);
    g_autoptr(GByteArray) tail = g_byte_array_new();
    g_byte_array_append(tail, bytes->data + at, bytes->len - at);
    g_byte_array_set_size(bytes, at);
    g_byte_array_append(bytes, data, (guint)size);
    g_byte_array_append(bytes, tail->data, tail->len);
}

static void put_in_part(GByteArray *bytes, GBytes *other)
{
    gsize size;
    const uint8_t *data = g_bytes_get_data(other, &size);
    if (size == 0)
        return;
    gsize at = draw(size);
    put_in(bytes, data + at, 1 + draw(MIN(size - at, 128)));
}

static void mutate(GByteArray *bytes, const GPtrArray *seeds)
{
    uint8_t byte = (uint8_t)draw(256);
    const char *word = words[draw(G_N_ELEMENTS(words))];
    guint64 kind = draw(bytes->len > 0 ? 7 : 2);
    switch (kind) {
    case 0:
        put_in(bytes, &byte, 1);
        break;
    case 1:
        put_in(bytes, (const uint8_t *)word, strlen(word));
        break;
    case 2:
        bytes->data[draw(bytes->len)] ^= (uint8_t)(1u << draw(8));
        break;
    case 3:
        bytes->data[draw(bytes->len)] = byte;
        break;
    case 4:
        cut_out(bytes);
        break;
    case 5:
        put_in_part(bytes, seeds->pdata[draw(seeds->len)]);
        break;
    default: /* a number's digit */
        for (guint i = 0, at = (guint)draw(bytes->len); i < bytes->len;
             i++, at = (at + 1) % bytes->len)
            if (g_ascii_isdigit(bytes->data[at])) {
                bytes->data[at] = (uint8_t)('0' + draw(10));
                break;
            }
        break;
    }
}

static void test_mutation(const GPtrArray *seeds)
{
    gsize size;
    const uint8_t *data = g_bytes_get_data(seeds->pdata[draw(seeds->len)], &size);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_byte_array_append(bytes, data, (guint)size);
    for (guint64 n = draw(6) + 1; n > 0; n--)
        mutate(bytes, seeds);
    g_byte_array_set_size(bytes, MIN(bytes->len, INPUT_MAX));
    test(bytes->data, bytes->len);
}

int main(int argc, char **argv)
{
    g_autofree char *program = g_path_get_basename(argv[0]);
    const char *name = g_str_has_prefix(program, "fuzz-") ? program + strlen("fuzz-") : program;
    guint64 mutations = 2000;
    g_autoptr(GPtrArray) seeds = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    state = 88172645463325252ULL;
    g_snprintf(input_name, sizeof input_name, "fuzz-%s.input", name);
    for (int option; (option = getopt(argc, argv, "n:s:")) != -1;) {
        if (option == '?')
            return 2;
        guint64 value = g_ascii_strtoull(optarg, NULL, 10);
        if (option == 'n')
            mutations = value;
        else
            state ^= value * 0x9E3779B97F4A7C15ULL;
    }
    for (int i = optind; i < argc; i++)
        add_path(seeds, argv[i]);
    if (optind == argc)
        add_default(seeds, name);
    if (seeds->len == 0) {
        fprintf(stderr, "%s: no seeds\n", program);
        return 1;
    }
    watch();
    for (guint i = 0; i < seeds->len; i++) {
        gsize size;
        const uint8_t *data = g_bytes_get_data(seeds->pdata[i], &size);
        test(data, size);
    }
    printf("ok   %u seeds\n", seeds->len);
    for (guint64 i = 0; i < mutations; i++)
        test_mutation(seeds);
    printf("ok   %" G_GUINT64_FORMAT " mutations\n", mutations);
    printf("cases: %d passed, 0 failed, 0 skipped\n", mutations > 0 ? 2 : 1);
    return 0;
}
