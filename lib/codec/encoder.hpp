#pragma once
// Turns frames into bytes: the mirror of decoder.hpp. The decoder of the same framing reads back
// the same payload; encode() rejects payloads for which it would not.
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

// The bytes before and after a payload that is itself sent unchanged. Framings with longer heads
// have encode() only.
struct Wrapping {
    std::array<char, kMaxHeadBytes> head_bytes;  // the first head_size are set
    std::uint8_t head_size = 0;
    ByteView tail{};  // owned by the encoder

    ByteView head() const { return {head_bytes.data(), head_size}; }

    void clear() {
        head_size = 0;
        tail = {};
    }
};

// The writing side of a framing. Stateless: one serves any number of streams and threads.
class Encoder {
public:
    Encoder() = default;
    Encoder(const Encoder&) = delete;
    Encoder& operator=(const Encoder&) = delete;
    virtual ~Encoder() = default;

    // Appends one frame. Appends nothing on error.
    [[nodiscard]] virtual Result<void, FrameError> encode(ByteView payload, std::string& out)
        const = 0;

    // For gathered output: fills `wrapping` with the wrapping of any payload of this size. Returns
    // false if the framing must inspect or change the payload (use encode() then). Errors are those
    // of encode().
    [[nodiscard]] virtual Result<bool, FrameError> wrap(
        std::size_t payload_size, Wrapping& wrapping
    ) const = 0;

    // Appends bytes that are whole frames already.
    virtual void append_whole(ByteView frames, std::string& out) const { out.append(frames); }
};

// Requires a valid `framing` (validate() returns nullopt).
std::unique_ptr<Encoder> make_encoder(const Framing& framing);

}  // namespace telex::codec
