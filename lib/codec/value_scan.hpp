#pragma once
// Finds the end of one value of MessagePack, CBOR or RESP. Resumes where the last call ended: each
// byte is examined once, but for heads, which have at most 13 bytes. Strings are passed over.
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/frame_error.hpp"
#include "codec/value_head.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace telex::codec {

class ValueScan {
public:
    using ReadHead = ValueHead (*)(ByteView);

    ValueScan(ReadHead read_head, std::size_t nesting) : read_head_(read_head), nesting_(nesting) {}

    // Continues at position(). `input` begins with the value, without what was dropped. Returns
    // true if the value is complete. Adds the number of bytes examined to `examined`.
    [[nodiscard]] Result<bool, FrameError> scan(ByteView input, std::uint64_t& examined);

    // End of what was scanned; of a complete value its size.
    std::size_t position() const { return position_; }

    // Bytes that certainly follow position().
    std::uint64_t announced() const { return bytes_left_; }

    // The owner removed what was scanned from its input.
    void drop() { position_ = 0; }

    // At the end of the stream: values say themselves where they end.
    bool ends_with_stream() const { return false; }

    static std::size_t filler(ByteView /*input*/) { return 0; }

    void restart();

private:
    // The kind of the bytes at position_.
    enum class Part : std::uint8_t { head, bytes, blob, line, line_end };

    // Values that an outer value still needs.
    struct Level {
        std::uint64_t left = 0;
        ValueHead::Rest kind = ValueHead::Rest::values;
        std::uint8_t type = 0;  // chunks
        bool odd = false;       // pairs
    };

    enum class Progress : std::uint8_t { more, waits, complete };

    [[nodiscard]] Result<Progress, FrameError> step(ByteView input, std::uint64_t& examined);
    [[nodiscard]] Result<Progress, FrameError> take_head(ByteView input, std::uint64_t& examined);
    [[nodiscard]] Result<Progress, FrameError> begin(const ValueHead& head);
    [[nodiscard]] Result<Progress, FrameError> open(Level level);
    [[nodiscard]] Result<Progress, FrameError> stop();
    [[nodiscard]] Result<Progress, FrameError> pass_line(ByteView input, std::uint64_t& examined);
    [[nodiscard]] Result<Progress, FrameError> pass_line_end(ByteView input);
    Progress pass_bytes(ByteView input);
    Progress end_value();
    bool fits_chunks(const ValueHead& head) const;

    ReadHead read_head_;
    std::size_t nesting_;
    Part part_ = Part::head;
    std::size_t position_ = 0;
    std::uint64_t bytes_left_ = 0;
    bool after_cr_ = false;
    std::vector<Level> levels_;
};

}  // namespace telex::codec
