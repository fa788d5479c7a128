/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expect/quadrature: adaptive Gauss-Legendre integrals of several means at once. See
 * quadrature.h. Layer: expect. */
#include "expect/quadrature.h"

#include <gsl/gsl_integration.h>
#include <math.h>

/* The orders of the rules, all among those that GSL has ready-made: a panel is looked at with the
 * next one as long as it is not known well enough, and halved when there is none. */
static const size_t orders[] = {4, 7, 11, 16};
#define RULES G_N_ELEMENTS(orders)
#define FIRST_RULE 1
#define PANELS_MAX 400
#define NARROWEST 1e-13 /* of the magnitude of its ends: no panel is halved below */

struct CsQuadrature {
    gsl_integration_glfixed_table *rule[G_N_ELEMENTS(orders)];
};

typedef struct {
    double low, high;
    guint rules; /* applied so far */
    CsMeans value, error;
} Panel;

CsQuadrature *cs_quadrature_new(void)
{
    CsQuadrature *quadrature = g_new(CsQuadrature, 1);
    for (guint i = 0; i < RULES; i++)
        quadrature->rule[i] = gsl_integration_glfixed_table_alloc(orders[i]);
    return quadrature;
}

void cs_quadrature_free(CsQuadrature *quadrature)
{
    if (quadrature == NULL)
        return;
    for (guint i = 0; i < RULES; i++)
        gsl_integration_glfixed_table_free(quadrature->rule[i]);
    g_free(quadrature);
}

static CsMeans apply_rule(const gsl_integration_glfixed_table *rule, CsIntegrand integrand,
                          gpointer context, double low, double high)
{
    CsMeans sum = {0}, value;
    for (size_t i = 0; i < rule->n; i++) {
        double x, weight;
        gsl_integration_glfixed_point(low, high, i, &x, &weight, rule);
        integrand(context, x, &value);
        cs_means_add(&sum, weight, &value);
    }
    return sum;
}

/*
 * The error of the finer rule. Its difference to the coarser one is the error of that, from which,
 * as QUADPACK does (Piessens et al. 1983), it is taken to be smaller by a power: with relative
 * difference d, min(d, (200 d)^1.5).
 */
static double error_of(double fine, double coarse)
{
    double difference = fabs(fine - coarse), magnitude = fabs(fine);
    if (!(difference > 0) || !(magnitude > 0))
        return difference;
    double relative = 200 * difference / magnitude;
    return fmin(difference, magnitude * relative * sqrt(relative));
}

CsMeans cs_quadrature_error(const CsMeans *fine, const CsMeans *coarse)
{
    CsMeans error;
    for (guint k = 0; k < CS_MEAN_N; k++)
        error.of[k] = error_of(fine->of[k], coarse->of[k]);
    return error;
}

guint cs_quadrature_points(const CsQuadrature *quadrature, guint rule, double low, double high,
                           double point[CS_QUADRATURE_POINTS_MAX],
                           double weight[CS_QUADRATURE_POINTS_MAX])
{
    const gsl_integration_glfixed_table *table = quadrature->rule[rule];
    g_assert(rule < CS_QUADRATURE_RULES && table->n <= CS_QUADRATURE_POINTS_MAX);
    for (size_t i = 0; i < table->n; i++)
        gsl_integration_glfixed_point(low, high, i, &point[i], &weight[i], table);
    return (guint)table->n;
}

/* Looks at the panel with the next rule. */
static void apply_next(const CsQuadrature *quadrature, CsIntegrand integrand, gpointer context,
                       Panel *panel)
{
    const CsMeans coarse = panel->value;
    panel->value =
        apply_rule(quadrature->rule[panel->rules++], integrand, context, panel->low, panel->high);
    panel->error = cs_quadrature_error(&panel->value, &coarse);
}

/* The same with two, from which there is an error. */
static void begin_panel(const CsQuadrature *quadrature, CsIntegrand integrand, gpointer context,
                        Panel *panel)
{
    panel->rules = FIRST_RULE;
    apply_next(quadrature, integrand, context, panel);
    apply_next(quadrature, integrand, context, panel);
}

static gboolean can_go_on(const Panel *panel)
{
    return panel->rules < RULES ||
           panel->high - panel->low > NARROWEST * (fabs(panel->low) + fabs(panel->high));
}

/* The panel furthest from the tolerance, or -1 where all means meet it. */
static gint worst_panel(const Panel *panel, guint n, double tolerance, const CsMeans *before)
{
    CsMeans value = *before, error = {0};
    for (guint i = 0; i < n; i++) {
        cs_means_add(&value, 1, &panel[i].value);
        cs_means_add(&error, 1, &panel[i].error);
    }
    gint worst = -1;
    double most = 0;
    for (guint k = 0; k < CS_MEAN_N; k++) {
        double allowed = tolerance * fabs(value.of[k]);
        if (error.of[k] <= allowed)
            continue;
        for (guint i = 0; i < n; i++) {
            double ratio = panel[i].error.of[k] / error.of[k];
            if (ratio > most && can_go_on(&panel[i])) {
                most = ratio;
                worst = (gint)i;
            }
        }
    }
    return worst;
}

/* Looks closer at a panel; TRUE where that has made a second one behind it. */
static gboolean refine(const CsQuadrature *quadrature, CsIntegrand integrand, gpointer context,
                       Panel *panel, Panel *second)
{
    if (panel->rules < RULES) {
        apply_next(quadrature, integrand, context, panel);
        return FALSE;
    }
    double middle = 0.5 * (panel->low + panel->high);
    *second = (Panel){.low = middle, .high = panel->high};
    *panel = (Panel){.low = panel->low, .high = middle};
    begin_panel(quadrature, integrand, context, panel);
    begin_panel(quadrature, integrand, context, second);
    return TRUE;
}

void cs_quadrature_add(const CsQuadrature *quadrature, CsIntegrand integrand, gpointer context,
                       const double *point, guint n_points, double tolerance, CsMeans *sum,
                       CsMeans *error)
{
    Panel panel[PANELS_MAX];
    guint n = 0;
    for (guint i = 0; i + 1 < n_points && n < PANELS_MAX; i++) {
        if (!(point[i + 1] > point[i]))
            continue;
        panel[n] = (Panel){.low = point[i], .high = point[i + 1]};
        begin_panel(quadrature, integrand, context, &panel[n++]);
    }
    gint worst;
    while (n < PANELS_MAX && (worst = worst_panel(panel, n, tolerance, sum)) >= 0)
        n += refine(quadrature, integrand, context, &panel[worst], &panel[n]) ? 1 : 0;
    for (guint i = 0; i < n; i++) {
        cs_means_add(sum, 1, &panel[i].value);
        cs_means_add(error, 1, &panel[i].error);
    }
}
