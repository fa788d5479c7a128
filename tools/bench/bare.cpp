// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * tools/bench/bare: the workload without a simulator: a loop around one priority queue, the least
 * that any engine has to do. Also the hold model for each queue.
 *
 * usage: bare STRUCTURE DEVICES ROUNDS          the workload
 *        bare --hold STRUCTURE ENTITIES EVENTS  the hold model: always again at now + Exp(1 s)
 *
 * STRUCTURE is std, heap4, heap8, ring, radix, or none: the model alone, its durations only summed.
 * Every queue serves events in the order of (time, device), as cardsim does. Times are relative to
 * the round's start, which lets the packed queues hold 44 bits of time (17,592 s) and 20 bits of
 * device in 8 bytes. A queue offers push(), empty(), time(), device(), pop() and replace(time): the
 * event just read again at a later time.
 */
#include "workload.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <queue>
#include <vector>

namespace
{

using Key = uint64_t;
constexpr int device_bits = 20;
constexpr uint32_t device_mask = (1u << device_bits) - 1;
constexpr Key infinite = ~Key{0};

inline Key pack(int64_t time, uint32_t device)
{
    return Key(time) << device_bits | device;
}

template <typename T> T *aligned_array(size_t n)
{
    void *p = std::aligned_alloc(64, (n * sizeof(T) + 63) / 64 * 64);
    if (p == nullptr)
        std::abort();
    return static_cast<T *>(p);
}

/* What C++ offers: a binary heap of 16-byte entries. */
class StdQueue
{
  public:
    StdQueue(uint32_t n, int64_t)
    {
        std::vector<Entry> room;
        room.reserve(n + 1);
        queue_ = Queue(Later{}, std::move(room));
    }
    void push(int64_t time, uint32_t device)
    {
        queue_.push({time, device});
    }
    bool empty() const
    {
        return queue_.empty();
    }
    int64_t time() const
    {
        return queue_.top().time;
    }
    uint32_t device() const
    {
        return queue_.top().device;
    }
    void pop()
    {
        queue_.pop();
    }
    void replace(int64_t time)
    {
        uint32_t device = queue_.top().device;
        queue_.pop();
        queue_.push({time, device});
    }

  private:
    struct Entry {
        int64_t time;
        uint32_t device;
    };
    struct Later {
        bool operator()(const Entry &a, const Entry &b) const
        {
            return a.time != b.time ? a.time > b.time : a.device > b.device;
        }
    };
    using Queue = std::priority_queue<Entry, std::vector<Entry>, Later>;
    Queue queue_;
};

/* Implicit 4-ary heap, four 16-byte entries to a cache line; the root stands at index 3 so that
 * brothers share a line. */
class Heap4
{
  public:
    Heap4(uint32_t n, int64_t) : entry_(aligned_array<Entry>(n + 8)), end_(root)
    {
    }
    ~Heap4()
    {
        std::free(entry_);
    }
    void push(int64_t time, uint32_t device)
    {
        size_t i = end_++;
        Entry added{time, device};
        while (i > root) {
            size_t parent = i / 4 + 2;
            if (!before(added, entry_[parent]))
                break;
            entry_[i] = entry_[parent];
            i = parent;
        }
        entry_[i] = added;
    }
    bool empty() const
    {
        return end_ == root;
    }
    int64_t time() const
    {
        return entry_[root].time;
    }
    uint32_t device() const
    {
        return entry_[root].device;
    }
    void pop()
    {
        Entry last = entry_[--end_];
        if (end_ > root)
            sink(last);
    }
    void replace(int64_t time)
    {
        sink({time, entry_[root].device});
    }

