#include "protocols/nats/nats_session.hpp"

#include "protocols/nats/delivery_writer.hpp"
#include "protocols/nats/error_text.hpp"
#include "protocols/nats/header_block.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace telex::session::nats {

namespace {

// In units of the reactor (reactor/work_meter.hpp): about 0.3 us.
constexpr std::uint64_t kControlWork = 24;

constexpr std::size_t kMaxSent = 64;

// Memory that is not reported: less is part of the cost of a connection.
constexpr std::size_t kMemoryGrain = 1024;

}  // namespace

NatsSession::NatsSession(Transport& transport, broker::Port& broker, const SessionOptions& options)
    : output_(transport, broker, options),
      opening_(output_),
      publisher_(output_, subscriptions_.names()) {}

void NatsSession::start() {
    greeted_ = true;
    opening_.start();
}

std::size_t NatsSession::frame_limit() const {
    return opening_.is_done() ? SIZE_MAX : output_.options().max_frame_bytes_before_hello;
}

// --- commands in ---------------------------------------------------------------------------------

void NatsSession::on_frame(const InboundFrame& frame) {
    if (output_.is_closed() || input_ended_) {
        return;
    }
    publisher_.forget_last();
    if (opening_.is_authenticating()) {
        opening_.hold(frame.bytes);
    } else {
        receive(frame.bytes);
    }
    expect_more(publisher_.may_repeat());
    if (!publisher_.may_repeat()) {
        note_memory();
    }
}

void NatsSession::note_memory() {
    const std::size_t memory = opening_.memory() + subscriptions_.memory() + publisher_.memory();
    const auto noted = static_cast<std::uint32_t>(memory / kMemoryGrain);
    if (noted != noted_memory_) {
        noted_memory_ = noted;
        output_.transport().note_memory(noted * kMemoryGrain);
    }
}

std::size_t NatsSession::on_frames_ahead(
    std::span<const codec::FrameAhead> frames, const ChunkRef* /*owner*/
) {
    return publisher_.publish_repeated(frames);
}

void NatsSession::receive(ByteView frame) {
    // The line has its end only if a payload follows.
    const std::size_t end = frame.find('\n');
    const bool has_payload = end != ByteView::npos;
    const CommandLine line = parse_line(has_payload ? without_return(frame.substr(0, end)) : frame);
    const ByteView payload = has_payload ? frame.substr(end + 1) : ByteView();
    if (opening_.requires_connect() && line.verb != Verb::connect) {
        output_.fail(
            v1::NOT_AUTHENTICATED,
            CloseReason::not_authenticated,
            kNotAuthenticated,
            "authentication required: the first command is not CONNECT"
        );
    } else if (!receive_command(line, payload) && !output_.is_closed()) {
        refuse_line(line);
    }
}

bool NatsSession::receive_command(const CommandLine& line, ByteView payload) {
    if (line.verb != Verb::connect) {
        opening_.note_command();
    }
    switch (line.verb) {
        case Verb::pub:
            return publisher_.publish(line, payload);
        case Verb::hpub:
            return opening_.headers() && publisher_.publish(line, payload);
        case Verb::sub:
            output_.transport().add_work(kControlWork);
            return subscriptions_.subscribe(output_, line.arguments(), opening_.echo());
        case Verb::unsub:
            output_.transport().add_work(kControlWork);
            return subscriptions_.unsubscribe(output_, line.arguments());
        case Verb::ping:
            output_.transport().add_work(kControlWork);
            receive_ping();
            return true;
        case Verb::connect:
            output_.transport().add_work(kControlWork);
            opening_.receive_connect(line.rest);
            publisher_.set_no_responders(opening_.headers() && opening_.no_responders());
            return true;
        case Verb::pong:  // its arrival shows in Transport::last_received
        case Verb::info:
            return true;
        default:
            return false;
    }
}

// As nats-server does: only what is not a command at all has a text, which ends the client.
void NatsSession::refuse_line(const CommandLine& line) {
    const bool is_command = line.verb != Verb::unknown && !line.arguments().empty();
    output_.fail(
        v1::BAD_MESSAGE,
        CloseReason::bad_message,
        is_command || line.verb == Verb::outcome ? std::string_view() : kUnknownOperation,
        is_command ? "a command with wrong arguments" : "not a command of a client"
    );
}

void NatsSession::receive_ping() {
    if (pings_ >= output_.options().max_pending_requests) {
        output_.fail(
            v1::TOO_MANY_REQUESTS, CloseReason::protocol_violation, "", "too many PINGs at once"
        );
        return;
    }
    ++pings_;
    output_.broker().flush(0);
}

