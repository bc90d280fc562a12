#pragma once
// Copies of records that a consumer has given up, on its dead-letter subject.
//
// If a stream stores that subject, the copy is a record of it, and the consumer settles the record
// once the copy is on the disk. Otherwise the copy is an ordinary publication, settled at once. A
// crash in between may store a copy twice: its message id is the same.
#include "exchange/stream_consumers.hpp"
#include "storage/consumer_set.hpp"
#include "storage/engine_parts.hpp"

#include <string>
#include <vector>

namespace telex::storage {

// Headers of a dead letter, and its message id: `STREAM/CONSUMER/SEQUENCE`.
inline constexpr std::string_view kDeadReasonHeader = "Telex-Dead-Reason";
inline constexpr std::string_view kDeadAttemptsHeader = "Telex-Dead-Attempts";
inline constexpr std::string_view kDeadStreamHeader = "Telex-Dead-Stream";
inline constexpr std::string_view kDeadConsumerHeader = "Telex-Dead-Consumer";
inline constexpr std::string_view kDeadSequenceHeader = "Telex-Dead-Sequence";
inline constexpr std::string_view kDeadSubjectHeader = "Telex-Dead-Subject";

// Owner: Consumers. The storage thread.
class DeadLetters {
public:
    // Both must outlive it.
    DeadLetters(const EngineParts& parts, ConsumerSet& set) : parts_(parts), set_(set) {}

    // Publishes a copy. A failed one is tried again when the consumer reports the letter again.
    void publish(
        ConsumerRuntime& consumer,
        const StreamRuntime& stream,
        const streams::DeadLetter& letter,
        exchange::MemberSource* shard
    );

private:
    StreamRuntime* target_of(access::AccountId account, std::string_view subject);
    [[nodiscard]] bool store(
        StreamRuntime& target,
        const ConsumerIdentity& consumer,
        Sequence sequence,
        const std::string& subject,
        const std::string& body,
        exchange::MemberSource* shard
    );

    const EngineParts& parts_;
    ConsumerSet& set_;
};

}  // namespace telex::storage
