#pragma once
// Walks the fields of one encoded protobuf message. Bounds-checked. Groups, which only unknown
// fields of a foreign publisher can be, are passed over.
#include "base/bytes.hpp"

#include <cstdint>

namespace telex::client {

class FieldReader {
public:
    explicit FieldReader(ByteView bytes) : rest_(bytes) {}

    // Moves to the next field; false at the end and on malformed bytes.
    [[nodiscard]] bool next() {
        if (rest_.empty() || !ok_) {
            return false;
        }
        std::uint64_t tag = 0;
        ok_ =
            read_varint(tag) && (tag >> 3U) != 0 && (tag >> 32U) == 0 && read_value(tag, kMaxDepth);
        field_ = static_cast<std::uint32_t>(tag >> 3U);
        return ok_;
    }

    bool ok() const { return ok_; }

    std::uint32_t field() const { return field_; }

    // Zero, or empty, when the field has another wire type.
    std::uint64_t number() const { return number_; }

    ByteView bytes() const { return bytes_; }

private:
    [[nodiscard]] bool read_varint(std::uint64_t& value) {
        value = 0;
        for (unsigned shift = 0; shift < 70 && !rest_.empty(); shift += 7) {
            const auto byte = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            value |= static_cast<std::uint64_t>(byte & 0x7FU) << (shift < 64 ? shift : 63);
            if ((byte & 0x80U) == 0) {
                return true;
            }
        }
        return false;
    }

    [[nodiscard]] bool skip(std::size_t count) {
        if (count > rest_.size()) {
            return false;
        }
        rest_.remove_prefix(count);
        return true;
    }

    [[nodiscard]] bool read_value(std::uint64_t tag, int depth) {
        number_ = 0;
        bytes_ = {};
        switch (tag & 7U) {
            case 0:
                return read_varint(number_);
            case 1:
                return skip(8);
            case 2: {
                std::uint64_t size = 0;
                if (!read_varint(size) || size > rest_.size()) {
                    return false;
                }
                bytes_ = rest_.substr(0, size);
                rest_.remove_prefix(size);
                return true;
            }
            case 3:
                return skip_group(tag >> 3U, depth);
            case 5:
                return skip(4);
            default:
                return false;
        }
    }

    // Up to the end tag of the same field number.
    [[nodiscard]] bool skip_group(std::uint64_t field, int depth) {
        std::uint64_t tag = 0;
        while (depth > 0 && read_varint(tag)) {
            if ((tag & 7U) == 4) {
                number_ = 0;
                bytes_ = {};
                return (tag >> 3U) == field;
            }
            if (!read_value(tag, depth - 1)) {
                return false;
            }
        }
        return false;
    }

    static constexpr int kMaxDepth = 100;

    ByteView rest_;
    bool ok_ = true;
    std::uint32_t field_ = 0;
    std::uint64_t number_ = 0;
    ByteView bytes_;
};

}  // namespace telex::client