  private:
    struct Entry {
        int64_t time;
        uint64_t device;
    };
    static constexpr size_t root = 3;
    static bool before(const Entry &a, const Entry &b)
    {
        return a.time < b.time || (a.time == b.time && a.device < b.device);
    }
    void sink(Entry moved)
    {
        size_t i = root;
        for (;;) {
            size_t child = 4 * (i - 2);
            if (child >= end_)
                break;
            size_t least = child, stop = std::min(child + 4, end_);
            for (size_t c = child + 1; c < stop; c++)
                least = before(entry_[c], entry_[least]) ? c : least;
            if (!before(entry_[least], moved))
                break;
            entry_[i] = entry_[least];
            i = least;
        }
        entry_[i] = moved;
    }
    Entry *entry_;
    size_t end_;
};

/* Implicit 8-ary heap of packed keys: eight brothers fill a cache line, the free places at the end
 * hold the largest key so that a line is always whole, and the grandchildren's lines are fetched
 * while the children are compared. */
class Heap8
{
  public:
    Heap8(uint32_t n, int64_t) : size_(n + 24), key_(aligned_array<Key>(size_)), end_(root)
    {
        std::fill(key_, key_ + size_, infinite);
        prefetch_ = n > 16384;
    }
    ~Heap8()
    {
        std::free(key_);
    }
    void push(int64_t time, uint32_t device)
    {
        size_t i = end_++;
        Key added = pack(time, device);
        while (i > root) {
            size_t parent = i / 8 + 6;
            if (added >= key_[parent])
                break;
            key_[i] = key_[parent];
            i = parent;
        }
        key_[i] = added;
    }
    bool empty() const
    {
        return end_ == root;
    }
    int64_t time() const
    {
        return int64_t(key_[root] >> device_bits);
    }
    uint32_t device() const
    {
        return uint32_t(key_[root]) & device_mask;
    }
    void pop()
    {
        Key last = key_[--end_];
        key_[end_] = infinite;
        if (end_ > root)
            sink(last);
    }
    void replace(int64_t time)
    {
        sink(pack(time, device()));
    }

  private:
    static constexpr size_t root = 7;
    void sink(Key moved)
    {
        size_t i = root;
        for (;;) {
            size_t child = 8 * (i - 6);
            if (child >= end_)
                break;
            const Key *brother = key_ + child;
            if (prefetch_) {
                size_t grandchild = 8 * (child - 6);
                if (grandchild + 64 < size_)
                    for (size_t line = 0; line < 64; line += 8)
                        __builtin_prefetch(key_ + grandchild + line);
            }
            Key a = std::min(brother[0], brother[1]), b = std::min(brother[2], brother[3]);
            Key c = std::min(brother[4], brother[5]), d = std::min(brother[6], brother[7]);
            Key least = std::min(std::min(a, b), std::min(c, d));
            if (least >= moved)
                break;
            size_t place = 0;
            for (size_t k = 1; k < 8; k++)
                place = brother[k] == least ? k : place;
            key_[i] = least;
            i = child + place;
        }
        key_[i] = moved;
    }
    size_t size_;
    Key *key_;
    size_t end_;
    bool prefetch_;
};

/* A small binary heap of packed keys, for the few events of the present bucket. */
class SmallHeap
{
  public:
    bool empty() const
    {
        return key_.empty();
    }
    Key top() const
    {
        return key_.front();
    }
    void push(Key key)
    {
        key_.push_back(key);
        std::push_heap(key_.begin(), key_.end(), std::greater<Key>());
    }
    void pop()
    {
        std::pop_heap(key_.begin(), key_.end(), std::greater<Key>());
        key_.pop_back();
    }

