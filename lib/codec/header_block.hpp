#pragma once
// Reads a block of header lines up to a blank one, and the length of the body that it announces.
//
// Lines that two readers may interpret differently are an error, so that no frame hides in another
// one (request smuggling, CWE-444): continuation lines, a blank before the colon, a CR inside a
// line, more than one length, a length that is not digits only, a transfer coding.
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/frame_error.hpp"
#include "codec/framing.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace telex::codec {

class HeaderBlock {
public:
    // `options` must outlive it.
    explicit HeaderBlock(const HeaderOptions& options) : options_(options) {}

    // Continues behind the lines of the last call. `input` begins with the block's first byte and
    // is that of the last call, or longer. Returns true if the block is complete. Adds the number
    // of bytes examined to `examined`.
    [[nodiscard]] Result<bool, FrameError> read(ByteView input, std::uint64_t& examined);

    // Of a complete block: its size with the blank line, and that of the body, if it says so.
    std::size_t size() const { return next_line_; }

    std::optional<std::uint64_t> body() const { return body_; }

    // Begins another block.
    void restart();

private:
    std::optional<FrameError> take_line(ByteView line);
    std::optional<FrameError> take_header(ByteView line, std::size_t colon);
    std::optional<FrameError> take_length(ByteView value);
    bool is_start_line(ByteView line) const;

    const HeaderOptions& options_;
    bool first_ = true;          // the next line is the first
    std::size_t next_line_ = 0;  // offset of the line after the last complete one
    std::size_t searched_ = 0;   // no further line ends before this offset
    std::optional<std::uint64_t> body_;
};

// Returns true for a token of HTTP: letters, digits and some marks.
bool is_token(ByteView text);

// Returns true if both are the same in any case of ASCII letters.
bool is_same_name(ByteView left, ByteView right);

inline constexpr ByteView kTransferEncoding = "Transfer-Encoding";

}  // namespace telex::codec
