/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * long/determinism: compares two rounds.csv of the same scenario from two builds or libm paths.
 *
 *   determinism EPOCHS A.csv B.csv
 *
 * Times agree to 1e-12 relative plus a tick (1 ns) for every event up to there; cost to 1e-12
 * absolute; other numbers to 1e-12 relative. A flipped discrete choice (cut, CQI, MCS, outage) is
 * named with its round and device, and that row is compared no further. Prints one line: rows,
 * identical rows, flips, and the largest deviation; exit 1 where something exceeds its tolerance.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 80
#define LINE 8192

static int split(char *line, char *cell[COLUMNS])
{
    int n = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *start = line; start != NULL && n < COLUMNS; n++) {
        cell[n] = start;
        start = strchr(start, ',');
        if (start != NULL)
            *start++ = '\0';
    }
    return n;
}

static int ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static int is_discrete(const char *name)
{
    static const char *const names[] = {"run",    "replication", "round",     "device",
                                        "policy", "cut",         "cqi_ul",    "cqi_dl",
                                        "mcs_ul", "mcs_dl",      "outage_ul", "outage_dl"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return 1;
    return 0;
}

/* How far apart two cells are, in units of what is allowed. */
static double deviation(const char *name, const char *a, const char *b, double events)
{
    if (strcmp(a, b) == 0)
        return 0;
    if (*a == '\0' || *b == '\0')
        return INFINITY;
    double x = atof(a), y = atof(b), scale = fmax(fabs(x), fabs(y)), apart = fabs(x - y);
    if (strcmp(name, "cost") == 0)
        return apart / 1e-12;
    if (ends_with(name, "_db")) /* as the ratio it stands for: 10 lg(1 + 1e-12) */
        return apart / (4.4e-12 + 1e-12 * scale);
    if (ends_with(name, "_s"))
        return apart / (1e-12 * scale + 1e-9 * events);
    return apart / (1e-12 * scale);
}

int main(int argc, char **argv)
{
    static char line_a[LINE], line_b[LINE], head[LINE];
    char *name[COLUMNS], *a[COLUMNS], *b[COLUMNS];
    FILE *file_a = argc == 4 ? fopen(argv[2], "r") : NULL;
    FILE *file_b = argc == 4 ? fopen(argv[3], "r") : NULL;
    if (file_a == NULL || file_b == NULL || fgets(head, LINE, file_a) == NULL ||
        fgets(line_b, LINE, file_b) == NULL || strcmp(head, line_b) != 0) {
        fprintf(stderr, "usage: determinism EPOCHS A.csv B.csv (with the same columns)\n");
        return 2;
    }
    int columns = split(head, name), bad = 0;
    long rows = 0, same = 0, flips = 0;
    double worst = 0, events_round = 6 * atof(argv[1]) + 2;
    while (fgets(line_a, LINE, file_a) != NULL) {
        if (fgets(line_b, LINE, file_b) == NULL)
            return fprintf(stderr, "%s has fewer rows\n", argv[3]), 1;
        same += strcmp(line_a, line_b) == 0;
        rows++;
        if (split(line_a, a) != columns || split(line_b, b) != columns)
            return fprintf(stderr, "row %ld is malformed\n", rows), 1;
        int flipped = 0;
        for (int i = 0; i < columns; i++)
            if (is_discrete(name[i]) && strcmp(a[i], b[i]) != 0) {
                printf("flip: round %s, device %s: %s %s -> %s\n", a[2], a[3], name[i], a[i], b[i]);
                flipped = 1;
            }
        flips += flipped;
        for (int i = 0; i < columns && !flipped; i++) {
            double far = deviation(name[i], a[i], b[i], events_round * (double)rows);
            worst = fmax(worst, far);
            if (far > 1 && ++bad <= 10)
                printf("row %ld: %s %s and %s\n", rows, name[i], a[i], b[i]);
        }
    }
    if (fgets(line_b, LINE, file_b) != NULL)
        return fprintf(stderr, "%s has more rows\n", argv[3]), 1;
    printf("%ld rows, %ld identical, %ld flipped, largest deviation %.3g of what is allowed\n",
           rows, same, flips, worst);
    return bad > 0;
}
