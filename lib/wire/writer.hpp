#pragma once
// Writes frames without generated code: a small head in front of a body (an encoded Message) that
// is sent as published, and bodies from parts.
//
// A head ends with the tag and length of Frame.message, so head + body is one whole Frame (without
// its framing). Heads are written into the caller's buffer of at least the named size.
#include "base/bytes.hpp"
#include "wire/frame_view.hpp"
#include "wire/message_parts.hpp"
#include "wire/varint.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace telex::wire {

// Maximum size of the reply_to in a delivery's head: a subject of the default limit.
inline constexpr std::size_t kMaxReplyToBytes = 1024;

// subscription + reply_to + tag and length of message.
inline constexpr std::size_t kMaxDeliveryHead =
    (1 + kMaxVarintBytes) + (3 + kMaxReplyToBytes) + (1 + kMaxVarintBytes);
// subscription + position + tag and length of message.
inline constexpr std::size_t kMaxStoredHead =
    (1 + kMaxVarintBytes) + (2 + 4 * (1 + kMaxVarintBytes)) + (1 + kMaxVarintBytes);
inline constexpr std::size_t kMaxReplyHead = 2 * (1 + kMaxVarintBytes);
// A frame written by the exchange may exceed the frame limit by this many bytes. The limit applies
// to the publisher's frame; a subscriber on a listener with the same limit gets it behind a longer
// head (subscription number, reply subject) or in an envelope that the publisher did not send (raw
// listeners). A constant of the protocol: clients accept it.
inline constexpr std::size_t kHeadAllowance = 4096;
// The part of it for the envelope of a payload published without one.
inline constexpr std::size_t kMaxEnvelope = kHeadAllowance - kMaxDeliveryHead;
// request + timeout_ms + durable + tag and length of message.
inline constexpr std::size_t kMaxPublishHead = 3 * (1 + kMaxVarintBytes) + 2;

// Exchange to client: a delivery. Returns the number of bytes written; returns 0 and writes nothing
// if reply_to is longer than kMaxReplyToBytes. Zero and empty fields are left out, as in proto3.
std::size_t write_delivery_head(
    char* out, std::uint64_t subscription, std::size_t body_size, std::string_view reply_to = {}
);

// Exchange to client: the delivery of a consumer.
std::size_t write_stored_head(
    char* out, std::uint64_t subscription, std::size_t body_size, const Position& position
);

// Exchange to client: appends the reply to a durable publication, a whole frame.
void append_stored(
    std::string& out,
    std::uint64_t request,
    std::string_view stream,
    std::uint64_t sequence,
    bool duplicate
);

// Exchange to client: the reply to a request.
std::size_t write_reply_head(char* out, std::uint64_t request, std::size_t body_size);

// Client to exchange: a publication, or a request if `request` is not zero and `durable` is false.
std::size_t write_publish_head(
    char* out,
    std::size_t body_size,
    std::uint64_t request = 0,
    std::uint32_t timeout_ms = 0,
    bool durable = false
);

using MessageParts = BasicMessageParts<HeaderView>;

// Bytes that append_message adds.
std::size_t message_size(const MessageParts& parts);

// Appends a body, byte for byte like the generated serializer.
void append_message(std::string& out, const MessageParts& parts);
void append_message(
    std::string& out,
    std::string_view subject,
    ByteView payload,
    std::string_view reply = {},
    std::span<const HeaderView> headers = {}
);

}  // namespace telex::wire