void NatsSession::on_flushed(std::uint64_t /*id*/) {
    if (output_.is_closed() || pings_ == 0) {
        return;
    }
    --pings_;
    output_.write("PONG");
    close_when_settled();
}

void NatsSession::on_authenticated(access::AuthResult result) {
    if (!opening_.on_authenticated(result)) {
        return;
    }
    for (const std::string& frame : opening_.take_held()) {
        if (!output_.is_closed()) {
            receive(frame);
        }
    }
    note_memory();
    if (held_end_) {
        on_end_of_input();
    }
}

// --- messages out --------------------------------------------------------------------------------

SendResult NatsSession::deliver(const Delivery& delivery) {
    if (output_.is_closed()) {
        return not_sent(DropReason::connection_lost);
    }
    const wire::MessageView& message = delivery.message;
    DeliveryWriter writer(subscriptions_.names());
    const bool has_block = message.header_count != 0 || !message.header_block.empty();
    if (!has_block || !opening_.headers()) [[likely]] {
        const ByteView head = writer.write(
            message.subject, delivery.subscription, delivery.reply_to, message.payload.size()
        );
        return output_.transport().send_delivery(
            {head, message.payload, delivery.owner}, delivery.key
        );
    }
    ScratchText block;
    append_block(block.text(), message);
    const ByteView head = writer.write_with_block(
        message.subject,
        delivery.subscription,
        delivery.reply_to,
        block.text(),
        message.payload.size()
    );
    return output_.transport().send_delivery({head, message.payload, delivery.owner}, delivery.key);
}

// Payloads of the same size have the same line.
std::size_t NatsSession::deliver_run(const broker::RunDelivery& delivery) {
    if (output_.is_closed()) {
        return 0;
    }
    DeliveryWriter writer(subscriptions_.names());
    std::array<wire::PlainMessage, kMaxSent> payloads;
    std::span<const wire::PlainMessage> left = delivery.run.messages;
    while (!left.empty()) {
        const std::size_t size = left.front().payload().size();
        std::size_t count = 0;
        while (count < std::min(left.size(), kMaxSent) && left[count].payload().size() == size) {
            payloads[count].body = left[count].payload();
            ++count;
        }
        const std::size_t sent = output_.transport().send_deliveries(
            writer.write(delivery.run.subject, delivery.subscription, {}, size),
            {delivery.run.subject, std::span(payloads).first(count), delivery.run.owner},
            delivery.key
        );
        left = left.subspan(sent);
        if (sent != count) {
            break;
        }
    }
    return delivery.run.messages.size() - left.size();
}

SendResult NatsSession::on_reply(std::uint64_t request_id, const Delivery& reply) {
    const SendResult sent = publisher_.on_reply(request_id, reply);
    note_memory();
    close_when_settled();
    return sent;
}

void NatsSession::on_request_failed(std::uint64_t request_id, v1::ErrorCode code) {
    publisher_.on_request_failed(request_id, code);
    note_memory();
    close_when_settled();
}

void NatsSession::on_published(std::uint64_t confirmation, std::uint64_t receivers) {
    publisher_.on_published(confirmation, receivers);
    note_memory();
    close_when_settled();
}

// --- the end -------------------------------------------------------------------------------------

void NatsSession::refuse(const Refusal& refusal) {
    if (output_.is_closed()) {
        return;
    }
    if (!greeted_) {
        start();  // clients read INFO first
    }
    if (refusal.subscription != 0 && !refusal.closing) {
        subscriptions_.on_refused(output_, refusal);
        return;
    }
    if (const auto text = text_of(refusal)) {
        output_.write_error(*text);
    } else if (refusal.closing) {
        opening_.announce_end();
    }
    if (refusal.closing) {
        output_.note_closed();
    }
}

void NatsSession::on_end_of_input() {
    if (opening_.is_authenticating()) {
        held_end_ = true;
        return;
    }
    input_ended_ = true;
    close_when_settled();
}

void NatsSession::close_when_settled() {
    if (input_ended_ && !output_.is_closed() && pings_ == 0 && publisher_.is_settled()) {
        output_.close(CloseReason::client_closed);
    }
}

void NatsSession::on_drain() {
    if (!output_.is_closed()) {
        opening_.announce_end();
    }
}

void NatsSession::on_tick() {
    if (output_.is_closed() || input_ended_) {
        return;
    }
    if (opening_.is_done()) {
        keep_alive_.on_tick(output_);
    } else {
        opening_.on_tick();
    }
}

TimePoint NatsSession::next_deadline() const {
    if (output_.is_closed() || input_ended_) {
        return TimePoint::max();
    }
    return opening_.is_done() ? keep_alive_.next_deadline(output_) : opening_.deadline();
}

}  // namespace telex::session::nats
