#pragma once
// A stream as plain maps and loops: the oracle of the simulation. Copyable, so that a crash can
// return to what was committed.
#include "streams/stream_state.hpp"
#include "wire/subject.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace telex::streams::test {

// An Offer that owns its texts.
struct Publication {
    std::string subject;
    std::string id;
    std::uint32_t bytes = 0;
    std::optional<Sequence> expected_last;
    std::optional<Sequence> expected_subject_last;
    std::optional<Duration> ttl;
    RollUp roll_up = RollUp::none;
    bool wanted = true;

    Offer offer(const IdHasher& hasher) const {
        return {
            .subject = subject,
            .bytes = bytes,
            .id_bytes = static_cast<std::uint32_t>(id.size()),
            .id = hasher(id),
            .expected_last = expected_last,
            .expected_subject_last = expected_subject_last,
            .ttl = ttl,
            .roll_up = roll_up,
            .wanted = wanted,
        };
    }
};

using StreamDecision = Result<Placement, Refusal>;

class NaiveStream {
public:
    struct Record {
        std::string subject;
        std::string id;
        std::uint32_t bytes = 0;
        Time time{};
        Duration ttl{};
    };

    struct Id {
        Sequence sequence = kNoSequence;
        Time time{};
        bool stored = true;
    };

    explicit NaiveStream(StreamOptions options) : options_(std::move(options)) {}

    [[nodiscard]] StreamDecision decide(const Publication& offer, Time now) {
        if (const auto refusal = check(offer)) {
            return unexpected(*refusal);
        }
        if (is_known(offer.id)) {
            return Placement{
                .sequence = ids.at(offer.id).sequence, .time = last_time, .duplicate = true
            };
        }
        if (const auto refusal = check_place(offer)) {
            return unexpected(*refusal);
        }
        return accept(offer, now);
    }

    // Batches without roll-ups.
    [[nodiscard]] StreamDecision decide_batch(std::span<const Publication> offers, Time now) {
        std::set<std::string> seen;
        std::size_t known = 0;
        std::size_t with_id = 0;
        std::set<Sequence> firsts;
        bool impossible = false;
        for (std::size_t i = 0; i < offers.size(); ++i) {
            if (offers[i].id.empty() || !options_.duplicate_window) {
                continue;
            }
            ++with_id;
            if (!seen.insert(offers[i].id).second) {
                return unexpected(Refusal{
                    .reason = RefusalReason::batch_repeats_id,
                    .index = static_cast<std::uint32_t>(i)
                });
            }
            if (is_known(offers[i].id)) {
                ++known;
                firsts.insert(ids.at(offers[i].id).sequence - i);
                impossible = impossible || ids.at(offers[i].id).sequence <= i;
            }
        }
        if (known > 0 && (known < with_id || firsts.size() > 1 || impossible)) {
            return unexpected(Refusal{.reason = RefusalReason::batch_partly_duplicate});
        }
        if (known > 0) {
            return Placement{.sequence = *firsts.begin(), .time = last_time, .duplicate = true};
        }
        // All or none: tried on a copy.
        NaiveStream copy = *this;
        std::optional<Placement> first;
        for (const Publication& offer : offers) {
            const auto placed = copy.decide(offer, now);
            if (!placed) {
                return placed;
            }
            first = first ? first : *placed;
        }
        *this = copy;
        return *first;
    }

    void expire(const StreamTimes& times) {
        std::erase_if(records, [&](const auto& entry) {
            const Record& record = entry.second;
            const bool old = options_.max_age && record.time + *options_.max_age <= times.expiry;
            const bool ended = record.ttl > Duration{} && record.time + record.ttl <= times.expiry;
            return old || ended;
        });
        if (options_.duplicate_window) {
            const Duration width = *options_.duplicate_window / 4;
            const auto number = [&](Time time) { return time.time_since_epoch() / width; };
            std::erase_if(ids, [&](const auto& entry) {
                return number(entry.second.time) < number(times.now - *options_.duplicate_window);
            });
        }
    }

    // Ids of records that were never stored are forgotten by a restart.
    void restart() {
        std::erase_if(ids, [](const auto& entry) { return !entry.second.stored; });
    }

    Sequence first() const { return records.empty() ? last + 1 : records.begin()->first; }

    std::uint64_t bytes() const {
        std::uint64_t sum = 0;
        for (const auto& [sequence, record] : records) {
            sum += record.bytes;
        }
        return sum;
    }

    std::vector<Sequence> sequences_of(std::string_view filter) const {
        std::vector<Sequence> found;
        for (const auto& [sequence, record] : records) {
            if (wire::matches(filter, record.subject)) {
                found.push_back(sequence);
            }
        }
        return found;
    }

