/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim/compute-times: times of both parts by the cut. See the header. Layer: sim. */
#include "sim/compute-times.h"

#include "energy/tables.h"

static CsComputeTimes *times_new(guint n_cuts)
{
    CsComputeTimes *times = g_new0(CsComputeTimes, 1);
    times->n_cuts = n_cuts;
    times->forward = g_new0(CsTimeLaw, n_cuts);
    times->backward = g_new0(CsTimeLaw, n_cuts);
    return times;
}

void cs_compute_times_free(CsComputeTimes *times)
{
    if (times == NULL)
        return;
    g_free(times->forward);
    g_free(times->backward);
    g_free(times);
}

static double peak_flops(const CsComputeWork *work)
{
    const CsRates *rates = work->rates;
    if (work->training->activation_bit <= 16)
        return rates->peak_flops;
    return rates->peak32_flops > 0 ? rates->peak32_flops : work->peak32_flops;
}

static CsTimeLaw part(CsTimeLaw law, double share)
{
    return (CsTimeLaw){.cycle = share * law.cycle, .fixed_s = share * law.fixed_s};
}

/* A layer's time by its table: what is computed again is the forward pass, or attention's share of
 * its FLOPs. */
static CsTimeLaw tabled_time(const CsComputeWork *work, const CsTraining *training, guint layer,
                             gboolean backward)
{
    const CsRates *rates = work->rates;
    double tokens = (double)training->batch * training->sequence_length;
    CsTimeLaw law = cs_layer_times_at(rates->times, tokens, backward, rates->peak_frequency_hz);
    if (!backward || training->checkpointing == CS_CHECKPOINTING_NONE)
        return law;
    CsOperations forward;
    cs_layer_operations(work->architecture, training, work->memory, layer, FALSE, &forward);
    double attention = forward.flop[CS_WORK_ATTENTION];
    double share = training->checkpointing == CS_CHECKPOINTING_FULL
                       ? 1
                       : attention / (attention + forward.flop[CS_WORK_LINEAR]);
    CsTimeLaw again = cs_layer_times_at(rates->times, tokens, FALSE, rates->peak_frequency_hz);
    return cs_time_law_sum(law, part(again, share));
}

static CsTimeLaw layer_time(const CsComputeWork *work, const CsTraining *training, guint layer,
                            gboolean backward)
{
    if (work->rates->times != NULL)
        return tabled_time(work, training, layer, backward);
    CsOperations operations;
    gboolean again = backward && training->checkpointing == CS_CHECKPOINTING_FULL;
    CsTimeLaw law = {.fixed_s = (again ? 2 : 1) * work->rates->layer_overhead_s};
    cs_layer_operations(work->architecture, training, work->memory, layer, backward, &operations);
    cs_roofline_add(work->rates, peak_flops(work), &operations, &law);
    return law;
}

/* The head: by the roofline, or with a table at the last layer's rate. */
static CsTimeLaw head_time(const CsComputeWork *work, const CsTraining *training, gboolean backward)
{
    guint last = work->architecture->n_layers - 1;
    CsOperations head, layer;
    CsTimeLaw law = {0, 0};
    cs_head_operations(work->architecture, training, work->memory, backward, &head);
    if (work->rates->times == NULL) {
        cs_roofline_add(work->rates, peak_flops(work), &head, &law);
        return law;
    }
    cs_layer_operations(work->architecture, training, work->memory, last, backward, &layer);
    double flop = layer.flop[CS_WORK_LINEAR] + layer.flop[CS_WORK_ATTENTION];
    return part(layer_time(work, training, last, backward), head.flop[CS_WORK_LINEAR] / flop);
}

CsComputeTimes *cs_compute_times_device(const CsComputeWork *work)
{
    guint n_layers = work->architecture->n_layers;
    const CsTraining *training = work->training;
    CsComputeTimes *times = times_new(n_layers + 1);
    for (guint i = 0; i < n_layers; i++) {
        times->forward[i + 1] =
            cs_time_law_sum(times->forward[i], layer_time(work, training, i, FALSE));
        if (!training->part.frozen)
            times->backward[i + 1] =
                cs_time_law_sum(times->backward[i], layer_time(work, training, i, TRUE));
    }
    CsTimeLaw *closes = training->part.frozen ? times->forward : times->backward;
    for (guint cut = 1; cut <= n_layers; cut++)
        closes[cut].fixed_s += work->rates->step_overhead_s;
    if (cs_training_head_on_device(training)) {
        CsTraining keeps = *training; /* of the head nothing is computed again */
        keeps.checkpointing = CS_CHECKPOINTING_NONE;
        times->head_forward = head_time(work, &keeps, FALSE);
        times->head_backward = head_time(work, &keeps, TRUE);
    }
    return times;
}

CsComputeTimes *cs_compute_times_server(const CsComputeWork *work)
{
    guint n_layers = work->architecture->n_layers;
    CsComputeTimes *times = times_new(n_layers + 1);
    CsTraining keeps = *work->training;
    keeps.checkpointing = CS_CHECKPOINTING_NONE;
    CsTimeLaw *forward = &times->forward[n_layers], *backward = &times->backward[n_layers];
    if (cs_training_head_on_server(&keeps)) {
        *forward = head_time(work, &keeps, FALSE);
        *backward = head_time(work, &keeps, TRUE);
    }
    for (guint i = n_layers; i > 0 && !keeps.part.whole; i--) {
        times->forward[i - 1] =
            cs_time_law_sum(times->forward[i], layer_time(work, &keeps, i - 1, FALSE));
        times->backward[i - 1] =
            cs_time_law_sum(times->backward[i], layer_time(work, &keeps, i - 1, TRUE));
    }
    for (guint cut = 0; cut < n_layers && !keeps.part.whole; cut++)
        times->backward[cut].fixed_s += work->rates->step_overhead_s;
    return times;
}
