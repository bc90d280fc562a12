#pragma once
// The syslog protocol: each frame is a syslog message, which is published with its parts as
// headers. Nothing is written to the peer.
//
//   open -> closed
//
// The subject is a template. Without parts of the message in it, it is the same for all messages of
// a peer; with them, the sender chooses a part of it, so permissions are checked for each message.
// A message that is not understood is published as it is, says so in its header, and is counted.
// One whose headers exceed the listener's limits is published without them, as one that is not
// understood. A message that its user may not publish is counted and left out: the protocol cannot
// report it, and the messages behind it may be permitted.
// With idle_timeout a peer is closed after this time without a frame.
//
// Owner: the connection. Thread: the connection's reactor.
#include "base/time.hpp"
#include "protocols/syslog/message_encoder.hpp"
#include "protocols/syslog/syslog_options.hpp"
#include "session/session.hpp"
#include "session/subject_template.hpp"

#include <string>
#include <string_view>

namespace telex::session::syslog {

class SyslogSession final : public Session {
public:
    SyslogSession(Transport& transport, broker::Port& broker, const SessionOptions& options)
        : transport_(transport),
          broker_(broker),
          options_(options),
          syslog_(options_of<SyslogOptions>(options.protocol)) {}

    void start() override;
    void on_user_changed() override;
    void on_frame(const InboundFrame& frame) override;
    void on_end_of_input() override;
    void on_tick() override;
    TimePoint next_deadline() const override;

    [[nodiscard]] SendResult deliver(const Delivery& /*delivery*/) override {
        return not_sent(DropReason::not_encodable);
    }

    [[nodiscard]] SendResult on_reply(std::uint64_t /*request*/, const Delivery& /*reply*/)
        override {
        return not_sent(DropReason::not_encodable);
    }

    void on_request_failed(std::uint64_t /*request*/, v1::ErrorCode /*code*/) override {}

    void on_subscribed(std::uint64_t /*subscription*/) override {}

    void on_unsubscribed(
        std::uint64_t /*subscription*/, std::uint64_t /*delivered*/, std::uint64_t /*dropped*/
    ) override {}

    void on_flushed(std::uint64_t /*id*/) override {}

    void refuse(const Refusal& refusal) override;
    void on_drain() override;

private:
    // Fills in the facts about the peer; closes if the subject could become too long.
    void settle_subject();
    // Returns whether the user may publish to the subject.
    bool may_publish() const;
    void publish(const SyslogMessage& message, ByteView line);
    bool fits(const wire::MessageView& message) const;
    bool fits_a_delivery(const wire::MessageView& message) const;
    void close(CloseReason reason, std::string_view detail);

    Transport& transport_;
    broker::Port& broker_;
    const SessionOptions& options_;
    const SyslogOptions& syslog_;
    SubjectTemplate template_;  // with parts of the message only
    std::string subject_;       // of the latest message
    MessageEncoder encoder_;
    bool closed_ = false;
};

}  // namespace telex::session::syslog
