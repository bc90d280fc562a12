#pragma once
// A client of the native protocol that waits for each frame.
#include "codec/decoder.hpp"
#include "codec/encoder.hpp"
#include "support/client_stream.hpp"
#include "support/session_frames.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace telex::testing {

class TelexClient {
public:
    explicit TelexClient(std::unique_ptr<ClientStream> stream)
        : stream_(std::move(stream)), decoder_(codec::make_decoder(codec::Framing{})) {}

    ClientStream& stream() { return *stream_; }

    // The bytes of a frame on a byte stream.
    static std::string framed(const v1::Frame& frame) {
        std::string bytes;
        if (!codec::make_encoder(codec::Framing{})->encode(frame.SerializeAsString(), bytes)) {
            throw std::runtime_error("the frame is too long for its framing");
        }
        return bytes;
    }

    void send(const v1::Frame& frame) {
        stream_->send(stream_->keeps_packets() ? frame.SerializeAsString() : framed(frame));
    }

    // The next frame; nothing at the end.
    std::optional<v1::Frame> receive() {
        for (;;) {
            if (auto frame = cut_frame()) {
                return frame;
            }
            const std::string piece = stream_->receive();
            if (piece.empty()) {
                if (!unread_.empty()) {
                    throw std::runtime_error("the server's last frame is cut");
                }
                return std::nullopt;
            }
            if (stream_->keeps_packets()) {
                return parse_binary(piece);
            }
            unread_ += piece;
        }
    }

    // Returns the next frame as a short text, or "end".
    std::string next() {
        const auto frame = receive();
        return frame ? summary_of(*frame) : "end";
    }

    // Hello, and the exchange's Welcome.
    void open() {
        send(hello());
        if (const std::string answer = next(); answer != "welcome 1") {
            throw std::runtime_error(answer);
        }
    }

private:
    std::optional<v1::Frame> cut_frame() {
        const codec::DecodeStep step = decoder_->decode(unread_);
        if (step.kind == codec::DecodeStep::Kind::error) {
            throw std::runtime_error("the server's framing is broken");
        }
        if (step.kind != codec::DecodeStep::Kind::frame) {
            return std::nullopt;
        }
        v1::Frame frame = parse_binary(step.payload);
        unread_.erase(0, step.consumed);
        return frame;
    }

    std::unique_ptr<ClientStream> stream_;
    std::unique_ptr<codec::Decoder> decoder_;
    std::string unread_;
};

}  // namespace telex::testing
