/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/learning-data: see the header. */
#include "sim/learning-data.h"

#include <glib/gstdio.h>

/* What devices are, for as long as data are made. */
typedef struct {
    CsDataDevice *device;
    CsDataFile *file; /* by group */
    GPtrArray *names; /* of them, in one place to be freed */
} Devices;

static void devices_clear(Devices *devices)
{
    g_free(devices->device);
    g_free(devices->file);
    g_ptr_array_unref(devices->names);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Devices, devices_clear)

static guint fill_devices(const CsConfig *config, const CsLearningPlaces *places, Devices *devices)
{
    const CsLearning *learning = &config->learning;
    guint all = 0, n = 0;
    for (guint i = 0; i < config->n_groups; i++)
        all += config->groups[i].count;
    *devices = (Devices){g_new0(CsDataDevice, all), g_new0(CsDataFile, config->n_groups),
                         g_ptr_array_new_with_free_func(g_free)};
    for (guint i = 0; i < config->n_groups; i++) {
        const CsDeviceGroup *group = &config->groups[i];
        gboolean own = group->data != NULL, dialects = !own && learning->data == NULL;
        CsPlace place = places != NULL ? places->group[i] : (CsPlace){0};
        devices->file[i] = (CsDataFile){group->data, group->data, place};
        guint samples = learning->samples;
        if (samples == 0 && dialects)
            samples = CS_LEARNING_SAMPLES;
        for (guint j = 0; j < group->count; j++) {
            char *name = group->counted ? g_strdup_printf("%s.%u", group->name, j + 1)
                                        : g_strdup(group->name);
            g_ptr_array_add(devices->names, name);
            devices->device[n++] =
                (CsDataDevice){name, samples, &devices->file[i], own ? 1 : 0, place};
        }
    }
    return all;
}

CsData *cs_learning_data(const CsConfig *config, guint64 replication,
                         const CsLearningPlaces *places, CsDiagnostics *diagnostics)
{
    const CsLearning *learning = &config->learning;
    g_auto(Devices) devices = {0};
    guint n = fill_devices(config, places, &devices);
    const CsLearningPlaces nowhere = {.data = {NULL, 0, 0, 0}};
    const CsLearningPlaces *at = places != NULL ? places : &nowhere;
    const CsDataFile file = {learning->data, learning->data, at->data};
    const CsDataFile test = {learning->test_data, learning->test_data, at->test};
    const CsDataSettings settings = {.seed = config->seed,
                                     .replication = replication,
                                     .vocabulary = learning->network->shape.vocabulary,
                                     .length = learning->sequence_length,
                                     .skew = learning->skew,
                                     .files = &file,
                                     .n_files = learning->data != NULL ? 1 : 0,
                                     .test_files = &test,
                                     .n_test_files = learning->test_data != NULL ? 1 : 0,
                                     .test_samples = learning->test_samples,
                                     .devices = devices.device,
                                     .n_devices = n};
    return cs_data_new(&settings, diagnostics);
}

/* Of a file's tokens: of two bytes where it is one of tokens, else one for each byte. */
static double file_byte(const char *path)
{
    GStatBuf status;
    if (path == NULL || g_stat(path, &status) != 0)
        return 0;
    gboolean pairs = g_str_has_suffix(path, ".bin") || g_str_has_suffix(path, ".u16");
    return (double)status.st_size * (pairs ? 1 : sizeof(guint16));
}

double cs_learning_data_byte(const CsConfig *config)
{
    const CsLearning *learning = &config->learning;
    if (learning->network == NULL)
        return 0;
    double samples = learning->samples > 0 ? learning->samples : CS_LEARNING_SAMPLES;
    double sequences = learning->test_data == NULL ? learning->test_samples : 0;
    double sum = file_byte(learning->data) + file_byte(learning->test_data);
    for (guint i = 0; i < config->n_groups; i++) {
        const CsDeviceGroup *group = &config->groups[i];
        sum += group->count * file_byte(group->data);
        if (group->data == NULL && learning->data == NULL)
            sequences += group->count * samples;
    }
    double positions = learning->sequence_length + 1.0;
    sum += sequences * positions * sizeof(guint16);
    /* A sample is a place, and arrays grow by doubling. */
    return sum * (1 + sizeof(gsize) / (positions * sizeof(guint16)));
}
