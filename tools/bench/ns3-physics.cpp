// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * tools/bench/ns3-physics: where ns-3 and cardsim model the same thing, do they give the same
 * value? Log-distance and free-space path loss over distances, carriers and exponents, and the SNR
 * at which ns-3's LteAmc (PiroEW2010) steps from one CQI to the next against our rate = gap.
 *
 * Prints one line a comparison: what, points, largest relative difference, tolerance, ok|DIFFERS.
 * Exit status 1 where one differs.
 */
#include <glib.h>
extern "C" {
#include "radio/link.h"
#include "radio/pathloss.h"
}

#include <ns3/constant-position-mobility-model.h>
#include <ns3/double.h>
#include <ns3/enum.h>
#include <ns3/lte-amc.h>
#include <ns3/propagation-loss-model.h>
#include <ns3/spectrum-value.h>

#include <cmath>
#include <cstdio>
#include <vector>

using namespace ns3;

namespace
{

/* The loss as a ratio that a model of ns-3 gives over a distance. */
double ns3_loss(const Ptr<PropagationLossModel> &model, double distance_m)
{
    auto a = CreateObject<ConstantPositionMobilityModel>();
    auto b = CreateObject<ConstantPositionMobilityModel>();
    a->SetPosition(Vector(0, 0, 0));
    b->SetPosition(Vector(distance_m, 0, 0));
    return std::pow(10, -model->CalcRxPower(0, a, b) / 10);
}

struct Comparison {
    const char *what;
    double tolerance;
    unsigned points = 0;
    double largest = 0;

    void Add(double ours, double theirs)
    {
        points++;
        largest = std::fmax(largest, std::fabs(ours / theirs - 1));
    }
    bool Tell() const
    {
        bool ok = points > 0 && largest <= tolerance;
        std::printf("%s,%u,%.2g,%.2g,%s\n", what, points, largest, tolerance,
                    ok ? "ok" : "DIFFERS");
        return ok;
    }
};

bool compare_friis()
{
    Comparison c{"free-space loss (FriisPropagationLossModel)", 1e-12};
    for (double carrier_hz : {0.7e9, 2.4e9, 3.5e9, 28e9}) {
        auto model = CreateObject<FriisPropagationLossModel>();
        model->SetFrequency(carrier_hz);
        for (double d = 1; d < 1e4; d *= 1.3)
            c.Add(cs_free_space_loss(d, carrier_hz), ns3_loss(model, d));
    }
    return c.Tell();
}

bool compare_log_distance()
{
    Comparison c{"path loss (LogDistancePropagationLossModel)", 1e-12};
    for (double exponent : {2.0, 3.0, 4.0, 6.0}) {
        for (double reference_m : {1.0, 10.0}) {
            double loss = cs_free_space_loss(reference_m, 3.5e9);
            auto model = CreateObject<LogDistancePropagationLossModel>();
            model->SetPathLossExponent(exponent);
            model->SetReference(reference_m, 10 * std::log10(loss));
            for (double d = 0.5; d < 1e4; d *= 1.3)
                c.Add(cs_log_distance_loss(d, reference_m, loss, exponent), ns3_loss(model, d));
        }
    }
    return c.Tell();
}

/* The CQI that ns-3 gives one resource block at an SNR. */
int ns3_cqi(const Ptr<LteAmc> &amc, const Ptr<SpectrumModel> &model, double snr)
{
    SpectrumValue sinr(model);
    sinr = snr;
    return amc->CreateCqiFeedbacks(sinr, 1).at(0);
}

/* ns-3 tells no efficiency, only the CQI it leads to: at the SNR where CQI i begins, found by
 * bisection, our efficiency must be that of ns-3's table. */
bool compare_gap()
{
    Comparison c{"spectral efficiency at CQI steps (LteAmc, PiroEW2010)", 1e-9};
    Ptr<SpectrumModel> model = Create<SpectrumModel>(std::vector<double>{3.5e9});
    auto amc = CreateObject<LteAmc>();
    amc->SetAttribute("AmcModel", EnumValue(LteAmc::PiroEW2010));
    amc->SetAttribute("Ber", DoubleValue(0.00005));
    for (int cqi = 1; cqi <= 15; cqi++) {
        double low = 1e-3, high = 1e5;
        for (int i = 0; i < 200; i++) {
            double middle = std::sqrt(low * high);
            (ns3_cqi(amc, model, middle) >= cqi ? high : low) = middle;
        }
        c.Add(cs_gap_efficiency(high), amc->GetSpectralEfficiencyFromCqi(cqi));
    }
    return c.Tell();
}

} // namespace

int main()
{
    bool same = compare_friis();
    same = compare_log_distance() && same;
    same = compare_gap() && same;
    return same ? 0 : 1;
}
