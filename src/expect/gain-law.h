/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expect/gain-law: distributions of a power gain g over u = ln g: of fading, and of where a device
 * stands (drawn distance and shadowing).
 *
 * Layer: expect. Calls radio, GSL's special functions.
 */
#ifndef CS_EXPECT_GAIN_LAW_H
#define CS_EXPECT_GAIN_LAW_H

#include "sim/config.h"

#define CS_GUIDES_MAX 12

typedef struct CsGainLaw CsGainLaw;
struct CsGainLaw {
    double (*density)(const CsGainLaw *law, double u);
    double low, high; /* but for some 1e-18 all of the probability */
    /* Points that split [low, high] so that no panel is much wider than what is in it. */
    double guide[CS_GUIDES_MAX];
    guint n_guides;
    double panel; /* guides nearer to each other than this need not both split; 0: all of them do */
    double atom;  /* probability of u = 0 exactly; the density has the rest */

    double shape;     /* K, or m */
    double log_scale; /* ln of the density's constant factor */
    double sigma;     /* of a normal part, in nepers of power */
    double exponent;  /* α */
    double near, far; /* least and largest ln of loss over the reference loss */
    double share;     /* of the drawn distances that lie beyond the reference distance */
};

/* Of |g|². FALSE where it is 1 always. */
gboolean cs_gain_law_of_fading(CsGainLaw *law, const CsFadingModel *fading);

/*
 * Of X (d/d0)^-α, d uniform or fixed, X log-normal shadowing. With ℓ = α ln(max(d/d0, 1)), whose
 * density over [ℓ1, ℓ2] is that of a uniform d,  p(ℓ) = (d0 / ((d2 - d1) α)) e^(ℓ/α), and σ in
 * nepers, that of u = -ℓ + σ z is
 *     (d0/((d2-d1) α)) e^(-u/α + σ²/(2α²)) [Φ((ℓ2 + u - σ²/α)/σ) - Φ((ℓ1 + u - σ²/α)/σ)]
 * (completing the square). Distances below d0 have ℓ = 0. FALSE where it is one number: *gain.
 */
gboolean cs_gain_law_of_place(CsGainLaw *law, const CsDeviceGroup *group, double *gain);

#endif
