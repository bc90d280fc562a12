#pragma once
// Field numbers of telex/v1/telex.proto, for code that must not depend on the generated headers.
// frame_encoding.cpp checks them against the generated ones.
#include <cstdint>

namespace telex::wire {

namespace frame_field {
inline constexpr std::uint32_t kSubscription = 1;
inline constexpr std::uint32_t kMessage = 2;
inline constexpr std::uint32_t kRequest = 3;
inline constexpr std::uint32_t kTimeoutMs = 4;
inline constexpr std::uint32_t kReplyTo = 5;
inline constexpr std::uint32_t kDurable = 6;
inline constexpr std::uint32_t kPosition = 7;
inline constexpr std::uint32_t kHello = 8;
inline constexpr std::uint32_t kWelcome = 9;
inline constexpr std::uint32_t kSubscribe = 10;
inline constexpr std::uint32_t kSubscribed = 11;
inline constexpr std::uint32_t kUnsubscribe = 12;
inline constexpr std::uint32_t kUnsubscribed = 13;
inline constexpr std::uint32_t kCredit = 14;
inline constexpr std::uint32_t kPing = 15;
inline constexpr std::uint32_t kPong = 16;
inline constexpr std::uint32_t kFlush = 17;
inline constexpr std::uint32_t kFlushed = 18;
inline constexpr std::uint32_t kGoodbye = 19;
inline constexpr std::uint32_t kError = 20;
inline constexpr std::uint32_t kChallenge = 21;
inline constexpr std::uint32_t kProof = 22;
inline constexpr std::uint32_t kStored = 23;
inline constexpr std::uint32_t kConsume = 24;
inline constexpr std::uint32_t kAcknowledge = 25;
}  // namespace frame_field

namespace message_field {
inline constexpr std::uint32_t kSubject = 1;
inline constexpr std::uint32_t kPayload = 2;
inline constexpr std::uint32_t kReply = 3;
inline constexpr std::uint32_t kHeaders = 4;
inline constexpr std::uint32_t kId = 5;
inline constexpr std::uint32_t kContentType = 6;
inline constexpr std::uint32_t kType = 7;
inline constexpr std::uint32_t kTtlMs = 8;
inline constexpr std::uint32_t kExpectedLastSequence = 9;
inline constexpr std::uint32_t kExpectedSubjectSequence = 10;
inline constexpr std::uint32_t kRollUp = 11;
inline constexpr std::uint32_t kHeaderBlock = 24;
}  // namespace message_field

namespace header_field {
inline constexpr std::uint32_t kName = 1;
inline constexpr std::uint32_t kValue = 2;
}  // namespace header_field

namespace stored_field {
inline constexpr std::uint32_t kStream = 1;
inline constexpr std::uint32_t kSequence = 2;
inline constexpr std::uint32_t kDuplicate = 3;
}  // namespace stored_field

namespace position_field {
inline constexpr std::uint32_t kSequence = 1;
inline constexpr std::uint32_t kUnixNanoseconds = 2;
inline constexpr std::uint32_t kAttempt = 3;
inline constexpr std::uint32_t kRedelivered = 4;
}  // namespace position_field

}  // namespace telex::wire
