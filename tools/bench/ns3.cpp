// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * tools/bench/ns3: the workload on ns-3's event core (Debian's libns3-dev).
 *
 * usage: ns3 SCHEDULER[+own] DEVICES ROUNDS           the workload
 *        ns3 --hold SCHEDULER[+own] ENTITIES EVENTS   the hold model
 *
 * SCHEDULER is map, heap, calendar, priority-queue or list. Plain, an event is what ns-3's models
 * write: Simulator::Schedule(delay, &Device::Step, device), which makes an event object each time.
 * With +own every device brings one event object of its own and schedules it again and again, which
 * spares the allocation: the fastest use of the engine we know.
 */
#include "workload.h"

#include <ns3/config.h>
#include <ns3/event-impl.h>
#include <ns3/object-factory.h>
#include <ns3/scheduler.h>
#include <ns3/simulator.h>
#include <ns3/string.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

using namespace ns3;

namespace
{

struct Run;

/* A device: its present round's durations, and how far it is. */
class Device
{
  public:
    void Begin(Run *run, uint32_t index);
    void BeginHold(Run *run, int64_t delay_ns);
    void Step();
    void Hold();

    Ptr<EventImpl> own; /* null where each event is made anew */

  private:
    void After(int64_t delay_ns);

    Run *m_run;
    uint32_t m_step;
    int64_t m_stage_ns[WORKLOAD_STAGES];
};

/* A device's own event object, scheduled again each time it has fired. */
class OwnEvent : public EventImpl
{
  public:
    OwnEvent(Device *device, void (Device::*what)()) : m_device(device), m_what(what)
    {
    }

  private:
    void Notify() override
    {
        (m_device->*m_what)();
    }
    Device *m_device;
    void (Device::*m_what)();
};

struct Run {
    const Workload *workload = nullptr;
    std::vector<Device> device;
    uint64_t round = 0, rounds = 0;
    uint32_t busy = 0;
    int64_t start_ns = 0, delay_ns = 0;
    double energy_j = 0;
    uint64_t events = 0, limit = 0;
    const int64_t *table = nullptr;

    void BeginRound()
    {
        round++;
        start_ns = Simulator::Now().GetNanoSeconds();
        busy = uint32_t(device.size());
        for (uint32_t i = 0; i < device.size(); i++)
            device[i].Begin(this, i);
    }
};

inline void Device::After(int64_t delay_ns)
{
    if (own)
        Simulator::Schedule(NanoSeconds(delay_ns), own);
    else
        Simulator::Schedule(NanoSeconds(delay_ns), &Device::Step, this);
}

void Device::Begin(Run *run, uint32_t index)
{
    m_run = run;
    m_step = 0;
    run->energy_j += workload_decide(run->workload, index, run->round, m_stage_ns);
    After(m_stage_ns[0]);
}

void Device::Step()
{
    m_run->events++;
    if (++m_step < WORKLOAD_STEPS) {
        After(m_stage_ns[workload_stage[m_step]]);
        return;
    }
    m_run->delay_ns += Simulator::Now().GetNanoSeconds() - m_run->start_ns;
    if (--m_run->busy == 0 && m_run->round < m_run->rounds)
        m_run->BeginRound();
}

void Device::BeginHold(Run *run, int64_t delay_ns)
{
    m_run = run;
    if (own)
        Simulator::Schedule(NanoSeconds(delay_ns), own);
    else
        Simulator::Schedule(NanoSeconds(delay_ns), &Device::Hold, this);
}

void Device::Hold()
{
    if (++m_run->events == m_run->limit)
        Simulator::Stop();
    BeginHold(m_run, m_run->table[m_run->events % WORKLOAD_HOLD_TABLE]);
}

void MakeOwnEvents(Run &run, void (Device::*what)())
{
    for (Device &device : run.device)
        device.own = Ptr<EventImpl>(new OwnEvent(&device, what), false);
}

void MeasureWorkload(const char *name, bool own, uint32_t devices, uint64_t rounds)
{
    double begin = workload_seconds();
    long base_kb = workload_peak_kb();
    Run run;
    Workload *workload = workload_new(devices);
    run.workload = workload;
    run.rounds = rounds;
    run.device.resize(devices);
    if (own)
        MakeOwnEvents(run, &Device::Step);
    double ready = workload_seconds();
    run.BeginRound();
    Simulator::Run();
    double end = workload_seconds();
    WorkloadTotals totals = {double(run.delay_ns) * 1e-9, run.energy_j,
                             Simulator::Now().GetSeconds(), run.events};
    workload_report(name, devices, rounds, end - ready, ready - begin, base_kb, totals);
    workload_free(workload);
}

void MeasureHold(const char *name, bool own, uint32_t entities, uint64_t events)
{
    double begin = workload_seconds();
    long base_kb = workload_peak_kb();
    Run run;
    run.table = workload_hold_table();
    run.device.resize(entities);
    if (own)
        MakeOwnEvents(run, &Device::Hold);
    for (uint32_t i = 0; i < entities; i++)
        run.device[i].BeginHold(&run, run.table[(i * 7919u) % WORKLOAD_HOLD_TABLE]);
    run.limit = entities; /* to the steady state */
    Simulator::Run();
    run.limit += events;
    double ready = workload_seconds();
    Simulator::Run();
    double end = workload_seconds();
    WorkloadTotals totals = {0, 0, Simulator::Now().GetSeconds(), events};
    workload_report(name, entities, 0, end - ready, ready - begin, base_kb, totals);
}

} // namespace

int main(int argc, char **argv)
{
    bool hold = argc > 1 && std::strcmp(argv[1], "--hold") == 0;
    if (argc != 4 + hold) {
        std::fprintf(stderr, "usage: ns3 [--hold] SCHEDULER[+own] DEVICES ROUNDS|EVENTS\n");
        return 2;
    }
    argv += hold;
    std::string scheduler = argv[1];
    bool own = scheduler.size() > 4 && scheduler.compare(scheduler.size() - 4, 4, "+own") == 0;
    if (own)
        scheduler.resize(scheduler.size() - 4);
    const std::map<std::string, std::string> types = {
        {"map", "ns3::MapScheduler"},           {"heap", "ns3::HeapScheduler"},
        {"calendar", "ns3::CalendarScheduler"}, {"priority-queue", "ns3::PriorityQueueScheduler"},
        {"list", "ns3::ListScheduler"},
    };
    auto type = types.find(scheduler);
    if (type == types.end()) {
        std::fprintf(
            stderr,
            "ns3: SCHEDULER is map, heap, calendar, priority-queue or list, or with +own\n");
        return 2;
    }
    ObjectFactory factory;
    factory.SetTypeId(type->second);
    Simulator::SetScheduler(factory);
    auto n = uint32_t(std::strtoul(argv[2], nullptr, 10));
    uint64_t amount = std::strtoull(argv[3], nullptr, 10);
    if (hold)
        MeasureHold(argv[1], own, n, amount);
    else
        MeasureWorkload(argv[1], own, n, amount);
    Simulator::Destroy();
    return 0;
}
