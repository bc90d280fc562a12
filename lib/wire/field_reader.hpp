#pragma once
// Walks the fields of one encoded message of any type, for frames off the daemon's hot path.
#include "wire/reader.hpp"

namespace telex::wire {

class FieldReader {
public:
    explicit FieldReader(ByteView bytes) : in_(bytes) {}

    // Moves to the next field. Returns false at the end and on malformed bytes.
    [[nodiscard]] bool next() {
        if (!ok_ || in_.at_end()) {
            return false;
        }
        std::uint32_t tag = 0;
        ok_ = in_.read_tag(tag) && read_value(tag);
        field_ = tag >> 3U;
        return ok_;
    }

    // False once malformed bytes were found.
    bool ok() const { return ok_; }

    std::uint32_t field() const { return field_; }

    // Zero, or empty, if the field has another wire type.
    std::uint64_t number() const { return number_; }

    ByteView bytes() const { return bytes_; }

private:
    [[nodiscard]] bool read_value(std::uint32_t tag) {
        number_ = 0;
        bytes_ = {};
        const auto type = static_cast<WireType>(tag & 7U);
        if (tag >> 3U == 0 || (type != WireType::varint && type != WireType::length)) {
            return in_.skip(tag, kMaxDepth);
        }
        return type == WireType::varint ? in_.read_varint(number_) : in_.read_bytes(bytes_);
    }

    Reader in_;
    bool ok_ = true;
    std::uint32_t field_ = 0;
    std::uint64_t number_ = 0;
    ByteView bytes_;
};

}  // namespace telex::wire