    Sequence last_of(std::string_view subject) const {
        const auto found = sequences_of(subject);
        return found.empty() ? kNoSequence : found.back();
    }

    std::map<Sequence, Record> records;
    std::map<std::string, Id> ids;
    Sequence last = kNoSequence;
    Time last_time{};

private:
    bool is_known(const std::string& id) const {
        return options_.duplicate_window && !id.empty() && ids.contains(id);
    }

    std::optional<Refusal> check(const Publication& offer) const {
        if (offer.bytes > options_.max_message_bytes) {
            return Refusal{
                .reason = RefusalReason::message_too_large, .limit = options_.max_message_bytes
            };
        }
        if (offer.id.size() > kMaxMessageIdBytes) {
            return Refusal{
                .reason = RefusalReason::message_id_too_long, .limit = kMaxMessageIdBytes
            };
        }
        if (offer.ttl && !options_.allow_ttl) {
            return Refusal{.reason = RefusalReason::ttl_not_allowed};
        }
        if (offer.ttl && *offer.ttl < std::chrono::seconds(1)) {
            return Refusal{.reason = RefusalReason::ttl_invalid};
        }
        if (offer.roll_up != RollUp::none && !options_.allow_roll_up) {
            return Refusal{.reason = RefusalReason::roll_up_not_allowed};
        }
        return std::nullopt;
    }

    std::optional<Refusal> check_place(const Publication& offer) const {
        if (offer.expected_last && *offer.expected_last != last) {
            return Refusal{.reason = RefusalReason::wrong_last_sequence, .actual = last};
        }
        const Sequence subject_last = last_of(offer.subject);
        if (offer.expected_subject_last && *offer.expected_subject_last != subject_last) {
            return Refusal{.reason = RefusalReason::wrong_subject_sequence, .actual = subject_last};
        }
        if (!offer.id.empty() && options_.duplicate_window &&
            ids.size() >= options_.max_duplicate_ids) {
            return Refusal{
                .reason = RefusalReason::too_many_message_ids, .limit = options_.max_duplicate_ids
            };
        }
        return options_.discard == Discard::oldest ? std::nullopt : check_full(offer);
    }

    // The stream with the record must be within its limits.
    std::optional<Refusal> check_full(const Publication& offer) const {
        NaiveStream after = *this;
        after.add(offer);
        after.roll_up(offer);
        if (options_.discard == Discard::newest) {
            after.limit_subject(offer.subject);
        }
        if (options_.max_messages && after.records.size() > *options_.max_messages) {
            return Refusal{
                .reason = RefusalReason::too_many_messages, .limit = *options_.max_messages
            };
        }
        if (options_.max_bytes && after.bytes() > *options_.max_bytes) {
            return Refusal{.reason = RefusalReason::too_many_bytes, .limit = *options_.max_bytes};
        }
        if (options_.max_per_subject &&
            after.sequences_of(offer.subject).size() > *options_.max_per_subject) {
            return Refusal{
                .reason = RefusalReason::too_many_per_subject, .limit = *options_.max_per_subject
            };
        }
        return std::nullopt;
    }

    void add(const Publication& offer) {
        ++last;
        records[last] = {
            offer.subject, offer.id, offer.bytes, last_time, offer.ttl.value_or(Duration{})
        };
    }

    void roll_up(const Publication& offer) {
        for (const Sequence old :
             offer.roll_up == RollUp::all ? sequences_of(">") : sequences_of(offer.subject)) {
            if (offer.roll_up != RollUp::none && old != last) {
                records.erase(old);
            }
        }
    }

    void limit_subject(std::string_view subject) {
        const auto found = sequences_of(subject);
        for (std::size_t i = 0;
             options_.max_per_subject && i + *options_.max_per_subject < found.size();
             ++i) {
            records.erase(found[i]);
        }
    }

    Placement accept(const Publication& offer, Time now) {
        last_time = std::max(last_time, now);
        const bool stored = options_.retention != Retention::interest || offer.wanted;
        if (!offer.id.empty() && options_.duplicate_window) {
            ids[offer.id] = {last + 1, last_time, stored};
        }
        if (!stored) {
            ++last;
            return {.sequence = last, .time = last_time, .stored = false};
        }
        add(offer);
        roll_up(offer);
        limit_subject(offer.subject);
        while (records.size() > options_.max_messages.value_or(records.size()) ||
               bytes() > options_.max_bytes.value_or(bytes())) {
            records.erase(records.begin());
        }
        return {.sequence = last, .time = last_time};
    }

    StreamOptions options_;
};

}  // namespace telex::streams::test
