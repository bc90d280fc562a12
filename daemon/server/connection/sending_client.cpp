#include "server/connection/sending_client.hpp"

#include "server/connection/peer_identity.hpp"
#include "server/listener/ownership.hpp"

#include <fmt/format.h>

#include <utility>

namespace telex::server {

namespace {

// A connection that is ended for its memory may hold this much until its peer has read why.
constexpr std::size_t kMaxGoodbye = 1U << 20U;

}  // namespace

SendingClient::SendingClient(
    exchange::Shard& shard,
    ReactorBuffers& buffers,
    ListenerSettingsPtr settings,
    ListenerSlot slot,
    ClientPeer peer,
    std::unique_ptr<ByteStream> stream
)
    : ClientBase(shard, std::move(settings), std::move(slot), std::move(peer)),
      stream_(std::move(stream)),
      send_queue_(buffers, stream_->keeps_packets(), broker_.queued()),
      charges_(shard.account(), settings_->options().slow_consumer.max_pending_bytes),
      events_(shard, *this),
      slow_consumer_(
          shard, broker_, send_queue_, charges_, events_, settings_->options().slow_consumer
      ),
      last_written_(shard.reactor().now()),
      writer_(
          buffers,
          settings_->outgoing(stream_->keeps_packets()),
          settings_->encoder(stream_->keeps_packets()),
          stream_->max_packet()
      ) {
    stream_->set_output(*this);
}

SendingClient::~SendingClient() {
    reactor().forget(flush_work_);
}

bool SendingClient::owns_daemon() const {
    const auto credentials = credentials_of(*stream_);
    return credentials && server::owns_daemon(*credentials);
}

void SendingClient::count_refusal(v1::ErrorCode code) {
    ClientBase::count_refusal(code);
    if (code == v1::NOT_AUTHENTICATED || code == v1::AUTHENTICATION_BUSY) {
        events_.authentication_failed(code);
    }
}

// --- output --------------------------------------------------------------------------------------

session::SendResult SendingClient::check_reply(const session::OutFrame& frame) const {
    codec::Wrapping wrap;
    FramedParts parts;
    return writer_.write(frame, FrameWriter::Content::reply, wrap, parts);
}

session::SendResult SendingClient::enqueue(
    const session::OutFrame& frame, FrameWriter::Content content, std::uint64_t key
) {
    if (!lifecycle_.is_live()) {
        return session::not_sent(lifecycle_.drop_reason());
    }
    codec::Wrapping wrap;
    FramedParts parts;
    if (const auto written = writer_.write(frame, content, wrap, parts); !written) {
        return written;
    }
    send_queue_.put(parts, key, reactor().now());
    ++frames_out_;
    reactor().run_at_end(flush_work_);
    write_if_long();
    return {};
}

std::size_t SendingClient::send_deliveries(
    ByteView head, const broker::PublicationRun& bodies, std::uint64_t key
) {
    if (!lifecycle_.is_live()) {
        return 0;
    }
    std::span<const wire::PlainMessage> left = bodies.messages;
    codec::Wrapping wrap;
    FramedParts parts;
    // Not with a framing that changes the bytes, or does not take them.
    if (!writer_.write_in_place({head, left.front().body, bodies.owner}, wrap, parts)) {
        return 0;
    }
    while (!left.empty()) {
        left = left.subspan(send_queue_.put_run(parts, left, key, kWriteNow, reactor().now()));
        write_if_long();
    }
    frames_out_ += bodies.messages.size();
    reactor().run_at_end(flush_work_);
    return bodies.messages.size();
}

session::SendResult SendingClient::send_bytes(ByteView bytes) {
    if (!lifecycle_.is_live()) {
        return session::not_sent(lifecycle_.drop_reason());
    }
    if (bytes.size() > stream_->max_packet()) {
        return session::not_sent(broker::DropReason::too_large);
    }
    std::string whole;
    settings_->encoder(stream_->keeps_packets()).append_whole(bytes, whole);
    write_between_frames(whole);
    return {};
}

void SendingClient::write_between_frames(ByteView bytes) {
    if (lifecycle_.is_live()) {
        send_queue_.put({bytes, {}, {}, {}, nullptr}, kControlKey, reactor().now());
        reactor().run_at_end(flush_work_);
    }
}

// Writes what the stream takes. May run while messages are being routed: if the stream is broken,
// the connection ends at the end of the turn.
void SendingClient::try_write() {
    if (send_queue_.empty() || !send_queue_.may_flush()) {
        return;
    }
    const std::size_t before = send_queue_.bytes();
    // The queue keeps the outcome as its state.
    (void)send_queue_.flush(*stream_);
    const std::size_t written = before - send_queue_.bytes();
    bytes_out_ += written;
    shard_.counters().sent_bytes += written;
    add_work(written / reactor::work::kWrittenBytes);
    if (written > 0) {
        last_written_ = reactor().now();
    }
    if (send_queue_.is_blocked()) {
        broker_.lose_room();
    } else if (!send_queue_.empty()) {
        reactor().run_at_end(flush_work_);
    }
}

void SendingClient::write_turn() {
    if (lifecycle_.is(Phase::lingering) || lifecycle_.is(Phase::closed)) {
        return;
    }
    try_write();
    if (send_queue_.is_broken()) {
        end(session::CloseReason::client_reset);
        return;
    }
    recharge();
    const bool has_room = lifecycle_.is_live() && !send_queue_.is_blocked();
    broker_.note_queue(slow_consumer_.pending_bytes(), has_room);
    slow_consumer_.relieve_publishers();
    if (send_queue_.has_backlog()) {
        watch_until(send_queue_.oldest() + settings_->options().slow_consumer.max_pending_age);
    }
    after_write();
}

void SendingClient::observe_progress(TimePoint now) {
    const bool pending = !send_queue_.empty();
    if (progress_.needs_observation(bytes_out_, pending)) {
        progress_.observe(now, bytes_out_, stream_->untaken(), pending);
    }
}

// --- slow consumer -------------------------------------------------------------------------------

broker::Admission SendingClient::admit(
    const broker::Subscription& subscription, std::size_t bytes, broker::ClientId publisher
) {
    if (!lifecycle_.is_live()) {
        return broker::not_sent(lifecycle_.drop_reason());
    }
    if (slow_consumer_.is_below_limit(bytes)) {
        return {};
    }
    return admit_over_limit(subscription, bytes, publisher);
}

// Before a policy acts, what is queued is offered to the stream once more: within one turn a burst
// may exceed the limit although the peer reads fast enough.
broker::Admission SendingClient::admit_over_limit(
    const broker::Subscription& subscription, std::size_t bytes, broker::ClientId publisher
) {
    const std::size_t limit = charges_.pending_limit();
    do {
        try_write();
    } while (slow_consumer_.pending_bytes() + bytes > limit && send_queue_.may_flush() &&
             !send_queue_.empty());
    if (send_queue_.is_broken()) {
        return broker::not_sent(broker::DropReason::connection_lost);
    }
    const std::size_t max_frame = settings_->outgoing(stream_->keeps_packets()).encode_limit();
    const auto admission = slow_consumer_.admit(subscription, bytes, max_frame, publisher);
    if (!admission) {
        disconnect_slow_consumer(subscription.id);
        return broker::not_sent(broker::DropReason::slow_disconnect);
    }
    if (const auto end = slow_consumer_.policy().block_end()) {
        watch_until(*end);
    }
    return *admission;
}

void SendingClient::disconnect_slow_consumer(std::uint64_t subscription) {
    const std::size_t pending = slow_consumer_.pending_bytes();
    events_.slow_consumer(
        v1::SlowConsumerEvent::DISCONNECTING, subscription, charges_.pending_limit()
    );
    slow_consumer_.drop_deliveries(broker::DropReason::slow_disconnect);
    refuse_and_close(
        {.code = v1::SLOW_CONSUMER,
         .text = "messages arrive faster than this client reads them",
         .closing = true,
         .subscription = subscription,
         .pending_bytes = pending,
         .limit = charges_.pending_limit()},
        session::CloseReason::slow_consumer
    );
}

void SendingClient::charge_held(std::size_t bytes) {
    slow_consumer_.add_credit_bytes(bytes);
    recharge();
}

void SendingClient::release_held(std::size_t bytes) {
    slow_consumer_.remove_credit_bytes(bytes);
    recharge();
    if (slow_consumer_.is_blocking()) {
        reactor().run_at_end(flush_work_);  // its publishers may go on
    }
}

// Within a turn: what one message makes grow for many consumers must be known before the next one.
void SendingClient::recharge_output() {
    if (send_queue_.bytes() >= charges_.bytes() + kWriteNow) {
        recharge();
    }
}

void SendingClient::recharge() {
    if (!lifecycle_.is(Phase::closed)) {
        charges_.update(output_memory() + input_memory(), user());
    }
}

void SendingClient::note_held_replies(const session::HeldReplies& held) {
    broker_.queued().remove(held_replies_.count);
    broker_.queued().add(held.count);
    held_replies_ = held;
    recharge();
}

void SendingClient::note_memory(std::size_t bytes) {
    session_memory_ = bytes;
    recharge();
}

// --- end -----------------------------------------------------------------------------------------

void SendingClient::close(session::CloseReason reason, std::string_view detail) {
    if (lifecycle_.close(reason, detail, reactor().now())) {
        broker_.end_subscriptions(lifecycle_.drop_reason());
        slow_consumer_.release_publishers();
        if (const std::string last = stream_->farewell(reason); !last.empty()) {
            send_queue_.put({last, {}, {}, {}, nullptr}, kControlKey, reactor().now());
        }
        reactor().run_at_end(flush_work_);
    }
}

void SendingClient::refuse_and_close(const session::Refusal& refusal, session::CloseReason reason) {
    if (lifecycle_.is_live()) {
        count_refusal(refusal.code);
        session_->refuse(refusal);
        close(reason, refusal.text);
    }
}

void SendingClient::reject(v1::ErrorCode code, session::CloseReason reason, std::string_view text) {
    if (lifecycle_.is(Phase::handshake)) {
        count_refusal(code);
        end(reason);
        return;
    }
    refuse_and_close({.code = code, .text = std::string(text), .closing = true}, reason);
}

void SendingClient::kick(std::string_view reason) {
    if (!lifecycle_.is_live()) {
        abort(session::CloseReason::kicked);
        return;
    }
    refuse_and_close(
        {.code = v1::KICKED,
         .text = reason.empty() ? "closed by an operator" : std::string(reason),
         .closing = true},
        session::CloseReason::kicked
    );
}

void SendingClient::shed() {
    if (lifecycle_.is_live()) {
        const std::size_t held = memory();
        shed_at_ = now();
        slow_consumer_.drop_deliveries(broker::DropReason::slow_disconnect);
        refuse_and_close(
            {.code = v1::OVER_MEMORY_BUDGET,
             .text =
                 "the exchange is out of memory, and this client is among those that hold the most",
             .closing = true,
             .pending_bytes = held,
             .limit = shard_.account().budget().limit()},
            session::CloseReason::memory_budget
        );
        shard_.subscriptions().remove_ended();  // frees what they hold
        drop_input();
        recharge();
        shed_memory_ = memory();
        if (shed_memory_ <= kMaxGoodbye) {
            return;
        }
    }
    // The peer was notified and does not read, or holds a long frame that is half written: freeing
    // the memory is more important than sending the reason.
    end(session::CloseReason::memory_budget);
}

bool SendingClient::makes_way(TimePoint now, TimePoint::duration time) {
    if (memory() < shed_memory_) {
        shed_memory_ = memory();
        shed_at_ = now;
    }
    return now - shed_at_ < time;
}

std::string SendingClient::holder() const {
    if (user() != nullptr) {
        return "user " + user()->name;
    }
    std::string host = peer_.host();
    std::string network = net::network_of(host);
    return network.empty() ? std::move(host) : std::move(network);
}

void SendingClient::abort(session::CloseReason reason) {
    if (lifecycle_.is(Phase::closed)) {
        return;
    }
    if (reason == session::CloseReason::shutting_down && !send_queue_.empty()) {
        lifecycle_.set_detail(
            fmt::format("drain timed out; {} bytes were not read", send_queue_.bytes())
        );
    }
    end(reason);
}

void SendingClient::end(session::CloseReason reason) {
    const bool was_client = lifecycle_.has_session();
    if (!lifecycle_.end(reason)) {
        return;
    }
    add_work(reactor::work::kConnection);
    if (was_client) {
        session_->on_end(lifecycle_.reason(), broker_);
        leave_exchange();
    }
    charges_.release();
    authentication_.release();
    slot_.release();  // before the log says that it has ended
    ++shard_.counters().closed[static_cast<std::size_t>(lifecycle_.reason())];
    log_end(label(), facts(), lifecycle_, *stream_);
    on_end();
    stream_.reset();
}

void SendingClient::leave_exchange() {
    const broker::DropReason reason = lifecycle_.drop_reason();
    slow_consumer_.release_publishers();
    slow_consumer_.abandon_queue(reason);
    broker_.uncount_replies({reason}, held_replies_.count);
    note_held_replies({});
    broker_.leave(reason);
}

}  // namespace telex::server
