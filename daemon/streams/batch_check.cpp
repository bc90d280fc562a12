#include "streams/batch_check.hpp"

#include <unordered_set>

namespace telex::streams {

namespace {

Refusal refuse(RefusalReason reason, std::uint64_t limit = 0) {
    return Refusal{.reason = reason, .limit = limit};
}

}  // namespace

std::optional<Refusal> BatchCheck::check_duplicates(std::span<const Offer> offers) {
    struct Hash {
        std::size_t operator()(const IdHash& id) const { return id.low; }
    };

    std::unordered_set<IdHash, Hash> ids;
    std::size_t stored = 0;
    bool same_batch = true;
    for (std::size_t i = 0; i < offers.size(); ++i) {
        const Offer& offer = offers[i];
        if (offer.id.empty() || !state_.options_.duplicate_window) {
            continue;
        }
        if (!ids.insert(offer.id).second) {
            Refusal repeated = refuse(RefusalReason::batch_repeats_id);
            repeated.index = static_cast<std::uint32_t>(i);
            return repeated;
        }
        if (const Sequence original = state_.find_duplicate(offer); original != kNoSequence) {
            // The same batch has its messages at the same distances.
            const Sequence first = original > i ? original - i : kNoSequence;
            same_batch =
                same_batch && first != kNoSequence && (stored == 0 || first == duplicate_of_);
            duplicate_of_ = first;
            ++stored;
        }
    }
    ids_ = ids.size();
    if (stored != 0 && (stored != ids_ || !same_batch)) {
        return refuse(RefusalReason::batch_partly_duplicate);
    }
    return std::nullopt;
}

std::optional<Refusal> BatchCheck::check_offer(const Offer& offer, bool is_first) {
    if (const auto refusal = state_.check_form(offer)) {
        return refusal;
    }
    if (offer.roll_up != RollUp::none) {
        return refuse(RefusalReason::batch_roll_up);
    }
    const SubjectRef subject = state_.records_.find_subject(offer.subject);
    const std::uint64_t count = ++counts_[offer.subject];
    if ((offer.expected_last && !is_first) || (offer.expected_subject_last && count > 1)) {
        return refuse(RefusalReason::batch_condition);
    }
    if (const auto refusal = state_.check_conditions(offer, subject)) {
        return refusal;
    }
    if (const auto refusal = state_.check_subject_limit(subject, count)) {
        return refusal;
    }
    const bool is_new = subject == kNoSubject && count == 1;
    new_subjects_ += is_new ? 1 : 0;
    bytes_ += offer.bytes;
    growth_ += state_.records_.subjects().growth_bytes(offer.subject, is_new);
    return std::nullopt;
}

std::optional<Refusal> BatchCheck::check_sums(std::size_t messages) const {
    const StreamOptions& options = state_.options_;
    const RecordLedger& ledger = state_.records_.ledger();
    const std::uint64_t most_messages = options.max_messages.value_or(messages);
    const std::uint64_t most_bytes = options.max_bytes.value_or(bytes_);
    if (messages > most_messages || bytes_ > most_bytes) {
        return refuse(RefusalReason::batch_exceeds_limits);
    }
    if (options.discard != Discard::oldest) {
        if (options.max_messages && ledger.messages() + messages > most_messages) {
            return refuse(RefusalReason::too_many_messages, most_messages);
        }
        if (options.max_bytes && ledger.bytes() + bytes_ > most_bytes) {
            return refuse(RefusalReason::too_many_bytes, most_bytes);
        }
    }
    if (state_.records_.subjects().size() + new_subjects_ > options.max_subjects) {
        return refuse(RefusalReason::too_many_subjects, options.max_subjects);
    }
    if (state_.records_.ids().size() + ids_ > options.max_duplicate_ids) {
        return refuse(RefusalReason::too_many_message_ids, options.max_duplicate_ids);
    }
    const std::size_t id_growth =
        ids_ == 0 ? 0 : state_.records_.ids().growth_bytes(state_.last_time_);
    if (state_.memory_bytes() + growth_ + id_growth > state_.bounds_.max_memory) {
        return refuse(RefusalReason::memory_budget, state_.bounds_.max_memory);
    }
    return std::nullopt;
}

std::optional<Refusal> BatchCheck::run(std::span<const Offer> offers) {
    if (offers.empty()) {
        return refuse(RefusalReason::batch_empty);
    }
    if (offers.size() > kMaxBatch) {
        return refuse(RefusalReason::batch_too_large, kMaxBatch);
    }
    if (const auto refusal = check_duplicates(offers); refusal || duplicate_of_ != kNoSequence) {
        return refusal;
    }
    for (std::size_t i = 0; i < offers.size(); ++i) {
        if (auto refusal = check_offer(offers[i], i == 0)) {
            refusal->index = static_cast<std::uint32_t>(i);
            return refusal;
        }
    }
    return check_sums(offers.size());
}

}  // namespace telex::streams