  private:
    std::vector<Key> key_;
};

/*
 * Buckets on a ring before a small heap: a bucket is a chain of chunks; the present one is sorted
 * when it is reached, and what is scheduled into it afterwards goes to a small heap. Events beyond
 * the ring wait in a list that is shared out again each time the ring has turned.
 */
class Ring
{
  public:
    /* `span` is the longest usual time to an event's successor: the ring covers it. */
    Ring(uint32_t n, int64_t span)
    {
        size_t buckets = 64;
        while (buckets < n / 4 && buckets < (1u << 18))
            buckets *= 2;
        mask_ = buckets - 1;
        shift_ = device_bits;
        while ((uint64_t(span) << device_bits) >> shift_ >= buckets - 2)
            shift_++;
        head_.assign(buckets, none);
    }
    void push(int64_t time, uint32_t device)
    {
        insert(pack(time, device));
        count_++;
    }
    bool empty() const
    {
        return count_ == 0;
    }
    int64_t time()
    {
        settle();
        return int64_t(top_ >> device_bits);
    }
    uint32_t device() const
    {
        return uint32_t(top_) & device_mask;
    }
    void pop()
    {
        take();
        count_--;
        if (count_ == 0)
            slot_ = 0;
    }
    void replace(int64_t time)
    {
        Key key = pack(time, device());
        take();
        insert(key);
    }
    /* The device after next, for the caller to fetch ahead. */
    uint32_t ahead() const
    {
        return uint32_t(next_ + 6 < sorted_.size() ? sorted_[next_ + 6] : top_) & device_mask;
    }

  private:
    static constexpr uint32_t none = ~0u;
    static constexpr uint32_t per_chunk = 15;
    struct Chunk {
        uint32_t next, used;
        Key key[per_chunk];
    };

    void insert(Key key)
    {
        uint64_t slot = key >> shift_;
        if (slot <= slot_)
            late_.push(key);
        else if (slot - slot_ <= mask_)
            append(slot & mask_, key);
        else
            far_.push_back(key);
    }
    void append(size_t bucket, Key key)
    {
        uint32_t chunk = head_[bucket];
        if (chunk == none || chunk_[chunk].used == per_chunk) {
            uint32_t fresh = free_;
            if (fresh == none) {
                fresh = uint32_t(chunk_.size());
                chunk_.emplace_back();
            } else {
                free_ = chunk_[fresh].next;
            }
            chunk_[fresh].next = chunk;
            chunk_[fresh].used = 0;
            head_[bucket] = chunk = fresh;
        }
        chunk_[chunk].key[chunk_[chunk].used++] = key;
    }
    void take()
    {
        if (from_late_)
            late_.pop();
        else
            next_++;
    }
    void settle()
    {
        while (next_ == sorted_.size() && late_.empty())
            advance();
        from_late_ = next_ == sorted_.size() || (!late_.empty() && late_.top() < sorted_[next_]);
        top_ = from_late_ ? late_.top() : sorted_[next_];
    }
    void advance()
    {
        slot_++;
        if ((slot_ & mask_) == 0)
            share_out();
        sorted_.clear();
        next_ = 0;
        uint32_t chunk = head_[slot_ & mask_];
        head_[slot_ & mask_] = none;
        while (chunk != none) { /* newest chunk first: read backwards, turn round below */
            Chunk &c = chunk_[chunk];
            for (uint32_t i = c.used; i-- > 0;)
                sorted_.push_back(c.key[i]);
            uint32_t next = c.next;
            c.next = free_;
            free_ = chunk;
            chunk = next;
        }
        std::reverse(sorted_.begin(), sorted_.end());
        if (!std::is_sorted(sorted_.begin(), sorted_.end()))
            std::sort(sorted_.begin(), sorted_.end());
    }
    void share_out()
    {
        std::vector<Key> far;
        far.swap(far_);
        for (Key key : far) {
            uint64_t slot = key >> shift_;
            if (slot - slot_ <= mask_)
                append(slot & mask_, key);
            else
                far_.push_back(key);
        }
    }

