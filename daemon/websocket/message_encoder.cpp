#include "websocket/message_encoder.hpp"

#include "base/utf8.hpp"
#include "codec/datagram.hpp"

#include <cstring>

namespace telex::websocket {

namespace {

// A packet cannot be empty; a message can.
class WholeMessageEncoder final : public codec::Encoder {
public:
    explicit WholeMessageEncoder(const codec::Framing& framing)
        : packet_(framing), takes_empty_(framing.empty == codec::EmptyFrames::deliver) {}

    [[nodiscard]] Result<void, codec::FrameError> encode(ByteView payload, std::string& out)
        const override {
        return payload.empty() && takes_empty_ ? Result<void, codec::FrameError>{}
                                               : packet_.encode(payload, out);
    }

    [[nodiscard]] Result<bool, codec::FrameError> wrap(
        std::size_t payload_size, codec::Wrapping& wrapping
    ) const override {
        if (payload_size == 0 && takes_empty_) {
            wrapping.clear();
            return true;
        }
        return packet_.wrap(payload_size, wrapping);
    }

private:
    codec::DatagramEncoder packet_;
    bool takes_empty_;
};

}  // namespace

Result<void, codec::FrameError> MessageEncoder::encode(ByteView payload, std::string& out) const {
    const std::size_t begin = out.size();
    if (auto encoded = content_->encode(payload, out); !encoded) {
        return encoded;
    }
    const ByteView message = ByteView(out).substr(begin);
    if (form_.checks_text && !is_utf8(message)) {
        out.resize(begin);
        return unexpected(codec::FrameError::unrepresentable);
    }
    out.insert(begin, make_head(form_.opcode, message.size()).view());
    return {};
}

Result<bool, codec::FrameError> MessageEncoder::wrap(
    std::size_t payload_size, codec::Wrapping& wrapping
) const {
    if (form_.checks_text) {
        return false;
    }
    const auto wrapped = content_->wrap(payload_size, wrapping);
    if (!wrapped || !*wrapped) {
        return wrapped;
    }
    const std::size_t inner = wrapping.head_size;
    const Head head = make_head(form_.opcode, inner + payload_size + wrapping.tail.size());
    if (inner + head.size > wrapping.head_bytes.size()) {
        return false;
    }
    std::memmove(wrapping.head_bytes.data() + head.size, wrapping.head_bytes.data(), inner);
    std::memcpy(wrapping.head_bytes.data(), head.bytes.data(), head.size);
    wrapping.head_size = static_cast<std::uint8_t>(inner + head.size);
    return true;
}

void MessageEncoder::append_whole(ByteView frames, std::string& out) const {
    out.append(make_head(form_.opcode, frames.size()).view());
    out.append(frames);
}

std::unique_ptr<codec::Encoder> make_whole_message_encoder(const codec::Framing& framing) {
    return std::make_unique<WholeMessageEncoder>(framing);
}

}  // namespace telex::websocket
