#include "streams/flight_control.hpp"

#include <algorithm>

namespace telex::streams {

namespace {

using std::chrono::milliseconds;

// Until a dead letter that was not stored is tried again.
constexpr Duration kDeadLetterRetry = std::chrono::seconds(5);

// Deadlines are multiples of a fraction of the wait, so that flights are searched for overdue ones
// at most that often in it.
constexpr int kDeadlineSteps = 64;
constexpr Duration kMinStep = milliseconds(1);
constexpr Duration kMaxStep = std::chrono::seconds(1);

}  // namespace

Duration FlightControl::wait_of(std::uint32_t attempt) const {
    if (options_.back_off.empty()) {
        return options_.ack_wait;
    }
    return options_.back_off[std::min<std::size_t>(attempt, options_.back_off.size()) - 1];
}

TimePoint FlightControl::deadline_after(Duration wait, TimePoint now) {
    const Duration step = std::clamp(wait / kDeadlineSteps, kMinStep, kMaxStep);
    const Duration exact = (now + wait).time_since_epoch();
    const TimePoint deadline((exact + step - Duration(1)) / step * step);
    earliest_ = std::min(earliest_, deadline);
    return deadline;
}

void FlightControl::set_state(Flight& flight, FlightState state, TimePoint deadline) {
    const int waiting = static_cast<int>(state == FlightState::waiting) -
                        static_cast<int>(flight.state == FlightState::waiting);
    flight.state = state;
    flight.deadline = deadline;
    if (options_.key_affinity) {
        keys_.changed(flight.key, waiting);
    }
}

void FlightControl::make_due(Flight& flight) {
    set_state(flight, FlightState::due, TimePoint::max());
    if (!options_.key_affinity && !flight.queued) {
        flight.queued = true;
        due_.push_back(flight.sequence);
    }
}

void FlightControl::settle(Flight& flight, bool removable, ConsumerOutput& out) {
    out.settled.push_back({flight.sequence, flight.subject, removable});
    if (options_.key_affinity) {
        keys_.remove(flight);
    }
    flights_.settle(flight);
}

void FlightControl::die(Flight& flight, TimePoint now, ConsumerOutput& out) {
    const DeadReason reason =
        flight.terminated ? DeadReason::terminated : DeadReason::max_deliveries;
    out.dead_letters.push_back({flight.sequence, flight.subject, flight.attempts, reason});
    if (options_.dead_letter_subject.empty()) {
        settle(flight, flight.terminated, out);
        return;
    }
    set_state(flight, FlightState::dead, deadline_after(kDeadLetterRetry, now));
}

// The record was not processed. It is delivered again after the delay.
void FlightControl::fail(Flight& flight, Duration delay, TimePoint now, ConsumerOutput& out) {
    if (options_.max_deliveries && flight.attempts >= *options_.max_deliveries) {
        die(flight, now, out);
    } else if (delay > Duration{}) {
        set_state(flight, FlightState::delayed, deadline_after(delay, now));
    } else {
        make_due(flight);
    }
}

// --- delivery -----------------------------------------------------------------------------------

void FlightControl::add_delivered(
    std::span<const Candidate> records, MemberId member, bool flagged, TimePoint now
) {
    const TimePoint deadline = deadline_after(wait_of(1), now);
    for (const Candidate& record : records) {
        flights_.add({
            .sequence = record.sequence,
            .deadline = deadline,
            .member = member,
            .subject = record.subject,
            .attempts = 1,
            .flagged = flagged,
        });
    }
}

void FlightControl::park(std::span<const Candidate> records, Sequence flagged_until) {
    for (const Candidate& record : records) {
        keys_.add(flights_.add({
            .sequence = record.sequence,
            .key = record.key,
            .subject = record.subject,
            .state = FlightState::parked,
            .flagged = record.sequence <= flagged_until,
        }));
    }
}

void FlightControl::restore(const StoredFlight& stored, const Candidate& record, TimePoint now) {
    Flight& flight = flights_.add({
        .sequence = stored.sequence,
        .key = options_.key_affinity ? record.key : 0,
        .subject = record.subject,
        .attempts = stored.attempts,
        .state = FlightState::parked,
        .flagged = true,
    });
    if (options_.max_deliveries && stored.kind < FlightKind::dead) {
        flight.attempts = std::min(flight.attempts, *options_.max_deliveries - 1);
    }
    if (options_.key_affinity) {
        keys_.add(flight);
    }
    switch (stored.kind) {
        case FlightKind::delivered:
        case FlightKind::undelivered:
            make_due(flight);
            break;
        case FlightKind::delayed:
            set_state(flight, FlightState::delayed, deadline_after(stored.delay, now));
            break;
        case FlightKind::dead:
        case FlightKind::terminated:
            // Reported by the first expire().
            flight.terminated = stored.kind == FlightKind::terminated;
            set_state(flight, FlightState::dead, now);
            earliest_ = std::min(earliest_, now);
            break;
    }
}

void FlightControl::deliver(Flight& flight, MemberId member, TimePoint now, ConsumerOutput& out) {
    const Members::Grant grant = members_.use(member, 1);
    ++flight.attempts;
    flight.member = member;
    out.deliveries.push_back({
        .member = member,
        .first = flight.sequence,
        .pull = grant.pull,
        .attempt = flight.attempts,
        .redelivered = flight.flagged || flight.attempts > 1,
    });
    set_state(flight, FlightState::waiting, deadline_after(wait_of(flight.attempts), now));
}

void FlightControl::redeliver(TimePoint now, ConsumerOutput& out) {
    if (options_.key_affinity) {
        redeliver_keyed(now, out);
        return;
    }
    while (members_.credit() > 0 && !due_.empty()) {
        Flight* const flight = flights_.find(due_.front());
        due_.pop_front();
        if (flight == nullptr) {
            continue;
        }
        flight->queued = false;
        if (flight->state == FlightState::due) {
            deliver(*flight, members_.next_with_credit(), now, out);
        }
    }
}

void FlightControl::redeliver_keyed(TimePoint now, ConsumerOutput& out) {
    members_.for_each([&](MemberId member) {
        while (members_.credit_of(member) > 0) {
            const Sequence next = keys_.next_for(member);
            if (next == kNoSequence) {
                return;
            }
            deliver(*flights_.find(next), member, now, out);
        }
    });
}

// --- outcomes -----------------------------------------------------------------------------------

bool FlightControl::ack(Sequence sequence, ConsumerOutput& out) {
    // Also of a record that is due again: the work is done. A parked one was not delivered.
    Flight* const flight = flights_.find(sequence);
    if (flight == nullptr || (flight->attempts == 0 && !flight->flagged)) {
        return false;
    }
    settle(*flight, true, out);
    return true;
}

bool FlightControl::ack_all(Sequence sequence, ConsumerOutput& out) {
    const std::size_t before = flights_.size();
    while (!flights_.empty() && flights_.first() <= sequence) {
        settle(*flights_.find(flights_.first()), true, out);
    }
    return flights_.size() < before;
}

bool FlightControl::nak(
    Sequence sequence, std::optional<Duration> delay, TimePoint now, ConsumerOutput& out
) {
    Flight* const flight = flights_.find(sequence);
    if (flight == nullptr || flight->state != FlightState::waiting) {
        return false;
    }
    const Duration back_off = options_.back_off.empty() ? Duration{} : wait_of(flight->attempts);
    fail(*flight, delay.value_or(back_off), now, out);
    return true;
}

bool FlightControl::in_progress(Sequence sequence, TimePoint now) {
    Flight* const flight = flights_.find(sequence);
    if (flight == nullptr || flight->state != FlightState::waiting) {
        return false;
    }
    flight->deadline = deadline_after(wait_of(flight->attempts), now);
    return true;
}

bool FlightControl::term(Sequence sequence, TimePoint now, ConsumerOutput& out) {
    Flight* const flight = flights_.find(sequence);
    if (flight == nullptr || flight->state == FlightState::parked ||
        flight->state == FlightState::dead) {
        return false;
    }
    flight->terminated = true;
    die(*flight, now, out);
    return true;
}

bool FlightControl::dead_letter_stored(Sequence sequence, ConsumerOutput& out) {
    Flight* const flight = flights_.find(sequence);
    if (flight == nullptr || flight->state != FlightState::dead) {
        return false;
    }
    settle(*flight, true, out);
    return true;
}

bool FlightControl::forget(Sequence sequence, ConsumerOutput& out) {
    Flight* const flight = flights_.find(sequence);
    if (flight == nullptr) {
        return false;
    }
    settle(*flight, false, out);
    return true;
}

void FlightControl::forget_before(Sequence first, ConsumerOutput& out) {
    while (!flights_.empty() && flights_.first() < first) {
        settle(*flights_.find(flights_.first()), false, out);
    }
}

void FlightControl::member_left(MemberId member, TimePoint now, ConsumerOutput& out) {
    scratch_.clear();
    flights_.for_each([&](const Flight& flight) {
        if (flight.member == member && flight.state == FlightState::waiting) {
            scratch_.push_back(flight.sequence);
        }
    });
    for (const Sequence sequence : scratch_) {
        fail(*flights_.find(sequence), Duration{}, now, out);
    }
    if (options_.key_affinity) {
        keys_.rebalance();
    }
}

// --- time ---------------------------------------------------------------------------------------

void FlightControl::expire_one(Flight& flight, TimePoint now, ConsumerOutput& out) {
    switch (flight.state) {
        case FlightState::waiting:
            fail(flight, Duration{}, now, out);
            break;
        case FlightState::delayed:
            make_due(flight);
            break;
        case FlightState::dead:
            die(flight, now, out);
            break;
        default:
            break;
    }
}

void FlightControl::expire(TimePoint now, ConsumerOutput& out) {
    if (now < earliest_) {
        return;
    }
    scratch_.clear();
    earliest_ = TimePoint::max();
    flights_.for_each([&](const Flight& flight) {
        if (flight.deadline <= now) {
            scratch_.push_back(flight.sequence);
        } else {
            earliest_ = std::min(earliest_, flight.deadline);
        }
    });
    for (const Sequence sequence : scratch_) {
        expire_one(*flights_.find(sequence), now, out);
    }
}

// --- snapshots ----------------------------------------------------------------------------------

std::vector<StoredFlight> FlightControl::image(TimePoint now) const {
    std::vector<StoredFlight> stored;
    stored.reserve(flights_.size());
    flights_.for_each([&](const Flight& flight) {
        StoredFlight entry{.sequence = flight.sequence, .attempts = flight.attempts};
        if (flight.state == FlightState::delayed) {
            entry.kind = FlightKind::delayed;
            const Duration left = std::max(Duration{}, Duration(flight.deadline - now));
            entry.delay = std::chrono::ceil<milliseconds>(left);
        } else if (flight.state == FlightState::dead) {
            entry.kind = flight.terminated ? FlightKind::terminated : FlightKind::dead;
        } else if (flight.attempts == 0) {
            entry.kind = FlightKind::undelivered;
        }
        stored.push_back(entry);
    });
    return stored;
}

std::size_t FlightControl::memory_bytes() const {
    return flights_.memory_bytes() + keys_.memory_bytes() +
           (due_.size() + scratch_.capacity()) * sizeof(Sequence);
}

}  // namespace telex::streams