    size_t mask_;
    int shift_;
    uint64_t slot_ = 0;
    size_t count_ = 0, next_ = 0;
    bool from_late_ = false;
    Key top_ = 0;
    uint32_t free_ = none;
    std::vector<uint32_t> head_;
    std::vector<Chunk> chunk_;
    std::vector<Key> sorted_, far_;
    SmallHeap late_;
};

/* Radix heap (Ahuja, Mehlhorn, Orlin, Tarjan, J. ACM 37(2), 1990) on the packed key, which only
 * grows: an event moves to a lower bucket at most once a bit. */
class Radix
{
  public:
    Radix(uint32_t, int64_t)
    {
    }
    void push(int64_t time, uint32_t device)
    {
        if (count_++ == 0)
            last_ = 0;
        insert(pack(time, device));
    }
    bool empty() const
    {
        return count_ == 0;
    }
    int64_t time()
    {
        settle();
        return int64_t(last_ >> device_bits);
    }
    uint32_t device() const
    {
        return uint32_t(last_) & device_mask;
    }
    void pop()
    {
        bucket_[0].pop_back();
        count_--;
    }
    void replace(int64_t time)
    {
        bucket_[0].pop_back();
        insert(pack(time, device()));
    }

  private:
    static int bucket_of(Key difference)
    {
        return difference == 0 ? 0 : 64 - __builtin_clzll(difference);
    }
    void insert(Key key)
    {
        int b = bucket_of(key ^ last_);
        bucket_[b].push_back(key);
        used_ |= Key{1} << (b & 63);
    }
    void settle()
    {
        if (!bucket_[0].empty())
            return;
        used_ &= ~Key{1};
        int b = __builtin_ctzll(used_);
        while (bucket_[b].empty()) {
            used_ &= used_ - 1;
            b = __builtin_ctzll(used_);
        }
        std::vector<Key> &from = bucket_[b];
        used_ &= ~(Key{1} << b);
        last_ = *std::min_element(from.begin(), from.end());
        for (Key key : from)
            insert(key);
        from.clear();
    }
    std::vector<Key> bucket_[64];
    Key used_ = 0, last_ = 0;
    size_t count_ = 0;
};

/* --- the loop --------------------------------------------------------------------------------- */

/* A device's round, one cache line. The first duration is used when the round begins; its place
 * then counts the steps. */
struct alignas(64) Round {
    union {
        int64_t stage_ns[WORKLOAD_STAGES];
        uint32_t step;
    };
};

inline void fetch_ahead(const Ring &queue, const Round *round)
{
    __builtin_prefetch(round + queue.ahead(), 1);
}
template <typename Queue> inline void fetch_ahead(const Queue &, const Round *)
{
}

template <typename Queue>
WorkloadTotals run_workload(Queue &queue, const Workload *workload, Round *state, uint32_t devices,
                            uint64_t rounds)
{
    int64_t delay_ns = 0, start_ns = 0;
    double energy_j = 0;
    uint64_t events = 0;
    for (uint64_t round = 1; round <= rounds; round++) {
        int64_t now = 0;
        for (uint32_t i = 0; i < devices; i++) {
            energy_j += workload_decide(workload, i, round, state[i].stage_ns);
            queue.push(state[i].stage_ns[0], i);
            state[i].step = 0;
        }
        while (!queue.empty()) {
            now = queue.time();
            uint32_t device = queue.device();
            fetch_ahead(queue, state);
            Round &at = state[device];
            events++;
            if (++at.step < WORKLOAD_STEPS) {
                queue.replace(now + at.stage_ns[workload_stage[at.step]]);
            } else {
                delay_ns += now;
                queue.pop();
            }
        }
        start_ns += now;
    }
    return {double(delay_ns) * 1e-9, energy_j, double(start_ns) * 1e-9, events};
}

template <typename Queue>
WorkloadTotals run_hold(Queue &queue, const int64_t *table, uint64_t events)
{
    int64_t now = 0;
    for (uint64_t i = 0; i < events; i++) {
        now = queue.time();
        queue.replace(now + table[i % WORKLOAD_HOLD_TABLE]);
    }
    return {0, 0, double(now) * 1e-9, events};
}

/* The longest stage that is not rare: the ring's span. */
int64_t usual_span(const Workload *workload, uint32_t devices)
{
    int64_t span = 1;
    uint32_t step = std::max(1u, devices / 200);
    for (uint32_t i = 0; i < devices; i += step) {
        int64_t stage_ns[WORKLOAD_STAGES];
        workload_decide(workload, i, 1, stage_ns);
        span = std::max(span, *std::max_element(stage_ns, stage_ns + WORKLOAD_STAGES));
    }
    return span;
}

template <typename Queue> void measure_workload(const char *name, uint32_t devices, uint64_t rounds)
{
    double begin = workload_seconds();
    long base_kb = workload_peak_kb();
    Workload *workload = workload_new(devices);
    auto *state = aligned_array<Round>(devices);
    std::memset(static_cast<void *>(state), 0, devices * sizeof(Round));
    Queue queue(devices, usual_span(workload, devices));
    double ready = workload_seconds();
    WorkloadTotals totals = run_workload(queue, workload, state, devices, rounds);
    double end = workload_seconds();
    workload_report(name, devices, rounds, end - ready, ready - begin, base_kb, totals);
    std::free(state);
    workload_free(workload);
}

/* What drawing and deciding take, without any event. */
void measure_model(const char *name, uint32_t devices, uint64_t rounds)
{
    double begin = workload_seconds();
    long base_kb = workload_peak_kb();
    Workload *workload = workload_new(devices);
    double ready = workload_seconds();
    WorkloadTotals totals = workload_expect(workload, rounds);
    double end = workload_seconds();
    workload_report(name, devices, rounds, end - ready, ready - begin, base_kb, totals);
    workload_free(workload);
}

template <typename Queue> void measure_hold(const char *name, uint32_t entities, uint64_t events)
{
    double begin = workload_seconds();
    long base_kb = workload_peak_kb();
    const int64_t *table = workload_hold_table();
    Queue queue(entities, int64_t{6} * 1000000000);
    for (uint32_t i = 0; i < entities; i++)
        queue.push(table[(i * 7919u) % WORKLOAD_HOLD_TABLE], i);
    run_hold(queue, table, entities); /* to the steady state */
    double ready = workload_seconds();
    WorkloadTotals totals = run_hold(queue, table, events);
    double end = workload_seconds();
    workload_report(name, entities, 0, end - ready, ready - begin, base_kb, totals);
}

template <typename Queue> void measure(bool hold, const char *name, uint32_t n, uint64_t amount)
{
    if (hold)
        measure_hold<Queue>(name, n, amount);
    else
        measure_workload<Queue>(name, n, amount);
}

} // namespace

