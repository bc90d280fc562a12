#pragma once
// Publications of a NATS client: PUB and HPUB. Each becomes a telex.v1.Message.
//
//   subject              goes
//   $SYS. and more       as a request to the exchange; the reply to the reply subject
//   $JS.API. and more    nowhere: the reply says that JetStream is not enabled
//   $JS. $KV. $O. $SRV.  as any other
//   other $              is refused
//
// A client that asked for it gets a message with the status 503 when no client takes a message with
// a reply subject, if it has a subscription for that subject itself.
//
// Owner: the session. Thread: the connection's reactor.
#include "base/allocated.hpp"
#include "codec/decoder.hpp"
#include "protocols/nats/command_line.hpp"
#include "protocols/nats/delivery_writer.hpp"
#include "protocols/nats/message_writer.hpp"
#include "protocols/nats/nats_output.hpp"
#include "session/message_rules.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace telex::session::nats {

class Publisher {
public:
    Publisher(NatsOutput& output, const SidNames& names) : output_(output), names_(names) {}

    // Whether the client wants the status 503.
    void set_no_responders(bool wanted) { no_responders_ = wanted; }

    // `payload`: what follows the line. Returns false if the arguments are not those of the
    // command.
    [[nodiscard]] bool publish(const CommandLine& line, ByteView payload);

    // The last publication was accepted, had neither reply subject nor headers, and is short.
    bool may_repeat() const { return may_repeat_; }

    void forget_last() { may_repeat_ = false; }

    // Publishes frames that differ from the last one in their payloads only, from the first on.
    // Returns how many.
    [[nodiscard]] std::size_t publish_repeated(std::span<const codec::FrameAhead> frames);

    // The user's permissions have changed.
    void forget_checks() {
        if (state_) {
            state_->good_subject.clear();
        }
        may_repeat_ = false;
    }

    void on_published(std::uint64_t confirmation, std::uint64_t receivers);
    [[nodiscard]] SendResult on_reply(std::uint64_t request, const Delivery& reply);
    void on_request_failed(std::uint64_t request, v1::ErrorCode code);

    // Of what waits for its outcome.
    std::size_t memory() const {
        return state_ ? state_->waiting_memory +
                            allocated(state_->waiting.bucket_count() * sizeof(void*))
                      : 0;
    }

    // Nothing waits for its outcome.
    bool is_settled() const { return waiting_count() == 0; }

    // Returns false while too much waits for its outcome; then calls Transport::resume_input.
    bool takes_more() const { return waiting_count() < kMaxWaiting; }

private:
    // Longer payloads are not worth a run, and are shared instead of copied.
    static constexpr std::size_t kMaxRepeated = 1024;
    static constexpr std::size_t kMaxWaiting = 1024;

    using Waiting = std::unordered_map<std::uint64_t, std::string>;

    [[nodiscard]] std::optional<Problem> check(const wire::MessageView& message) const;
    void route(const wire::MessageView& message, const ChunkRef* owner);
    void publish_good(const wire::MessageView& message, const ChunkRef* owner);
    void request_of_exchange(const wire::MessageView& message);
    void reply_without_streams(const wire::MessageView& message);
    void publish_with_outcome(const wire::MessageView& message, const ChunkRef* owner);
    // Publishes a message of the exchange's own to the client's reply subject; the client gets it
    // even without echo.
    void publish_reply(
        std::string_view subject, ByteView payload, std::span<const wire::HeaderView> headers
    );
    // To a client that wants it.
    void write_no_responders(std::string_view reply);
    // Returns the number of something whose outcome is reported to this reply subject.
    std::uint64_t wait(std::string_view reply);
    // Returns the reply subject of something that waits, and forgets it.
    std::optional<std::string> take(std::uint64_t number);

    // Of a client that publishes.
    struct State {
        std::string good_subject;  // of the last accepted publication
        std::uint64_t last_number = 0;
        // Reply subjects of publications and requests whose outcome is not known yet.
        Waiting waiting;
        std::size_t waiting_memory = 0;  // without the buckets
    };

    std::size_t waiting_count() const { return state_ ? state_->waiting.size() : 0; }

    NatsOutput& output_;
    const SidNames& names_;
    std::unique_ptr<State> state_;  // null until the first publication
    bool may_repeat_ = false;
    bool no_responders_ = false;
};

}  // namespace telex::session::nats
