#include "wire/reader.hpp"

namespace telex::wire {

bool Reader::read_long_varint(std::uint64_t& value, int max_bytes) {
    std::uint64_t result = 0;
    for (int index = 0; index < max_bytes && at_ != end_; ++index) {
        const std::uint64_t byte = byte_at(0);
        ++at_;
        result |= (byte & 0x7FU) << (7U * static_cast<unsigned>(index));
        if (byte < 0x80) {
            value = result;
            return true;
        }
    }
    return fail(ScanError::malformed);
}

bool Reader::skip_bytes(std::size_t count) {
    if (count > static_cast<std::size_t>(end_ - at_)) {
        return fail(ScanError::malformed);
    }
    at_ += count;
    return true;
}

bool Reader::skip(std::uint32_t tag, int depth) {
    const std::uint32_t field = tag >> 3U;
    if (field == 0) {
        return fail(ScanError::malformed);
    }
    std::uint64_t value = 0;
    std::string_view bytes;
    switch (static_cast<WireType>(tag & 7U)) {
        case WireType::varint:
            return read_varint(value);
        case WireType::fixed64:
            return skip_bytes(8);
        case WireType::length:
            return read_bytes(bytes);
        case WireType::start_group:
            return skip_group(field, depth);
        case WireType::fixed32:
            return skip_bytes(4);
        case WireType::end_group:
            break;  // no group is open
    }
    return fail(ScanError::malformed);
}

bool Reader::skip_group(std::uint32_t field, int depth) {
    if (depth == 0) {
        return fail(ScanError::too_deep);
    }
    const std::uint32_t end_tag = tag_of(field, WireType::end_group);
    while (!at_end()) {
        std::uint32_t tag = 0;
        if (!read_tag(tag)) {
            return false;
        }
        if (tag == end_tag) {
            return true;
        }
        if (!skip(tag, depth - 1)) {
            return false;
        }
    }
    return fail(ScanError::malformed);
}

}  // namespace telex::wire
