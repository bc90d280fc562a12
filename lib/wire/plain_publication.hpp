#pragma once
// Reads the usual publication: a frame of one message, which has a subject and a payload, in this
// order, and nothing else.
//
// Uses pointers instead of views: a view that is written in halves and read as a whole stalls the
// processor for longer than the rest takes.
#include "base/bytes.hpp"
#include "wire/field_numbers.hpp"
#include "wire/frame_view.hpp"
#include "wire/tag.hpp"

#include <cstddef>
#include <cstdint>

namespace telex::wire {

namespace detail {

// Returns the content of the length-delimited field at `at`, with a one-byte tag and a length of at
// most two bytes, and sets `size`. Returns null in all other cases.
[[gnu::always_inline]] inline const char* short_field(
    const char* at, const char* end, std::uint32_t field, std::size_t& size
) {
    constexpr std::ptrdiff_t kMinimum = 3;
    const auto byte = [&](std::size_t i) {
        return std::uint32_t{static_cast<unsigned char>(at[i])};
    };
    if (end - at < kMinimum || byte(0) != tag_of(field, WireType::length)) {
        return nullptr;
    }
    size = byte(1);
    const char* content = at + 2;
    if (size >= 0x80) {
        if (byte(2) >= 0x80) {
            return nullptr;
        }
        size = (size & 0x7FU) | (byte(2) << 7U);
        ++content;
    }
    return size <= static_cast<std::size_t>(end - content) ? content : nullptr;
}

}  // namespace detail

// Sets body, subject and payload. Returns false for all other bodies, valid or not, and for long
// ones; the message is then unchanged. Does not look at the subject's bytes.
[[gnu::always_inline]] inline bool read_plain_message(ByteView body, MessageView& message) {
    const char* const end = body.data() + body.size();
    std::size_t subject_size = 0;
    const char* const subject =
        detail::short_field(body.data(), end, message_field::kSubject, subject_size);
    if (subject == nullptr) {
        return false;
    }
    std::size_t payload_size = 0;
    const char* const payload =
        detail::short_field(subject + subject_size, end, message_field::kPayload, payload_size);
    if (payload == nullptr || payload + payload_size != end) {
        return false;
    }
    message.body = body;
    message.subject = {subject, subject_size};
    message.payload = {payload, payload_size};
    return true;
}

// Sets body, subject and payload. Returns false for all other frames, valid or not, and for long
// ones; the message is then unchanged. Does not look at the subject's bytes. Always inline: the
// call and the views in memory cost a fifth of the whole.
[[gnu::always_inline]] inline bool read_plain_publication(ByteView frame, MessageView& message) {
    const char* const end = frame.data() + frame.size();
    std::size_t body_size = 0;
    const char* const body =
        detail::short_field(frame.data(), end, frame_field::kMessage, body_size);
    return body != nullptr && body + body_size == end &&
           read_plain_message({body, body_size}, message);
}

}  // namespace telex::wire
