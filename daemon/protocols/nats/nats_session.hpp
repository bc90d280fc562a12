#pragma once
// The session of a NATS client: which commands it may send when, and what the server answers.
//
//   opening.hpp -> open -> draining ---> input_ended -> closed
//                      \----------------/
//
//   draining      INFO has announced the end; everything is processed until the client or the
//                 exchange closes.
//   input_ended   the client half-closed. The session closes once every command has its answer.
//
// PONG is a barrier: it says that all earlier SUBs are in force on every reactor, and that all
// earlier PUBs are in the queues of their subscribers.
//
// Source: the client protocol at docs.nats.io, and nats-server 2.9.10, whose behaviour clients rely
// on (docs/nats.md). Owner: the connection. Thread: the connection's reactor.
#include "protocols/nats/keep_alive.hpp"
#include "protocols/nats/nats_output.hpp"
#include "protocols/nats/opening.hpp"
#include "protocols/nats/publisher.hpp"
#include "protocols/nats/subscription_book.hpp"
#include "session/session.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace telex::session::nats {

class NatsSession final : public Session {
public:
    NatsSession(Transport& transport, broker::Port& broker, const SessionOptions& options);

    std::string before_tls() override { return opening_.before_tls(); }

    void start() override;
    std::size_t frame_limit() const override;

    bool takes_input() const override { return publisher_.takes_more(); }

    void on_frame(const InboundFrame& frame) override;
    [[nodiscard]] std::size_t on_frames_ahead(
        std::span<const codec::FrameAhead> frames, const ChunkRef* owner
    ) override;
    void on_end_of_input() override;
    void on_tick() override;
    TimePoint next_deadline() const override;

    [[nodiscard]] std::size_t deliver_run(const broker::RunDelivery& delivery) override;
    [[nodiscard]] SendResult deliver(const Delivery& delivery) override;
    [[nodiscard]] SendResult on_reply(std::uint64_t request_id, const Delivery& reply) override;
    void on_request_failed(std::uint64_t request_id, v1::ErrorCode code) override;

    void on_subscribed(std::uint64_t /*subscription*/) override {}

    void on_unsubscribed(
        std::uint64_t subscription, std::uint64_t /*delivered*/, std::uint64_t /*dropped*/
    ) override {
        subscriptions_.on_unsubscribed(subscription);
        note_memory();
    }

    void on_flushed(std::uint64_t id) override;
    void on_published(std::uint64_t confirmation, std::uint64_t receivers) override;
    void refuse(const Refusal& refusal) override;
    void on_authenticated(access::AuthResult result) override;

    void on_user_changed() override { publisher_.forget_checks(); }

    void on_drain() override;

private:
    void receive(ByteView frame);
    // Returns false if the arguments are not those of the command.
    [[nodiscard]] bool receive_command(const CommandLine& line, ByteView payload);
    void receive_ping();
    void refuse_line(const CommandLine& line);
    void close_when_settled();
    // After everything that may have changed it.
    void note_memory();

    // Each connection has one of these: the parts have their flags last, and what follows a part
    // lies in its padding.
    bool greeted_ = false;  // INFO was written
    bool input_ended_ = false;
    bool held_end_ = false;    // the input ended while authenticating
    std::uint32_t pings_ = 0;  // without PONG
    [[no_unique_address]] NatsOutput output_;
    std::uint32_t noted_memory_ = 0;  // in units of kMemoryGrain
    [[no_unique_address]] Opening opening_;
    SubscriptionBook subscriptions_;
    Publisher publisher_;
    KeepAlive keep_alive_;
};

}  // namespace telex::session::nats
