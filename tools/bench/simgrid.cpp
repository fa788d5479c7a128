// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * tools/bench/simgrid: the workload on SimGrid (Debian's libsimgrid-dev), one actor a device.
 *
 * usage: simgrid sleep DEVICES ROUNDS    a stage is a sleep of its duration
 *        simgrid shared DEVICES ROUNDS   a stage is an Exec on the device or on the server's cores,
 *                                        or a Comm over the device's own up- or downlink
 *
 * Contexts are SimGrid's own (raw), stacks small and without guard pages, so that many actors fit.
 * `shared` gives each resource the speed 1e9/s and each stage the amount that takes its duration:
 * nothing queues, as in the workload, but the sharing of resources is solved at every event.
 */
#include "workload.h"

#include <simgrid/s4u.hpp>
#include <xbt/log.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace sg4 = simgrid::s4u;

namespace
{

constexpr double speed = 1e9; /* FLOP/s of a core, byte/s of a link */

struct Run {
    const Workload *workload;
    uint64_t rounds;
    bool shared;
    sg4::BarrierPtr barrier;
    sg4::Host *server;
    double delay_s = 0, energy_j = 0;
    uint64_t events = 0;
};

/* Where the time of stage 0..7 passes on shared resources. */
void occupy(const Run &run, sg4::Host *self, int stage, double duration_s)
{
    double amount = duration_s * speed;
    if (amount == 0)
        return;
    switch (stage) {
    case 1:
    case 6:
        sg4::this_actor::execute(amount);
        break;
    case 3:
    case 4:
        sg4::this_actor::exec_init(amount)->set_host(run.server)->wait();
        break;
    case 2:
    case 7:
        sg4::Comm::sendto(self, run.server, uint64_t(amount + 0.5));
        break;
    default:
        sg4::Comm::sendto(run.server, self, uint64_t(amount + 0.5));
        break;
    }
}

void device(Run *run, uint32_t index)
{
    sg4::Host *self = sg4::this_actor::get_host();
    for (uint64_t round = 1; round <= run->rounds; round++) {
        double stage_s[WORKLOAD_STAGES];
        run->energy_j += workload_decide_s(run->workload, index, round, stage_s);
        double start = sg4::Engine::get_clock();
        for (int stage : workload_stage) {
            if (run->shared)
                occupy(*run, self, stage, stage_s[stage]);
            else
                sg4::this_actor::sleep_for(stage_s[stage]);
        }
        run->events += WORKLOAD_STEPS;
        run->delay_s += sg4::Engine::get_clock() - start;
        run->barrier->wait();
    }
}

/* A star: the server in the middle, a link up and a link down for each device. */
void build_star(Run &run, uint32_t devices, std::vector<sg4::Host *> &hosts)
{
    auto *zone = sg4::create_full_zone("edge");
    run.server = zone->create_host("server", speed)->set_core_count(int(devices));
    run.server->seal();
    for (uint32_t i = 0; i < devices; i++) {
        std::string name = std::to_string(i);
        auto *host = zone->create_host("d" + name, speed)->seal();
        auto *up = zone->create_link("u" + name, speed)->set_latency(0)->seal();
        auto *down = zone->create_link("l" + name, speed)->set_latency(0)->seal();
        zone->add_route(host->get_netpoint(), run.server->get_netpoint(), nullptr, nullptr,
                        {sg4::LinkInRoute(up)}, false);
        zone->add_route(run.server->get_netpoint(), host->get_netpoint(), nullptr, nullptr,
                        {sg4::LinkInRoute(down)}, false);
        hosts.push_back(host);
    }
    zone->seal();
}

} // namespace

int main(int argc, char **argv)
{
    xbt_log_control_set("xbt_cfg.threshold:warning");
    sg4::Engine engine(&argc, argv);
    sg4::Engine::set_config("contexts/stack-size:16");
    sg4::Engine::set_config("contexts/guard-size:0");
    sg4::Engine::set_config("network/model:CM02");
    sg4::Engine::set_config("network/TCP-gamma:0");
    if (argc != 4 || (std::strcmp(argv[1], "sleep") != 0 && std::strcmp(argv[1], "shared") != 0)) {
        std::fprintf(stderr, "usage: simgrid sleep|shared DEVICES ROUNDS\n");
        return 2;
    }
    bool shared = std::strcmp(argv[1], "shared") == 0;
    auto devices = uint32_t(std::strtoul(argv[2], nullptr, 10));
    uint64_t rounds = std::strtoull(argv[3], nullptr, 10);

    double begin = workload_seconds();
    long base_kb = workload_peak_kb();
    Workload *workload = workload_new(devices);
    Run run;
    run.workload = workload;
    run.rounds = rounds;
    run.shared = shared;
    run.barrier = sg4::Barrier::create(devices);
    std::vector<sg4::Host *> hosts;
    if (shared) {
        build_star(run, devices, hosts);
    } else {
        auto *zone = sg4::create_full_zone("edge");
        hosts.push_back(zone->create_host("host", speed)->seal());
        zone->seal();
    }
    for (uint32_t i = 0; i < devices; i++)
        sg4::Actor::create("d", hosts[shared ? i : 0], device, &run, i);
    double ready = workload_seconds();
    engine.run();
    double end = workload_seconds();
    workload_report(argv[1], devices, rounds, end - ready, ready - begin, base_kb,
                    {run.delay_s, run.energy_j, sg4::Engine::get_clock(), run.events});
    workload_free(workload);
    return 0;
}
