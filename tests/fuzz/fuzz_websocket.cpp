// The frames of a WebSocket client, compared with a naive reading of the whole input. The first
// byte says in what pieces the others arrive.
#include "support/websocket_frames.hpp"
#include "websocket/frame_input.hpp"
#include "websocket/message_decoder.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using telex::codec::DecodeStep;
using telex::testing::NaiveMessages;
using telex::websocket::FrameInput;
using telex::websocket::MessageDecoder;

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

struct Read {
    std::string bytes;
    std::optional<std::string> ping;
    bool violated = false;
    std::optional<std::uint16_t> closed;
};

Read read(FrameInput::Boundaries boundaries, std::string_view input, std::size_t piece) {
    FrameInput frames(boundaries);
    Read result;
    for (; !input.empty(); input.remove_prefix(std::min(piece, input.size()))) {
        std::string bytes(input.substr(0, piece));
        const std::size_t kept = frames.take(bytes);
        require(kept <= bytes.size());
        result.bytes.append(bytes, 0, kept);
        if (auto ping = frames.take_ping()) {
            result.ping = std::move(ping);
        }
    }
    result.violated = frames.violation().has_value();
    result.closed = frames.closed();
    return result;
}

std::vector<std::string> messages_in(std::string_view frames) {
    telex::codec::Framing framing;
    framing.kind = telex::codec::FramingKind::datagram;
    MessageDecoder decoder(framing);
    std::vector<std::string> messages;
    for (;;) {
        const DecodeStep step = decoder.decode(frames);
        if (step.kind != DecodeStep::Kind::frame) {
            return messages;
        }
        messages.emplace_back(step.payload);
        frames.remove_prefix(step.consumed);
    }
}

void check(std::string_view input, std::size_t piece) {
    const NaiveMessages expected = telex::testing::read_frames(input, FrameInput::kMaxFragments);
    const Read kept = read(FrameInput::Boundaries::kept, input, piece);
    const Read dropped = read(FrameInput::Boundaries::dropped, input, piece);
    for (const Read* one : {&kept, &dropped}) {
        require(one->violated == expected.violated);
        require(one->closed.has_value() == expected.closed.has_value());
        require(!one->closed || *one->closed == *expected.closed);
        require(one->ping == expected.last_ping);
    }
    require(messages_in(kept.bytes) == expected.messages);
    // A wrong text ends with the piece before the wrong one.
    require(dropped.bytes.starts_with(expected.bytes) || expected.bytes.starts_with(dropped.bytes));
    require(expected.violated || dropped.bytes == expected.bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 0) {
        const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
        check(input, std::max<std::size_t>(data[0], 1));
    }
    return 0;
}
