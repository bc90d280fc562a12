#include "storage/consumer_snapshots.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace telex::storage {

namespace {

constexpr auto kInterval = std::chrono::milliseconds(100);
// More for each record in flight, so that large snapshots do not fill the disk.
constexpr auto kIntervalOfFlight = std::chrono::microseconds(1);

// The first one: the client waits for it.
bool is_urgent(const ConsumerRuntime& consumer) {
    return !consumer.is_stored;
}

}  // namespace

void ConsumerSnapshots::note(ConsumerRuntime& consumer) {
    if (!consumer.is_durable() || !consumer.has_changed() || consumer.awaits_snapshot) {
        return;
    }
    consumer.awaits_snapshot = true;
    changed_.push_back(&consumer);
    urgent_ = urgent_ || is_urgent(consumer);
}

void ConsumerSnapshots::remove(ConsumerRuntime& consumer) {
    std::erase(changed_, &consumer);
}

TimePoint ConsumerSnapshots::next() const {
    if (changed_.empty()) {
        return TimePoint::max();
    }
    return urgent_ ? TimePoint() : due_;
}

void ConsumerSnapshots::join_group(CommitGroup& group, bool all, TimePoint now) {
    const bool due = all || now >= due_;
    if (changed_.empty() || (!due && !urgent_)) {
        return;
    }
    TakenSnapshots taken;
    std::vector<ConsumerRuntime*> others;
    std::size_t flights = 0;
    bool synced = false;
    for (ConsumerRuntime* const consumer : changed_) {
        if (!due && !is_urgent(*consumer)) {
            others.push_back(consumer);
            continue;
        }
        consumer->awaits_snapshot = false;
        synced = synced || consumer->wants_snapshot();
        flights += consumer->in_flight();
        Taken& added =
            taken.emplace_back(Taken{consumer->identity(), consumer->take_snapshot(now)});
        group.cursors.push_back(
            {added.identity.stream, added.identity.id, std::move(added.snapshot.bytes)}
        );
    }
    changed_ = std::move(others);
    urgent_ = false;
    if (due) {
        due_ = now + kInterval + kIntervalOfFlight * flights;
    }
    group.needs_sync = group.needs_sync || synced;
    group.waiters.emplace_back([this,
                                shared = std::make_shared<TakenSnapshots>(std::move(taken)),
                                synced](const CommitOutcome& outcome) {
        finish(*shared, synced, outcome);
    });
}

void ConsumerSnapshots::finish(
    const TakenSnapshots& taken, bool synced, const CommitOutcome& outcome
) {
    for (const Taken& one : taken) {
        ConsumerRuntime* const consumer = set_.find(one.identity.stream, one.identity.name);
        if (consumer == nullptr || consumer->identity().id != one.identity.id) {
            continue;
        }
        const bool was_stored = consumer->is_stored;
        if (outcome.ok()) {
            consumer->snapshot_stored(one.snapshot, synced);
        } else {
            consumer->snapshot_failed();
        }
        set_.wake(*consumer);
        const bool failed = outcome.code == v1::STORAGE_FAILED;
        if (!was_stored && (consumer->is_stored || failed)) {
            created_(*consumer, outcome);
        }
    }
}

}  // namespace telex::storage
