#pragma once
// Writes each frame of a framing as one WebSocket message, unfragmented: the framing's bytes are
// the message's payload.
#include "codec/encoder.hpp"
#include "websocket/wire.hpp"

#include <cstddef>
#include <memory>
#include <string>

namespace telex::websocket {

struct MessageForm {
    Opcode opcode = Opcode::binary;  // or text
    // A text that may be wrong: what is not UTF-8 is not written (unrepresentable), because the
    // peer would close the connection.
    bool checks_text = false;
};

class MessageEncoder final : public codec::Encoder {
public:
    MessageEncoder(MessageForm form, std::unique_ptr<codec::Encoder> content)
        : form_(form), content_(std::move(content)) {}

    [[nodiscard]] Result<void, codec::FrameError> encode(ByteView payload, std::string& out)
        const override;
    [[nodiscard]] Result<bool, codec::FrameError> wrap(
        std::size_t payload_size, codec::Wrapping& wrapping
    ) const override;
    void append_whole(ByteView frames, std::string& out) const override;

private:
    MessageForm form_;
    std::unique_ptr<codec::Encoder> content_;
};

// Writes nothing around a payload, which is the content of a message: `framing` of kind `datagram`.
std::unique_ptr<codec::Encoder> make_whole_message_encoder(const codec::Framing& framing);

}  // namespace telex::websocket
