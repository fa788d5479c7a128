/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/course: see the header. */
#include "learning/course.h"

#include "base/random.h"
#include "learning/adapters.h"

#include <math.h>

struct CsCourse {
    const CsBaseModel *model;
    const CsData *data;
    CsCourseSettings settings;
    CsAdapterLayout *layout;
    CsLearner *learner;
    CsTrainer *trainer;
};

/* A as PEFT draws it (kaiming_uniform_ with a = sqrt 5), B zero. */
static double *first_adapters(const CsCourse *course)
{
    const CsAdapterLayout *layout = course->layout;
    double *values = g_new0(double, layout->size);
    for (guint i = 0; i < layout->layers * CS_MODULE_N; i++) {
        const CsAdapterSlot *slot = &layout->slot[i];
        if (!slot->present)
            continue;
        CsModule module = i % CS_MODULE_N;
        guint inputs = cs_module_inputs(&course->model->shape, module);
        g_autofree char *name = g_strdup_printf("%u.%s", i / CS_MODULE_N, cs_module_name(module));
        CsRandomKey key = cs_random_key(course->settings.seed, course->settings.replication,
                                        cs_entity_hash(name), CS_PURPOSE_WEIGHTS);
        for (gsize j = 0; j < (gsize)layout->rank * inputs; j++)
            values[slot->a + j] = (2.0 * cs_random_uniform(key, j, 0) - 1.0) / sqrt(inputs);
    }
    return values;
}

CsCourse *cs_course_new(const CsBaseModel *model, const CsData *data,
                        const CsCourseSettings *settings)
{
    CsCourse *course = g_new0(CsCourse, 1);
    course->model = model;
    course->data = data;
    course->settings = *settings;
    course->layout = cs_adapter_layout_new(&model->shape, settings->rank, settings->alpha,
                                           settings->modules, NULL);
    g_autoptr(CsDiagnostics) diagnostics = cs_diagnostics_new();
    course->learner = cs_learner_new(settings->precision, &model->shape, course->layout,
                                     model->weights, settings->threads, diagnostics);
    g_assert(course->learner != NULL); /* the model's weights have been checked */
    cs_learner_watch(course->learner, settings->interrupt);
    g_autofree double *adapters = first_adapters(course);
    course->trainer =
        cs_trainer_new(course->learner, &settings->lessons, cs_data_devices(data), adapters);
    return course;
}

void cs_course_free(CsCourse *course)
{
    if (course == NULL)
        return;
    cs_trainer_free(course->trainer);
    cs_learner_free(course->learner);
    cs_adapter_layout_free(course->layout);
    g_free(course);
}

/* The mean loss of every participant's steps, weighted by |D_m|. */
static double mean_loss(const CsTurn *turns, guint n, const double *losses)
{
    double sum = 0.0, whole = 0.0;
    for (guint i = 0; i < n; losses += turns[i].n_steps, i++) {
        double mean = 0.0;
        if (turns[i].n_steps == 0)
            continue;
        for (guint j = 0; j < turns[i].n_steps; j++)
            mean += losses[j] / turns[i].n_steps;
        sum += turns[i].weight * mean;
        whole += turns[i].weight;
    }
    return whole > 0.0 ? sum / whole : (double)NAN;
}

gboolean cs_course_round(CsCourse *course, guint64 round, const CsParticipant *participants,
                         guint n, double *train_loss, GError **error)
{
    guint steps = 0, batch = course->settings.batch, at = 0;
    for (guint i = 0; i < n; i++)
        steps += participants[i].steps;
    g_autofree CsTurn *turns = g_new0(CsTurn, n);
    g_autofree CsBatch *batches = g_new(CsBatch, steps);
    g_autofree gsize *offsets = g_new(gsize, (gsize)steps * batch);
    g_autofree double *losses = g_new(double, steps);
    for (guint i = 0; i < n; i++) {
        const CsParticipant *one = &participants[i];
        turns[i] = (CsTurn){
            .device = one->device,
            .cut = one->cut,
            .weight = cs_data_samples(course->data, one->device),
            .steps = batches + at,
            .n_steps = one->steps,
            .group = one->group,
        };
        for (guint step = 0; step < one->steps; step++, at++)
            batches[at] = cs_data_batch(course->data, one->device, round, step, one->steps, batch,
                                        offsets + (gsize)at * batch);
    }
    if (!cs_trainer_round(course->trainer, turns, n, losses, error))
        return FALSE;
    *train_loss = mean_loss(turns, n, losses);
    return TRUE;
}

double cs_course_test(CsCourse *course)
{
    CsBatch batch = cs_data_test(course->data);
    return cs_trainer_loss(course->trainer, &batch);
}

const CsAdapterLayout *cs_course_layout(const CsCourse *course)
{
    return course->layout;
}

void cs_course_get(const CsCourse *course, double *adapters)
{
    cs_trainer_get(course->trainer, adapters);
}

gboolean cs_course_write(const CsCourse *course, const char *folder, GError **error)
{
    g_autofree double *adapters = g_new(double, course->layout->size);
    cs_course_get(course, adapters);
    return cs_adapters_write(folder, course->model->folder, &course->model->shape, course->layout,
                             adapters, error);
}
