#pragma once
// Reads the usual delivery: a subscription, then the message up to the end of the frame. All other
// frames, valid or not, are left to decode() (incoming.hpp), which finds the same in this one.
#include "base/bytes.hpp"
#include "wire/field_numbers.hpp"
#include "wire/tag.hpp"

#include <cstddef>
#include <cstdint>

namespace telex::client {

struct PlainDelivery {
    std::uint64_t subscription = 0;
    ByteView body;  // the encoded Message
};

namespace detail {

// Reads a varint of at most four bytes. Returns what follows, or null.
inline const char* short_varint(const char* at, const char* end, std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 28 && at != end; shift += 7) {
        const auto byte = static_cast<unsigned char>(*at++);
        value |= std::uint64_t{byte & 0x7FU} << shift;
        if (byte < 0x80) {
            return at;
        }
    }
    return nullptr;
}

inline bool has_tag(const char* at, const char* end, std::uint32_t field, wire::WireType type) {
    return at != end && static_cast<unsigned char>(*at) == wire::tag_of(field, type);
}

}  // namespace detail

// Returns false if the frame is another one.
[[nodiscard]] inline bool read_plain_delivery(ByteView frame, PlainDelivery& delivery) {
    const char* at = frame.data();
    const char* const end = at + frame.size();
    std::uint64_t size = 0;
    if (!detail::has_tag(at, end, wire::frame_field::kSubscription, wire::WireType::varint)) {
        return false;
    }
    at = detail::short_varint(at + 1, end, delivery.subscription);
    if (at == nullptr ||
        !detail::has_tag(at, end, wire::frame_field::kMessage, wire::WireType::length)) {
        return false;
    }
    at = detail::short_varint(at + 1, end, size);
    if (at == nullptr || size != static_cast<std::size_t>(end - at)) {
        return false;
    }
    delivery.body = {at, static_cast<std::size_t>(size)};
    return true;
}

}  // namespace telex::client
