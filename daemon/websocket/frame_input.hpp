#pragma once
// The frames that a client sends, between the socket and the decoder of the listener's framing.
//
//   raw bytes --> take(): control frames, masks and (optionally) heads are removed in place
//
// A client's frames are always longer than what is left of them, so this needs no memory beside the
// buffer of the read. With Boundaries::kept the heads of data frames stay, without their masks: a
// MessageDecoder reads them. Otherwise the payloads of all messages are one stream of bytes.
//
// Every rule is checked before the byte that breaks it is passed on: the decoder never sees a whole
// frame that is wrong.
//
// Owner and thread: the stream's. No I/O.
#include "websocket/text_check.hpp"
#include "websocket/unmask.hpp"
#include "websocket/violation.hpp"
#include "websocket/wire.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace telex::websocket {

class FrameInput {
public:
    // Frames of one message. Their heads take memory until the message is complete, and empty ones
    // cost their sender little.
    static constexpr std::uint32_t kMaxFragments = 65'536;

    enum class Boundaries : std::uint8_t { kept, dropped };

    explicit FrameInput(Boundaries boundaries) : boundaries_(boundaries) {}

    // Replaces the bytes of a read by what they carry. Returns the size of that, which may be 0.
    // Ignores what follows a violation or a close frame.
    [[nodiscard]] std::size_t take(std::span<char> bytes);

    const std::optional<Violation>& violation() const { return violation_; }

    // The peer has sent its close frame, with this code.
    const std::optional<std::uint16_t>& closed() const { return closed_; }

    // The payload of the last ping since the last call.
    std::optional<std::string> take_ping();

private:
    bool has_ended() const { return violation_.has_value() || closed_.has_value(); }

    bool is_control() const { return (head_[0] & kControlBit) != 0; }

    bool is_final() const { return (head_[0] & kFinalBit) != 0; }

    // Returns the byte that is passed on, if one is.
    std::optional<std::uint8_t> take_head_byte(std::uint8_t byte);
    void check_first();
    void check_data_opcode(Opcode opcode);
    void check_second();
    void check_length_byte();
    void end_head();
    // Returns the number of bytes that were written to `to`.
    std::size_t take_payload(const char* from, char* to, std::size_t size);
    void end_frame();
    void end_control();
    void take_close(ByteView payload);
    void fail(Violation violation);

    const Boundaries boundaries_;
    std::array<std::uint8_t, kMaxHead + kMaskBytes> head_{};
    std::size_t head_size_ = 0;  // of the bytes that have arrived
    bool in_payload_ = false;
    std::uint64_t payload_left_ = 0;
    Mask mask_;
    bool in_message_ = false;  // the last data frame was not final
    bool is_text_ = false;
    std::uint32_t fragments_ = 0;
    TextCheck text_;
    std::array<char, kMaxControlPayload> control_{};
    std::size_t control_size_ = 0;
    std::optional<std::string> ping_;
    std::optional<Violation> violation_;
    std::optional<std::uint16_t> closed_;
};

}  // namespace telex::websocket
