#include "storage/consumer_runtime.hpp"

#include "storage/consumer_config.hpp"
#include "storage/consumer_metadata.hpp"
#include "storage/flight_search.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace telex::storage {

namespace {

using Kind = exchange::RecordOutcome::Kind;

// Of one turn of a consumer.
constexpr int kSlicesPerTurn = 16;
constexpr std::size_t kRecordsPerTurn = 1'024;
// A consumer may always have this number of records in flight.
constexpr std::size_t kAlwaysInFlight = 1'000;

}  // namespace

ConsumerRuntime::ConsumerRuntime(
    ConsumerIdentity identity,
    const streams::ConsumerOptions& options,
    const streams::StartPoint& start,
    std::uint64_t seed,
    TimePoint now
)
    : identity_(std::move(identity)),
      state_(options, start, now),
      reader_(state_.options(), seed) {}

ConsumerRuntime::ConsumerRuntime(
    ConsumerIdentity identity,
    const streams::ConsumerOptions& options,
    const streams::ConsumerImage& image,
    std::span<const streams::Candidate> records,
    std::uint64_t seed,
    TimePoint now
)
    : is_stored(true),
      identity_(std::move(identity)),
      state_(options, image, records, now),
      reader_(state_.options(), seed),
      // Sizes of records in flight are not known: they go one by one.
      largest_(exchange::kMemberWindow),
      maybe_due_(true),
      changed_(false) {}

// --- members

streams::MemberId ConsumerRuntime::join(
    exchange::MemberId member,
    exchange::MemberSource& source,
    const DeliveryWindow::Right& may_subscribe,
    TimePoint now
) {
    reader_.use_right(may_subscribe);
    const streams::MemberId number = windows_.join(member, serial, source, may_subscribe);
    state_.join(number, now);
    maybe_due_ = true;
    return number;
}

void ConsumerRuntime::leave(streams::MemberId member, TimePoint now) {
    windows_.leave(member);
    state_.leave(member, now, out_);
    maybe_due_ = true;
    changed_ = true;
}

void ConsumerRuntime::end_member(
    streams::MemberId member, v1::ErrorCode reason, const std::string& text, TimePoint now
) {
    if (DeliveryWindow* const window = windows_.find(member)) {
        window->end(reason, text);
        leave(member, now);
    }
}

void ConsumerRuntime::end_members(v1::ErrorCode reason, const std::string& text, TimePoint now) {
    std::vector<streams::MemberId> members;
    windows_.for_each([&](const DeliveryWindow& window) { members.push_back(window.number()); });
    for (const streams::MemberId member : members) {
        end_member(member, reason, text, now);
    }
}

void ConsumerRuntime::add_credit(streams::MemberId member, std::uint64_t messages) {
    if (DeliveryWindow* const window = windows_.find(member)) {
        window->add_credit(messages);
        maybe_due_ = maybe_due_ || options().key_affinity;
    }
}

void ConsumerRuntime::take_back(streams::MemberId member, std::size_t charge) {
    if (DeliveryWindow* const window = windows_.find(member)) {
        window->take_back(charge);
        maybe_due_ = maybe_due_ || options().key_affinity;
    }
}

void ConsumerRuntime::apply(
    Sequence sequence, const exchange::RecordOutcome& outcome, TimePoint now
) {
    std::optional<streams::Duration> delay;
    if (outcome.delay.count() > 0) {
        delay = outcome.delay;
    }
    switch (outcome.kind) {
        case Kind::ack: {
            const std::size_t before = out_.settled.size();
            state_.ack(sequence, now, out_);
            counters_.acknowledged += out_.settled.size() - before;
            break;
        }
        case Kind::nak:
            state_.nak(sequence, delay, now, out_);
            maybe_due_ = true;
            break;
        case Kind::progress:
            state_.in_progress(sequence, now);
            break;
        case Kind::term:
            state_.term(sequence, now, out_);
            break;
    }
}

