#pragma once
// The json protocol: the native conversation with one JSON Frame per line, for people and scripts.
//
// Differences to the native session, because people type: Hello may be left out (another first
// frame opens the session with its defaults, without a Welcome) and has no deadline; an empty line
// is ignored; the reply to a line that is not a frame is BAD_MESSAGE with the parser's text, and
// only kMaxBadLines of them in a row end the session.
// A line of HTTP ends it at once: a web page can make a browser send any text to this port, and the
// frames in that text must not be carried out.
// Owner: the connection. Thread: the connection's reactor.
#include "protocols/native/frame_session.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace telex::session::native {

class JsonSession final : public FrameSession {
public:
    static constexpr unsigned kMaxBadLines = 16;

    JsonSession(Transport& transport, broker::Port& broker, const SessionOptions& options)
        : FrameSession(transport, broker, options, Opening::by_any_frame) {}

    void on_frame(const InboundFrame& frame) override;
    [[nodiscard]] SendResult deliver(const Delivery& delivery) override;
    [[nodiscard]] SendResult deliver_stored(const broker::StoredDelivery& delivery) override;

private:
    [[nodiscard]] SendResult put(const v1::Frame& frame) override;
    [[nodiscard]] SendResult put_reply(
        std::uint64_t request, const wire::MessageView& message, const ChunkRef* owner
    ) override;
    // Reads a line by the library.
    void receive_unusual(std::string_view line);
    // A line has been read; `encoded` is its frame.
    void receive_line(ByteView encoded);
    void on_bad_line(std::string_view line, std::string_view error);
    // Encodes a message, and reports the work.
    [[nodiscard]] bool write_line(std::string& line, const wire::FrameView& frame);

    unsigned bad_lines_ = 0;  // in a row
};

}  // namespace telex::session::native
