#include "storage/dead_letters.hpp"

#include "storage/record_search.hpp"
#include "telex/v1/telex.pb.h"
#include "wire/subject.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace telex::storage {

namespace {

std::string_view text_of(streams::DeadReason reason) {
    switch (reason) {
        case streams::DeadReason::max_deliveries:
            break;
        case streams::DeadReason::terminated:
            return "terminated";
    }
    return "max_deliveries";
}

void add_header(v1::Message& message, std::string_view name, std::string value) {
    v1::Header& header = *message.add_headers();
    header.set_name(std::string(name));
    header.set_value(std::move(value));
}

// Empty if the record is not an encoded message.
std::string copy_of(
    const store::Record& record,
    const StoredStream& stream,
    const ConsumerRuntime& consumer,
    const streams::DeadLetter& letter
) {
    v1::Message message;
    if (!message.ParseFromArray(record.body.data(), static_cast<int>(record.body.size()))) {
        return {};
    }
    const std::string& name = consumer.identity().name;
    message.set_subject(consumer.options().dead_letter_subject);
    message.set_id(fmt::format("{}/{}/{}", stream.name, name, letter.sequence));
    // Conditions of the first publication, and headers in another form.
    message.clear_reply();
    message.clear_ttl_ms();
    message.clear_expected_last_sequence();
    message.clear_expected_subject_sequence();
    message.clear_roll_up();
    message.clear_header_block();
    add_header(message, kDeadReasonHeader, std::string(text_of(letter.reason)));
    add_header(message, kDeadAttemptsHeader, std::to_string(letter.attempts));
    add_header(message, kDeadStreamHeader, stream.name);
    add_header(message, kDeadConsumerHeader, name);
    add_header(message, kDeadSequenceHeader, std::to_string(letter.sequence));
    add_header(message, kDeadSubjectHeader, std::string(record.subject));
    return message.SerializeAsString();
}

}  // namespace

StreamRuntime* DeadLetters::target_of(access::AccountId account, std::string_view subject) {
    StreamRuntime* target = nullptr;
    parts_.streams.for_each([&](StreamRuntime& stream) {
        const auto& subjects = stream.options().subjects;
        if (stream.captures && stream.account == account &&
            std::any_of(subjects.begin(), subjects.end(), [&](const std::string& filter) {
                return wire::matches(filter, subject);
            })) {
            target = &stream;
        }
    });
    return target;
}

// Returns false if the stream will never store it.
bool DeadLetters::store(
    StreamRuntime& target,
    const ConsumerIdentity& consumer,
    Sequence sequence,
    const std::string& subject,
    const std::string& body,
    exchange::MemberSource* shard
) {
    const exchange::StreamDecision decision =
        parts_.loop.decide_one({.stream = target.stored()->number, .subject = subject, .body = body}
        );
    if (decision.code != v1::ERROR_CODE_UNSPECIFIED) {
        return decision.code != v1::NOT_STORABLE;
    }
    const access::AccountId account = *target.account;
    const bool routes = shard != nullptr && !decision.duplicate;
    parts_.loop.after_commit([=, this](const CommitOutcome& outcome) {
        if (!outcome.ok()) {
            return;
        }
        if (routes) {
            shard->publish(account, subject, body, true);
        }
        ConsumerRuntime* const present = set_.find(consumer.stream, consumer.name);
        if (present != nullptr && present->identity().id == consumer.id) {
            present->dead_letter_stored(sequence);
            set_.wake(*present);
        }
    });
    return true;
}

void DeadLetters::publish(
    ConsumerRuntime& consumer,
    const StreamRuntime& stream,
    const streams::DeadLetter& letter,
    exchange::MemberSource* shard
) {
    if (!stream.account) {
        return;  // the letter is reported again, until its account is there
    }
    const StoredStream& stored = *stream.stored();
    const auto found = find_record(parts_.store, stored, letter.sequence);
    if (!found) {
        return;
    }
    const std::string body =
        *found ? copy_of((*found)->record(), stored, consumer, letter) : std::string();
    if (body.empty()) {
        // The record was removed meanwhile.
        consumer.dead_letter_stored(letter.sequence);
        return;
    }
    const std::string& subject = consumer.options().dead_letter_subject;
    StreamRuntime* const target = target_of(*stream.account, subject);
    if (target != nullptr &&
        store(*target, consumer.identity(), letter.sequence, subject, body, shard)) {
        return;
    }
    if (shard != nullptr) {
        shard->publish(*stream.account, subject, body, false);
        consumer.dead_letter_stored(letter.sequence);
    }
}

}  // namespace telex::storage