void ConsumerRuntime::settle(
    streams::MemberId member, const exchange::RecordOutcome& outcome, TimePoint now
) {
    find_flights_of(member, {outcome.first, outcome.last}, state_.flights(), flights_);
    if (flights_.empty()) {
        return;
    }
    if (options().ack == streams::AckPolicy::all && outcome.kind == Kind::ack) {
        flights_.front() = flights_.back();
        flights_.resize(1);
    }
    for (const Sequence sequence : flights_) {
        apply(sequence, outcome, now);
    }
    changed_ = true;
    maybe_due_ = maybe_due_ || options().key_affinity;
    out_.settled.clear();
}

// --- delivery

void ConsumerRuntime::add(
    DeliveryWindow& window,
    const store::BlockPtr& block,
    std::size_t index,
    const streams::Delivery& delivery
) {
    const bool added = windows_.add(window, block, index, delivery);
    counters_.redeliveries += added && delivery.redelivered ? 1U : 0U;
}

void ConsumerRuntime::add_from_slice(
    DeliveryWindow& window, const streams::Delivery& delivery, std::size_t at
) {
    for (std::size_t i = 0; i < delivery.count; ++i) {
        add(window, slice_.block, slice_.indexes[at + i], delivery);
    }
}

// A record that was read before. It stays in flight if it cannot be read.
void ConsumerRuntime::add_from_store(
    DeliveryWindow& window, const streams::Delivery& delivery, const ReadPlace& place
) {
    const StoredStream& stored = *place.stream.stored();
    const bool reads_disk = !place.recent.has(delivery.first);
    auto block = place.recent.find(place.store, stored.number, delivery.first);
    place.reads -= std::min<std::size_t>(place.reads, reads_disk ? 1 : 0);
    if (!block) {
        damage_ = std::move(block.error().text);
        return;
    }
    const std::size_t index = *block == nullptr ? 0 : (*block)->find(delivery.first);
    const bool exists = *block != nullptr && index < (*block)->size() &&
                        (*block)->record(index).sequence == delivery.first &&
                        place.stream.state().records().contains(delivery.first);
    if (!exists) {
        window.add_credit(1);
        state_.forget(delivery.first, out_);
        return;
    }
    add(window, *block, index, delivery);
}

// Puts the deliveries of the state machine into the batches of the members.
void ConsumerRuntime::fill_batches(const ReadPlace& place) {
    const auto is_before = [](const streams::Candidate& candidate, Sequence sequence) {
        return candidate.sequence < sequence;
    };
    for (const streams::Delivery& delivery : out_.deliveries) {
        DeliveryWindow& window = *windows_.find(delivery.member);
        const auto found = std::lower_bound(
            slice_.candidates.begin(), slice_.candidates.end(), delivery.first, is_before
        );
        if (found != slice_.candidates.end() && found->sequence == delivery.first) {
            add_from_slice(
                window, delivery, static_cast<std::size_t>(found - slice_.candidates.begin())
            );
        } else {
            add_from_store(window, delivery, place);
        }
        delivered_ += delivery.count;
    }
    changed_ = changed_ || !out_.deliveries.empty();
    out_.deliveries.clear();
}

bool ConsumerRuntime::redeliver(const ReadPlace& place, TimePoint now) {
    maybe_due_ = maybe_due_ && in_flight() > 0;
    while (maybe_due_ && damage_.empty() && place.reads > 0 && delivered_ < kRecordsPerTurn) {
        if (windows_.grant(state_, largest_, options().key_affinity, now) == 0) {
            return delivered_ > 0;
        }
        state_.redeliver(now, out_);
        windows_.end_grants(state_, out_);
        maybe_due_ = !out_.deliveries.empty();
        fill_batches(place);
    }
    return maybe_due_;
}

bool ConsumerRuntime::wants_records(const ReadPlace& place, bool may_take) const {
    const bool has_room =
        options().ack == streams::AckPolicy::none ||
        (in_flight() < options().max_in_flight && (may_take || in_flight() < kAlwaysInFlight));
    return has_room && state_.cursor() <= place.stream.stored()->last.load() &&
           windows_.have_room();
}

