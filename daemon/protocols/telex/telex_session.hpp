#pragma once
// The native protocol: each frame is a telex.v1.Frame in protobuf's binary encoding.
//
// A published message's bytes are checked by one scan and handed on as they are; a delivery is a
// small head in front of the publisher's bytes. Neither way allocates. The session itself:
// frame_session.hpp. Owner: the connection. Thread: the connection's reactor.
#include "protocols/native/frame_session.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace telex::session::native {

class TelexSession final : public FrameSession {
public:
    TelexSession(Transport& transport, broker::Port& broker, const SessionOptions& options)
        : FrameSession(transport, broker, options, Opening::by_hello) {}

    void on_frame(const InboundFrame& frame) override {
        receive(frame.bytes, frame.owner);
        expect_more(may_repeat());
    }

    [[nodiscard]] std::size_t on_frames_ahead(
        std::span<const codec::FrameAhead> frames, const ChunkRef* owner
    ) override {
        return receive_repeated(frames, owner);
    }

    bool wants_notice() const override { return broker().wants_notice(); }

    void on_notice(std::span<const codec::FrameAhead> frames) override { notice(frames); }

    [[nodiscard]] std::size_t deliver_run(const broker::RunDelivery& delivery) override;
    [[nodiscard]] SendResult deliver(const Delivery& delivery) override;
    [[nodiscard]] SendResult deliver_stored(const broker::StoredDelivery& delivery) override;

private:
    [[nodiscard]] SendResult put(const v1::Frame& frame) override;
    [[nodiscard]] SendResult put_stored(std::uint64_t request, const broker::StoredOutcome& outcome)
        override;
    [[nodiscard]] SendResult put_reply(
        std::uint64_t request, const wire::MessageView& message, const ChunkRef* owner
    ) override;
};

}  // namespace telex::session::native
