#pragma once
// Frames to bytes: the mirror of decoder.hpp. What an encoder writes, the decoder of the same
// framing reads back as the same payload, or encode() refuses it.
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/frame_error.hpp"
#include "codec/framing.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace telex::codec {

inline constexpr std::size_t kMaxHeadBytes = 24;

// What goes before and after a payload that itself travels unchanged. Framings with longer heads
// have encode() only.
struct Wrapping {
    std::array<char, kMaxHeadBytes> head_bytes;  // the first head_size are set
    std::uint8_t head_size = 0;
    ByteView tail{};  // belongs to the encoder

    ByteView head() const { return {head_bytes.data(), head_size}; }

    void clear() {
        head_size = 0;
        tail = {};
    }
};

// The writing side of a framing. Without state: one serves any number of streams and threads.
class Encoder {
public:
    Encoder() = default;
    Encoder(const Encoder&) = delete;
    Encoder& operator=(const Encoder&) = delete;
    virtual ~Encoder() = default;

    // Appends one frame. On error nothing is appended.
    [[nodiscard]] virtual Result<void, FrameError> encode(ByteView payload, std::string& out)
        const = 0;

    // For gathered output: fills `wrapping` with that of any payload of this size. False where the
    // framing must see or change the payload itself (then use encode()). Errors are those of
    // encode().
    [[nodiscard]] virtual Result<bool, FrameError> wrap(
        std::size_t payload_size, Wrapping& wrapping
    ) const = 0;
};

// `framing` must be valid: validate() found nothing.
std::unique_ptr<Encoder> make_encoder(const Framing& framing);

}  // namespace telex::codec
