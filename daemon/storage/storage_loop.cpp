#include "storage/storage_loop.hpp"

#include <pthread.h>

#include <algorithm>
#include <utility>

namespace telex::storage {

namespace {

using namespace std::chrono_literals;

constexpr auto kSoonestExpiry = 50ms;
constexpr auto kLatestExpiry = std::chrono::minutes(1);
constexpr auto kReleaseInterval = 1s;  // of deleted blocks: it costs a write
constexpr auto kProbeInterval = 1s;    // of a full disk

// The earlier of two times, either of which may be absent.
void advance(std::optional<TimePoint>& due, TimePoint time) {
    due = due ? std::min(*due, time) : time;
}

}  // namespace

StorageLoop::StorageLoop(store::Store& store, StreamSet& streams, LoopOptions options)
    : store_(store),
      streams_(streams),
      options_(std::move(options)),
      committer_(store, [this](std::unique_ptr<CommitGroup> group, CommitOutcome outcome) {
          const std::lock_guard lock(mutex_);
          mail_.outcome.emplace(Outcome{std::move(group), std::move(outcome)});
          changed_.notify_one();
      }) {
    use_newest_time(std::nullopt);
}

void StorageLoop::start(std::vector<exchange::OfferSource*> shards) {
    shards_ = std::move(shards);
    committer_.start(shards_);
    const std::lock_guard lock(mutex_);
    running_ = true;
    thread_ = std::thread([this] { run(); });
    // A name is a convenience: without it the thread works as well.
    (void)::pthread_setname_np(thread_.native_handle(), "storage");
}

void StorageLoop::stop() {
    {
        const std::lock_guard lock(mutex_);
        if (!running_) {
            return;
        }
        stopping_ = true;
        changed_.notify_one();
    }
    thread_.join();
    committer_.stop();
    const std::lock_guard lock(mutex_);
    running_ = false;
    ended_ = true;
}

void StorageLoop::offer(std::unique_ptr<exchange::OfferBatch> batch) {
    const std::lock_guard lock(mutex_);
    mail_.offers.push_back(std::move(batch));
    changed_.notify_one();
}

void StorageLoop::post(Task task) {
    {
        const std::lock_guard lock(mutex_);
        if (ended_) {
            return;
        }
        mail_.tasks.push_back(std::move(task));
        changed_.notify_one();
        if (running_) {
            return;
        }
    }
    run_without_thread();
}

void StorageLoop::run_without_thread() {
    // A task of a task waits for its turn.
    if (deciding_) {
        return;
    }
    deciding_ = true;
    Mail mail;
    do {
        {
            const std::lock_guard lock(mutex_);
            mail = std::exchange(mail_, {});
        }
        turn(mail);
        mail = {};
        const std::lock_guard lock(mutex_);
        deciding_ = !mail_.empty() || !is_idle();
    } while (deciding_);
}

void StorageLoop::run() {
    Mail mail;
    while (true) {
        wait(mail);
        turn(mail);
        const std::lock_guard lock(mutex_);
        if (stopping_ && mail_.empty() && is_idle()) {
            return;
        }
    }
}

bool StorageLoop::is_idle() const {
    return backlog_.empty() && at_rest_.empty() && in_flight_ == nullptr && group_->is_empty();
}

bool StorageLoop::may_decide() const {
    return !backlog_.empty() && at_rest_.empty() &&
           group_->bytes.used() * 2 < options_.max_pending_bytes;
}

std::optional<TimePoint> StorageLoop::next_wake_up() const {
    std::optional<TimePoint> next;
    for (const auto& due : {next_expiry_, sync_due_, next_probe_, hold_until_}) {
        // A commit under way ends by a message.
        if (due && (in_flight_ == nullptr || due == next_expiry_)) {
            advance(next, *due);
        }
    }
    const TimePoint due = guest_->next_turn(in_flight_ == nullptr && !hold_until_);
    if (due != TimePoint::max()) {
        advance(next, due);
    }
    return next;
}

void StorageLoop::wait(Mail& mail) {
    std::unique_lock lock(mutex_);
    const auto has_mail = [this] { return !mail_.empty() || (stopping_ && is_idle()); };
    if (!may_decide()) {
        if (const auto due = next_wake_up()) {
            changed_.wait_for(lock, *due - options_.steady_clock(), has_mail);
        } else {
            changed_.wait(lock, has_mail);
        }
    }
    // The memory of both is used again.
    std::swap(mail.offers, mail_.offers);
    std::swap(mail.tasks, mail_.tasks);
    mail.outcome = std::exchange(mail_.outcome, std::nullopt);
}

void StorageLoop::turn(Mail& mail) {
    const TimePoint now = options_.steady_clock();
    if (mail.outcome) {
        finish(std::move(*mail.outcome), now);
        mail.outcome.reset();
    }
    expire(times(), now);
    for (Task& task : mail.tasks) {
        task();
    }
    mail.tasks.clear();
    for (auto& batch : mail.offers) {
        backlog_.push_back(std::move(batch));
    }
    mail.offers.clear();
    probe_full_disk(now);
    decide_backlog();
    commit_group(now);
    while (!at_rest_.empty() && in_flight_ == nullptr && group_->is_empty()) {
        const Task task = std::move(at_rest_.front());
        at_rest_.pop_front();
        task();
        commit_group(now);
    }
    guest_->run_turn(now);
}

// --- decisions

void StorageLoop::decide_backlog() {
    if (!may_decide()) {
        return;
    }
    const streams::StreamTimes now = times();
    while (may_decide()) {
        std::unique_ptr<exchange::OfferBatch> batch = std::move(backlog_.front());
        backlog_.pop_front();
        decide(*batch, now.now);
        group_->note_answer(batch->shard, batch->number);
        exchange::OfferSource& shard = *shards_[batch->shard];
        shard.take_decisions(std::move(batch));
    }
    advance(next_expiry_, options_.steady_clock() + kSoonestExpiry);
}

void StorageLoop::decide(exchange::OfferBatch& batch, streams::Time now) {
    const store::StoreState state = failed_ ? store::StoreState::failed : store_.state();
    const DecisionPlace place{now, group_->bytes, in_flight_};
    batch.decisions.clear();
    batch.decisions.reserve(batch.offers.size());
    for (const exchange::OfferedMessage& offer : batch.offers) {
        batch.decisions.push_back(decide(offer, state, place));
    }
}

exchange::StreamDecision StorageLoop::decide(
    const exchange::OfferedMessage& offer, store::StoreState state, const DecisionPlace& place
) {
    StreamRuntime* const stream = streams_.find(offer.stream);
    if (stream == nullptr) {
        return {.code = v1::NO_STREAM, .text = "the stream was removed"};
    }
    if (state == store::StoreState::ok) [[likely]] {
        return stream->decide(offer, place);
    }
    return state == store::StoreState::full ? stream->refuse_full() : stream->refuse_failed();
}

exchange::StreamDecision StorageLoop::decide_one(const exchange::OfferedMessage& offer) {
    const store::StoreState state = failed_ ? store::StoreState::failed : store_.state();
    return decide(offer, state, {times().now, group_->bytes, in_flight_});
}

// --- time

void StorageLoop::expire(const streams::StreamTimes& times, TimePoint now) {
    if (failed_ || (next_expiry_ && now < *next_expiry_)) {
        return;
    }
    streams::Time next = streams::kNoDeadline;
    next_expiry_.reset();
    streams_.for_each([&](StreamRuntime& stream) {
        if (stream.next_deadline() <= times.expiry) {
            stream.expire(times);
        }
        if (stream.wants_release()) {
            stream.release();
            advance(next_expiry_, now + kReleaseInterval);
        }
        next = std::min(next, stream.next_deadline());
    });
    if (next != streams::kNoDeadline) {
        const auto wait =
            std::clamp<Clock::duration>(next - times.expiry, kSoonestExpiry, kLatestExpiry);
        advance(next_expiry_, now + wait);
    }
}

// Only a commit asks the disk whether there is room again.
void StorageLoop::probe_full_disk(TimePoint now) {
    if (store_.state() != store::StoreState::full) {
        next_probe_.reset();
    } else if (!next_probe_ || now >= *next_probe_) {
        group_->forced = true;
        next_probe_ = now + kProbeInterval;
    }
}

// --- commits

void StorageLoop::after_commit(Waiter waiter, bool needs_sync) {
    group_->waiters.push_back(std::move(waiter));
    group_->needs_sync = group_->needs_sync || needs_sync;
}

void StorageLoop::gather() {
    streams_.for_each([&](StreamRuntime& stream) { stream.take_changes(*group_); });
}

void StorageLoop::commit_group(TimePoint now) {
    if (in_flight_ != nullptr) {
        return;
    }
    if (sync_due_ && now >= *sync_due_) {
        sync_due_.reset();
        group_->forced = true;
        group_->needs_sync = true;
    }
    if (!hold_until_ || now >= *hold_until_ || !group_->waiters.empty() ||
        store_.state() == store::StoreState::ok) {
        hold_until_.reset();
        gather();
        guest_->join_group(*group_, now);
    }
    if (group_->is_empty()) {
        return;
    }
    if (failed_) {
        answer_group({v1::STORAGE_FAILED, failure()});
        return;
    }
    if (!group_->writes()) {
        answer_group({});
        return;
    }
    in_flight_ = group_.get();
    committer_.commit(std::move(group_));
    group_ = spare_ ? std::move(spare_) : std::make_unique<CommitGroup>();
}

// Answers the group that is being filled, without a commit.
void StorageLoop::answer_group(const CommitOutcome& outcome) {
    std::unique_ptr<CommitGroup> group = std::exchange(group_, std::make_unique<CommitGroup>());
    for (const BatchAnswer& answer : group->answers) {
        shards_[answer.shard]->take_commit(answer.batch, outcome.code);
    }
    for (const auto& waiter : group->waiters) {
        waiter(outcome);
    }
    recycle(std::move(group));
}

void StorageLoop::note_synced(const CommitGroup& group, TimePoint now) {
    if (group.wants_sync()) {
        sync_due_.reset();
        return;
    }
    for (const StreamPart& part : group.parts) {
        const StreamRuntime* const stream = streams_.find(part.stream->number);
        if (!part.records.empty() && stream != nullptr) {
            advance(sync_due_, now + stream->options().sync_interval.value_or(Clock::duration{}));
        }
    }
}

void StorageLoop::finish(Outcome done, TimePoint now) {
    in_flight_ = nullptr;
    if (done.outcome.ok()) {
        note_synced(*done.group, now);
        guest_->take_commit(*done.group);
    } else if (done.outcome.code == v1::STORAGE_FULL && !done.group->has_records()) {
        for (const StreamPart& part : done.group->parts) {
            if (StreamRuntime* const stream = streams_.find(part.stream->number)) {
                stream->put_back(part);
            }
        }
        hold_until_ = now + kProbeInterval;
    } else {
        lose(*done.group, done.outcome);
    }
    for (const auto& waiter : done.group->waiters) {
        waiter(done.outcome);
    }
    recycle(std::move(done.group));
}

// Nothing of what was decided is in the store for certain.
void StorageLoop::lose(const CommitGroup& group, const CommitOutcome& outcome) {
    gather();
    if (outcome.code == v1::STORAGE_FAILED) {
        fail(outcome.text);
    }
    for (const CommitGroup* const lost : {&group, static_cast<const CommitGroup*>(group_.get())}) {
        for (const StreamPart& part : lost->parts) {
            StreamRuntime* const stream = streams_.find(part.stream->number);
            // Without the state of a stream its publications cannot be decided.
            if (stream == nullptr || failed_) {
                continue;
            }
            if (const auto restored = stream->forget_uncommitted(); !restored) {
                fail(restored.error().text);
            }
        }
    }
    answer_group(outcome);
}

void StorageLoop::fail(std::string reason) {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(reason);
    failed_ = true;
}

std::string StorageLoop::failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

void StorageLoop::recycle(std::unique_ptr<CommitGroup> group) {
    for (StreamPart& part : group->parts) {
        if (StreamRuntime* const stream = streams_.find(part.stream->number)) {
            stream->reuse(std::move(part.records));
        }
    }
    group->clear();
    if (!spare_) {
        spare_ = std::move(group);
    }
}

}  // namespace telex::storage
