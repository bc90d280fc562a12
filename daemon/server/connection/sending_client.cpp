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
      slow_consumer_(settings_->options().slow_consumer),
      max_packet_(packet_limit(*stream_)),
      last_written_(shard.reactor().now()) {
    stream_->set_output(*this);
}

SendingClient::~SendingClient() {
    reactor().forget(flush_work());
}

bool SendingClient::owns_daemon() const {
    const auto credentials = credentials_of(*stream_);
    return credentials && server::owns_daemon(*credentials);
}

void SendingClient::count_refusal(v1::ErrorCode code) {
    ClientBase::count_refusal(code);
    if (code == v1::NOT_AUTHENTICATED || code == v1::AUTHENTICATION_BUSY) {
        ConnectionEvents::authentication_failed(source(), code);
    }
}

// --- output --------------------------------------------------------------------------------------

session::SendResult SendingClient::check_reply(const session::OutFrame& frame) const {
    codec::Wrapping wrap;
    FramedParts parts;
    return write_frame(frame, FrameWriter::Content::reply, wrap, parts);
}

session::SendResult SendingClient::enqueue(
    const session::OutFrame& frame, FrameWriter::Content content, std::uint64_t key
) {
    if (!lifecycle_.is_live()) {
        return session::not_sent(lifecycle_.drop_reason());
    }
    codec::Wrapping wrap;
    FramedParts parts;
    if (const auto written = write_frame(frame, content, wrap, parts); !written) {
        return written;
    }
    send_queue_.put(parts, key, reactor().now());
    ++frames_out_;
    reactor().run_at_end(flush_work());
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
    const FrameWriter& writer = settings_->writer(send_queue_.keeps_packets());
    if (!writer.write_in_place(
            {head, left.front().body, bodies.owner}, wrap, parts, send_queue_.buffers(), max_packet_
        )) {
        return 0;
    }
    while (!left.empty()) {
        left = left.subspan(send_queue_.put_run(parts, left, key, kWriteNow, reactor().now()));
        write_if_long();
    }
    frames_out_ += bodies.messages.size();
    reactor().run_at_end(flush_work());
    return bodies.messages.size();
}

session::SendResult SendingClient::send_bytes(ByteView bytes) {
    if (!lifecycle_.is_live()) {
        return session::not_sent(lifecycle_.drop_reason());
    }
    if (bytes.size() > max_packet_) {
        return session::not_sent(broker::DropReason::too_large);
    }
    std::string whole;
    settings_->encoder(send_queue_.keeps_packets()).append_whole(bytes, whole);
    write_between_frames(whole);
    return {};
}

void SendingClient::write_between_frames(ByteView bytes) {
    if (lifecycle_.is_live()) {
        send_queue_.put({bytes, {}, {}, {}, nullptr}, kControlKey, reactor().now());
        reactor().run_at_end(flush_work());
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
    shard().counters().sent_bytes += written;
    add_work(written / reactor::work::kWrittenBytes);
    if (written > 0) {
        last_written_ = reactor().now();
    }
    if (send_queue_.is_blocked()) {
        broker_.lose_room();
    } else if (!send_queue_.empty()) {
        reactor().run_at_end(flush_work());
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
    broker_.note_queue(pending_bytes(), has_room);
    slow_consumer_.relieve_publishers(parts());
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
    if (is_below_limit(bytes)) {
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
    } while (pending_bytes() + bytes > limit && send_queue_.may_flush() && !send_queue_.empty());
    if (send_queue_.is_broken()) {
        return broker::not_sent(broker::DropReason::connection_lost);
    }
    const std::size_t max_frame = settings_->outgoing(send_queue_.keeps_packets()).encode_limit();
    const auto admission = slow_consumer_.admit(parts(), subscription, bytes, max_frame, publisher);
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
    const std::size_t pending = pending_bytes();
    events_.slow_consumer(
        source(), v1::SlowConsumerEvent::DISCONNECTING, subscription, charges_.pending_limit()
    );
    SlowConsumer::drop_deliveries(parts(), broker::DropReason::slow_disconnect);
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
        reactor().run_at_end(flush_work());  // its publishers may go on
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
    if (seldom_ || held != session::HeldReplies{}) {
        broker_.queued().remove(seldom().held_replies.count);
        broker_.queued().add(held.count);
        seldom().held_replies = held;
    }
    recharge();
}

void SendingClient::note_memory(std::size_t bytes) {
    seldom().session_memory = bytes;
    recharge();
}

// --- end -----------------------------------------------------------------------------------------

void SendingClient::close(session::CloseReason reason, std::string_view detail) {
    if (lifecycle_.close(reason, detail, reactor().now())) {
        broker_.end_subscriptions(lifecycle_.drop_reason());
        slow_consumer_.release_publishers(shard());
        if (const std::string last = stream_->farewell(reason); !last.empty()) {
            send_queue_.put({last, {}, {}, {}, nullptr}, kControlKey, reactor().now());
        }
        reactor().run_at_end(flush_work());
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
        seldom().shed_at = now();
        SlowConsumer::drop_deliveries(parts(), broker::DropReason::slow_disconnect);
        refuse_and_close(
            {.code = v1::OVER_MEMORY_BUDGET,
             .text =
                 "the exchange is out of memory, and this client is among those that hold the most",
             .closing = true,
             .pending_bytes = held,
             .limit = shard().account().budget().limit()},
            session::CloseReason::memory_budget
        );
        shard().subscriptions().remove_ended();  // frees what they hold
        drop_input();
        recharge();
        seldom().shed_memory = memory();
        if (seldom_->shed_memory <= kMaxGoodbye) {
            return;
        }
    }
    // The peer was notified and does not read, or holds a long frame that is half written: freeing
    // the memory is more important than sending the reason.
    end(session::CloseReason::memory_budget);
}

bool SendingClient::makes_way(TimePoint now, TimePoint::duration time) {
    if (memory() < seldom().shed_memory) {
        seldom_->shed_memory = memory();
        seldom_->shed_at = now;
    }
    return now - seldom_->shed_at < time;
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
    authentication_.release(slot_);
    slot_.release();  // before the log says that it has ended
    ++shard().counters().closed[static_cast<std::size_t>(lifecycle_.reason())];
    log_end(label(), facts(), lifecycle_, *stream_);
    on_end();
    stream_.reset();
}

void SendingClient::leave_exchange() {
    const broker::DropReason reason = lifecycle_.drop_reason();
    slow_consumer_.release_publishers(shard());
    SlowConsumer::abandon_queue(parts(), reason);
    broker_.uncount_replies({reason}, seldom_ ? seldom_->held_replies.count : 0);
    note_held_replies({});
    broker_.leave(reason);
}

}  // namespace telex::server