std::size_t ConsumerRuntime::offer_slice(const ReadPlace& place, TimePoint now) {
    if (slice_.candidates.empty()) {
        return 0;
    }
    const bool is_keyed = options().key_affinity;
    // With key affinity records are delivered that were read before.
    const std::size_t charge = is_keyed ? std::max(largest_, slice_.largest) : slice_.largest;
    if (windows_.grant(state_, charge, is_keyed, now) == 0) {
        return 0;
    }
    const std::size_t taken = state_.offer(slice_.candidates, now, out_);
    windows_.end_grants(state_, out_);
    // Some of the records may be parked.
    maybe_due_ = maybe_due_ || is_keyed;
    if (taken > 0) {
        largest_ = std::max(largest_, slice_.largest);
        changed_ = true;
    }
    fill_batches(place);
    return taken;
}

bool ConsumerRuntime::read_new(const ReadPlace& place, bool may_take, TimePoint now) {
    if (in_flight() == 0) {
        largest_ = 0;
    }
    for (int slices = 0; slices < kSlicesPerTurn && delivered_ < kRecordsPerTurn; ++slices) {
        if (!wants_records(place, may_take)) {
            return delivered_ > 0;
        }
        const Sequence cursor = state_.cursor();
        const auto end = reader_.read(place, cursor, state_.newest_only_until(), slice_);
        if (!end) {
            damage_ = end.error().text;
            return false;
        }
        if (offer_slice(place, now) < slice_.candidates.size()) {
            return delivered_ > 0;
        }
        state_.skip_to(slice_.scanned);
        changed_ = changed_ || state_.cursor() != cursor;
        if (*end != ReadEnd::more) {
            return *end == ReadEnd::later || delivered_ > 0;
        }
    }
    return true;
}

ConsumerRuntime::Progress ConsumerRuntime::run(
    const ReadPlace& place, bool may_take, TimePoint now
) {
    delivered_ = 0;
    slice_.clear();
    damage_.clear();
    if (now >= state_.next_deadline()) {
        state_.expire(now, out_);
        maybe_due_ = true;
        changed_ = true;
    }
    if (std::exchange(out_.inactive, false)) {
        return Progress::inactive;
    }
    bool again = false;
    if (!state_.is_paused(now) && !windows_.empty()) {
        again = redeliver(place, now);
        again = (damage_.empty() && read_new(place, may_take, now)) || again;
    }
    out_.settled.clear();
    slice_.clear();
    windows_.send();
    if (!damage_.empty()) {
        return Progress::damaged;
    }
    return again ? Progress::more : Progress::waiting;
}

// --- events of the stream

std::vector<streams::DeadLetter> ConsumerRuntime::take_dead_letters() {
    counters_.dead_letters += out_.dead_letters.size();
    std::vector<streams::DeadLetter> letters = std::move(out_.dead_letters);
    out_.dead_letters.clear();
    // Those without a subject are settled.
    return options().dead_letter_subject.empty() ? std::vector<streams::DeadLetter>{} : letters;
}

void ConsumerRuntime::dead_letter_stored(Sequence sequence) {
    state_.dead_letter_stored(sequence, out_);
    out_.settled.clear();
    changed_ = true;
    maybe_due_ = maybe_due_ || options().key_affinity;
}

void ConsumerRuntime::forget(Sequence sequence) {
    if (state_.forget(sequence, out_)) {
        changed_ = true;
        maybe_due_ = maybe_due_ || options().key_affinity;
        out_.settled.clear();
    }
}

void ConsumerRuntime::forget_before(Sequence first) {
    if (state_.floor() + 1 < first) {
        state_.forget_before(first, out_);
        changed_ = true;
        maybe_due_ = maybe_due_ || options().key_affinity;
        out_.settled.clear();
    }
}

void ConsumerRuntime::pause(TimePoint until) {
    state_.pause(until);
    maybe_due_ = true;
    changed_ = true;
}

// --- snapshots

ConsumerSnapshot ConsumerRuntime::take_snapshot(TimePoint now) {
    changed_ = false;
    ConsumerSnapshot snapshot{.image = state_.snapshot(now), .bytes = {}};
    snapshot.bytes = encode(ConsumerMetadata{
        .name = identity_.name,
        .config = config_of(options()).SerializeAsString(),
        .created = identity_.created,
        .snapshot = streams::encode(snapshot.image),
    });
    return snapshot;
}

void ConsumerRuntime::snapshot_stored(const ConsumerSnapshot& snapshot, bool synced) {
    if (synced) {
        is_stored = true;
        state_.snapshot_stored(snapshot.image);
    }
}

}  // namespace telex::storage
