#pragma once
// Writing frames without generated code: a small head in front of a body (an encoded Message) that
// is sent as its publisher wrote it, and bodies from parts.
//
// A head ends with the tag and length of Frame.message, so head + body is one whole Frame (without
// its framing). Heads go into a buffer of the caller's of at least the named size.
#include "base/bytes.hpp"
#include "wire/frame_view.hpp"
#include "wire/varint.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace telex::v1 {
class Frame;
}

namespace telex::wire {

// Longest reply_to of a delivery; the exchange's own reply subjects are shorter.
inline constexpr std::size_t kMaxReplyToBytes = 64;

// subscription + reply_to + tag and length of message.
inline constexpr std::size_t kMaxDeliveryHead =
    (1 + kMaxVarintBytes) + (2 + kMaxReplyToBytes) + (1 + kMaxVarintBytes);
inline constexpr std::size_t kMaxAnswerHead = 2 * (1 + kMaxVarintBytes);
// A frame that the exchange writes may be longer than the longest frame that it reads, by so many
// bytes: the limit holds for what a publisher sent, and a subscriber of a listener with the same
// limit gets all of it behind a longer head (a subscription's number, a reply subject) or in an
// envelope that the publisher had not written (raw listeners). A constant of the protocol: clients
// accept as much.
inline constexpr std::size_t kHeadAllowance = 4096;
// Of that, for the envelope of a payload that came without one.
inline constexpr std::size_t kMaxEnvelope = kHeadAllowance - kMaxDeliveryHead;
// request + timeout_ms + tag and length of message.
inline constexpr std::size_t kMaxPublishHead = 3 * (1 + kMaxVarintBytes);

// Exchange to client, a delivery. Returns the bytes written; 0, and writes nothing, when reply_to
// is longer than kMaxReplyToBytes. Zero and empty fields are left out, as everywhere in proto3.
std::size_t write_delivery_head(
    char* out, std::uint64_t subscription, std::size_t body_size, std::string_view reply_to = {}
);

// Exchange to client, the answer to a request.
std::size_t write_answer_head(char* out, std::uint64_t request, std::size_t body_size);

// Client to exchange: a publish, or a request when `request` is not zero.
std::size_t write_publish_head(
    char* out, std::size_t body_size, std::uint64_t request = 0, std::uint32_t timeout_ms = 0
);

// All that a Message can carry. Text must be UTF-8.
struct MessageParts {
    std::string_view subject;
    ByteView payload;
    std::string_view reply;
    std::span<const HeaderView> headers;
    std::string_view id;
    std::string_view content_type;
    std::string_view type;
};

// Bytes that append_message adds.
std::size_t message_size(const MessageParts& parts);

// Appends a body: byte for byte what the generated serializer makes of the same Message.
void append_message(std::string& out, const MessageParts& parts);
void append_message(
    std::string& out,
    std::string_view subject,
    ByteView payload,
    std::string_view reply = {},
    std::span<const HeaderView> headers = {}
);

// Appends the frame's encoding, without a length in front.
void append_frame(std::string& out, const v1::Frame& frame);

}  // namespace telex::wire