int main(int argc, char **argv)
{
    bool hold = argc > 1 && std::strcmp(argv[1], "--hold") == 0;
    if (argc != 4 + hold) {
        std::fprintf(stderr, "usage: bare [--hold] STRUCTURE DEVICES ROUNDS|EVENTS\n");
        return 2;
    }
    argv += hold;
    const char *name = argv[1];
    auto n = uint32_t(std::strtoul(argv[2], nullptr, 10));
    uint64_t amount = std::strtoull(argv[3], nullptr, 10);
    if (n == 0 || n > device_mask) {
        std::fprintf(stderr, "bare: 1 to %u devices\n", device_mask);
        return 2;
    }
    if (std::strcmp(name, "none") == 0 && !hold)
        measure_model(name, n, amount);
    else if (std::strcmp(name, "std") == 0)
        measure<StdQueue>(hold, name, n, amount);
    else if (std::strcmp(name, "heap4") == 0)
        measure<Heap4>(hold, name, n, amount);
    else if (std::strcmp(name, "heap8") == 0)
        measure<Heap8>(hold, name, n, amount);
    else if (std::strcmp(name, "ring") == 0)
        measure<Ring>(hold, name, n, amount);
    else if (std::strcmp(name, "radix") == 0)
        measure<Radix>(hold, name, n, amount);
    else {
        std::fprintf(stderr, "bare: STRUCTURE is none, std, heap4, heap8, ring or radix\n");
        return 2;
    }
    return 0;
}
