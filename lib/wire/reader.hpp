#pragma once
// Reads protobuf's wire format from a run of bytes, without copies.
//
// A failed call returns false, sets error() and leaves the reader unusable. Accepts exactly what
// the C++ protobuf library accepts: tags and lengths of up to five bytes and values of up to ten,
// without the bits that do not fit a tag or a 64-bit value, and 32-bit values in ten bytes.
#include "base/bytes.hpp"
#include "base/utf8.hpp"
#include "wire/frame_view.hpp"
#include "wire/tag.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace telex::wire {

class Reader {
public:
    explicit Reader(ByteView bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

    bool at_end() const { return at_ == end_; }

    const char* position() const { return at_; }

    ScanError error() const { return error_; }

    bool fail(ScanError error) {
        error_ = error;
        return false;
    }

    [[nodiscard]] bool read_tag(std::uint32_t& tag) {
        if (at_ != end_ && byte_at(0) < 0x80) [[likely]] {
            tag = byte_at(0);
            ++at_;
            return true;
        }
        std::uint64_t value = 0;
        if (!read_long_varint(value, kMaxTagBytes)) {
            return false;
        }
        tag = static_cast<std::uint32_t>(value);
        return true;
    }

    [[nodiscard]] bool read_varint(std::uint64_t& value) {
        if (at_ != end_ && byte_at(0) < 0x80) [[likely]] {
            value = byte_at(0);
            ++at_;
            return true;
        }
        return read_long_varint(value, kMaxValueBytes);
    }

    // Reads a length and that many bytes.
    [[nodiscard]] bool read_bytes(std::string_view& bytes) {
        std::size_t length = 0;
        if (end_ - at_ >= 1 && byte_at(0) < 0x80) [[likely]] {
            length = byte_at(0);
            ++at_;
        } else {
            std::uint64_t value = 0;
            if (!read_long_varint(value, kMaxTagBytes)) {
                return false;
            }
            length = value;
        }
        if (length > static_cast<std::size_t>(end_ - at_)) {
            return fail(ScanError::malformed);
        }
        bytes = {at_, length};
        at_ += length;
        return true;
    }

    // Reads a string field: bytes that must be UTF-8.
    [[nodiscard]] bool read_text(std::string_view& text) {
        return read_bytes(text) && (is_utf8(text) || fail(ScanError::bad_utf8));
    }

    // Skips the value of an unknown field, after its tag. `depth`: number of levels still allowed.
    [[nodiscard]] bool skip(std::uint32_t tag, int depth);

private:
    static constexpr int kMaxTagBytes = 5;
    static constexpr int kMaxValueBytes = 10;

    unsigned byte_at(std::size_t offset) const { return static_cast<unsigned char>(at_[offset]); }

    [[nodiscard]] bool read_long_varint(std::uint64_t& value, int max_bytes);
    [[nodiscard]] bool skip_bytes(std::size_t count);
    [[nodiscard]] bool skip_group(std::uint32_t field, int depth);

    const char* at_;
    const char* end_;
    ScanError error_ = ScanError::malformed;
};

}  // namespace telex::wire
