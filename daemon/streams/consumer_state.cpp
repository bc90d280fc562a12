#include "streams/consumer_state.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace telex::streams {

namespace {

constexpr Sequence kNoReservation = std::numeric_limits<Sequence>::max();

}  // namespace

ConsumerState::ConsumerState(ConsumerOptions options, const StartPoint& start, TimePoint now)
    : options_(std::move(options)),
      members_(options_.max_pulls),
      flights_(options_, members_),
      cursor_(start.next),
      newest_only_until_(start.newest_only_until),
      deliverable_until_(options_.durable ? kNoSequence : kNoReservation),
      active_(now) {}

ConsumerState::ConsumerState(
    ConsumerOptions options,
    const ConsumerImage& image,
    std::span<const Candidate> records,
    TimePoint now
)
    : ConsumerState(
          std::move(options),
          StartPoint{.next = image.cursor, .newest_only_until = image.newest_only_until},
          now
      ) {
    flagged_until_ = image.flag_until;
    deliverable_until_ = image.flag_until;
    if (image.paused > std::chrono::milliseconds{}) {
        paused_until_ = now + image.paused;
    }
    auto record = records.begin();
    for (const StoredFlight& stored : image.flights) {
        while (record != records.end() && record->sequence < stored.sequence) {
            ++record;
        }
        if (record != records.end() && record->sequence == stored.sequence) {
            flights_.restore(stored, *record, now);
        }
    }
}

void ConsumerState::join(MemberId member, TimePoint now) {
    active_ = now;
    if (!members_.contains(member)) {
        members_.join(member);
        flights_.member_joined();
    }
}

void ConsumerState::leave(MemberId member, TimePoint now, ConsumerOutput& out) {
    active_ = now;
    members_.leave(member);
    flights_.member_left(member, now, out);
}

Result<void, PullError> ConsumerState::pull(MemberId member, const Pull& pull, TimePoint now) {
    join(member, now);
    return members_.add(member, pull);
}

// --- delivery -----------------------------------------------------------------------------------

std::size_t ConsumerState::room() const {
    if (options_.ack == AckPolicy::none) {
        return members_.credit();
    }
    const std::size_t free =
        options_.max_in_flight - std::min<std::size_t>(in_flight(), options_.max_in_flight);
    // Records of keys of other members are parked, so that they do not stop those of this one.
    const bool parks = options_.key_affinity && members_.credit() > 0;
    return parks ? free : std::min<std::size_t>(free, members_.credit());
}

std::size_t ConsumerState::offer(
    std::span<const Candidate> candidates, TimePoint now, ConsumerOutput& out
) {
    if (is_paused(now)) {
        return 0;
    }
    std::size_t count = std::min(room(), candidates.size());
    while (count > 0 && candidates[count - 1].sequence > deliverable_until_) {
        --count;
    }
    if (count == 0) {
        return 0;
    }
    const std::span<const Candidate> taken = candidates.first(count);
    if (options_.key_affinity) {
        flights_.park(taken, flagged_until_);
        flights_.redeliver(now, out);
    } else {
        offer_run(taken, now, out);
    }
    cursor_ = taken.back().sequence + 1;
    pending_ -= std::min<std::uint64_t>(pending_, count);
    return count;
}

// Shares the records among the members that have credit. Requires credit for all of them.
void ConsumerState::offer_run(std::span<const Candidate> run, TimePoint now, ConsumerOutput& out) {
    const std::size_t share = (run.size() + members_.with_credit() - 1) / members_.with_credit();
    while (!run.empty()) {
        const std::size_t wanted = std::min(share, run.size());
        const MemberId member = members_.next_with_credit();
        const Members::Grant grant = members_.use(member, static_cast<std::uint32_t>(wanted));
        const std::span<const Candidate> part = run.first(grant.count);
        // The flag holds for a whole delivery.
        const auto unflagged = std::upper_bound(
            part.begin(),
            part.end(),
            flagged_until_,
            [](Sequence until, const Candidate& candidate) { return until < candidate.sequence; }
        );
        const auto flagged = static_cast<std::size_t>(unflagged - part.begin());
        deliver_part(part.first(flagged), member, grant.pull, now, out);
        deliver_part(part.subspan(flagged), member, grant.pull, now, out);
        run = run.subspan(grant.count);
    }
}

void ConsumerState::deliver_part(
    std::span<const Candidate> part,
    MemberId member,
    std::uint64_t pull,
    TimePoint now,
    ConsumerOutput& out
) {
    if (part.empty()) {
        return;
    }
    const bool flagged = part.front().sequence <= flagged_until_;
    out.deliveries.push_back({
        .member = member,
        .count = static_cast<std::uint32_t>(part.size()),
        .first = part.front().sequence,
        .pull = pull,
        .redelivered = flagged,
    });
    if (options_.ack != AckPolicy::none) {
        flights_.add_delivered(part, member, flagged, now);
    }
}

void ConsumerState::skip_to(Sequence last) {
    cursor_ = std::max(cursor_, last + 1);
}

void ConsumerState::redeliver(TimePoint now, ConsumerOutput& out) {
    if (!is_paused(now)) {
        flights_.redeliver(now, out);
    }
}

bool ConsumerState::ack(Sequence sequence, TimePoint now, ConsumerOutput& out) {
    active_ = now;
    return options_.ack == AckPolicy::all ? flights_.ack_all(sequence, out)
                                          : flights_.ack(sequence, out);
}

bool ConsumerState::nak(
    Sequence sequence, std::optional<Duration> delay, TimePoint now, ConsumerOutput& out
) {
    active_ = now;
    return flights_.nak(sequence, delay, now, out);
}

bool ConsumerState::in_progress(Sequence sequence, TimePoint now) {
    active_ = now;
    return flights_.in_progress(sequence, now);
}

bool ConsumerState::term(Sequence sequence, TimePoint now, ConsumerOutput& out) {
    active_ = now;
    return flights_.term(sequence, now, out);
}

void ConsumerState::forget_before(Sequence first, ConsumerOutput& out) {
    flights_.forget_before(first, out);
    cursor_ = std::max(cursor_, first);
}

void ConsumerState::expire(TimePoint now, ConsumerOutput& out) {
    members_.expire(now, out.ended);
    if (options_.inactivity && members_.size() == 0 && now - active_ >= *options_.inactivity) {
        out.inactive = true;
    }
    if (!is_paused(now)) {
        paused_until_ = TimePoint::min();
    }
    flights_.expire(now, out);
}

TimePoint ConsumerState::next_deadline() const {
    TimePoint next = std::min(flights_.next_deadline(), members_.next_expiry());
    if (paused_until_ != TimePoint::min()) {
        next = std::min(next, paused_until_);
    }
    if (options_.inactivity && members_.size() == 0) {
        next = std::min(next, active_ + *options_.inactivity);
    }
    return next;
}

ConsumerImage ConsumerState::snapshot(TimePoint now) const {
    ConsumerImage image{
        .cursor = cursor_,
        .flag_until = std::max(flagged_until_, cursor_ + kReserved),
        .newest_only_until = newest_only_until_,
        .paused = {},
        .flights = flights_.image(now),
    };
    if (is_paused(now)) {
        image.paused = std::chrono::ceil<std::chrono::milliseconds>(paused_until_ - now);
    }
    return image;
}

void ConsumerState::snapshot_stored(const ConsumerImage& image) {
    deliverable_until_ = std::max(deliverable_until_, image.flag_until);
}

std::size_t ConsumerState::memory_bytes() const {
    return sizeof(*this) + flights_.memory_bytes() + members_.memory_bytes();
}

}  // namespace telex::streams
