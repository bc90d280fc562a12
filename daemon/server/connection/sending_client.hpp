#pragma once
// The sending half of a connection: its output, its reaction to a slow peer, and its end.
//
//   exchange -> SlowConsumer -> session -> FrameWriter -> SendQueue -> stream
//
// Owner: the worker's table. Thread: the reactor's.
#include "base/time.hpp"
#include "reactor/own_work.hpp"
#include "reactor/reactor.hpp"
#include "server/connection/charges.hpp"
#include "server/connection/client_base.hpp"
#include "server/connection/connection_events.hpp"
#include "server/connection/connection_report.hpp"
#include "server/connection/lifecycle.hpp"
#include "server/connection/send_progress.hpp"
#include "server/connection/slow_consumer.hpp"
#include "server/connection/slow_consumer_policy.hpp"
#include "server/stream/byte_stream.hpp"
#include "server/stream/frame_writer.hpp"
#include "server/stream/send_queue.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

namespace telex::server {

struct WriteWork;

class SendingClient : public ClientBase,
                      private StreamOutput,
                      private reactor::OwnWork<SendingClient, WriteWork> {
public:
    SendingClient(
        exchange::Shard& shard,
        ReactorBuffers& buffers,
        ListenerSettingsPtr settings,
        ListenerSlot slot,
        ClientPeer peer,
        std::unique_ptr<ByteStream> stream
    );
    ~SendingClient() override;

    // Sends a typed error and closes.
    void reject(v1::ErrorCode code, session::CloseReason reason, std::string_view text);
    // Ends at once and drops what is queued.
    void abort(session::CloseReason reason);
    // Disconnects this client to free memory: first it receives an error, the second time it ends.
    void shed();

    bool is_shed() const { return seldom_ && seldom_->shed_at != TimePoint{}; }

    // Returns true if it is closing and its memory has become less within `time`.
    [[nodiscard]] bool makes_way(TimePoint now, TimePoint::duration time);

    // To whom its memory is attributed: the user, or where the peer comes from.
    std::string holder() const;

    // The limit of all that is queued for its user; 0: there is none.
    std::size_t granted_memory() const {
        return user() == nullptr ? 0 : user()->limits.max_pending_bytes.value_or(0);
    }

    // An operator ends it.
    void kick(std::string_view reason);

    // Unique in this run of the daemon.
    std::uint64_t number() const override { return peer_.connection; }

    // All that is charged to the budget for it: output, input, what its publisher queue holds,
    // subscriptions, open requests.
    std::size_t memory() const { return charges_.bytes() + broker_.record().memory(); }

    v1::ConnectionInfo describe() const { return server::describe(facts()); }

    std::uint64_t rank(v1::ListConnections::Order order) const {
        return server::rank(facts(), order);
    }

    // --- broker::Client -------------------------------------------------------------------------
    [[nodiscard]] broker::Admission admit(
        const broker::Subscription& subscription, std::size_t bytes, broker::ClientId publisher
    ) override;

    bool has_room_for(std::size_t bytes) const override {
        return lifecycle_.is_live() && is_below_limit(bytes);
    }

    // A record of any size goes to an empty queue: nothing would ask again.
    bool takes_record(std::size_t bytes) const override {
        return lifecycle_.is_live() &&
               (send_queue_.empty() || (!send_queue_.is_blocked() && is_below_limit(bytes) &&
                                        send_queue_.bytes() + bytes <= kMaxUnreadRecords));
    }

    std::size_t blocks_at(v1::SlowPolicy policy) const override {
        return SlowConsumerPolicy::blocks_at(policy, settings_->options().slow_consumer);
    }

    void charge_held(std::size_t bytes) override;
    void release_held(std::size_t bytes) override;

    // --- session::Transport ---------------------------------------------------------------------
    [[nodiscard]] session::SendResult send_control(const session::OutFrame& frame) override {
        return enqueue(frame, FrameWriter::Content::frame, kControlKey);
    }

    [[nodiscard]] session::SendResult send_reply(const session::OutFrame& frame) override {
        return enqueue(frame, FrameWriter::Content::reply, kReplyKey);
    }

    // Sent as a reply is: it is never dropped.
    [[nodiscard]] session::SendResult send_stored(const session::OutFrame& frame) override {
        return enqueue(frame, FrameWriter::Content::frame, kReplyKey);
    }

    [[nodiscard]] session::SendResult send_delivery(
        const session::OutFrame& frame, std::uint64_t key
    ) override {
        return enqueue(frame, FrameWriter::Content::frame, key);
    }

    [[nodiscard]] std::size_t send_deliveries(
        ByteView head, const broker::PublicationRun& bodies, std::uint64_t key
    ) override;
    [[nodiscard]] session::SendResult send_bytes(ByteView bytes) override;
    [[nodiscard]] session::SendResult check_reply(const session::OutFrame& frame) const override;
    void close(session::CloseReason reason, std::string_view detail) override;
    bool owns_daemon() const override;
    void count_refusal(v1::ErrorCode code) override;
    void note_held_replies(const session::HeldReplies& held) override;
    void note_memory(std::size_t bytes) override;

protected:
    using Phase = Lifecycle::Phase;

    virtual ConnectionFacts facts() const = 0;
    // Bytes that it holds beside its output.
    virtual std::size_t input_memory() const = 0;
    // Frees what was received and is not handled: the connection is closing. Not while a frame is
    // handled.
    virtual void drop_input() = 0;
    // At the end of a turn in which something was written, in any phase but the last.
    virtual void after_write() = 0;
    // Once, at the end: removes it from its table.
    virtual void on_end() = 0;
    // Has this time limit checked.
    virtual void watch_until(TimePoint end) = 0;

    void try_write();
    void disconnect_slow_consumer(std::uint64_t subscription);
    void refuse_and_close(const session::Refusal& refusal, session::CloseReason reason);
    void end(session::CloseReason reason);
    // Whether the peer takes what is written to it.
    void observe_progress(TimePoint now);
    void leave_exchange();
    // Brings the charges up to date.
    void recharge();

    // Bytes of all that it has to send.
    std::size_t output_memory() const {
        const std::size_t memory = slow_consumer_.memory(send_queue_) + stream_->memory();
        return seldom_ ? memory + seldom_->held_replies.memory + seldom_->session_memory : memory;
    }

    // Bytes that wait for the peer, in its queue and for credit.
    std::size_t pending_bytes() const { return slow_consumer_.pending_bytes(send_queue_); }

    SlowConsumer::Parts parts() { return {broker_, send_queue_, charges_, events_, *this}; }

    ConnectionEvents::Source source() const { return {shard(), *this}; }

    reactor::Reactor& reactor() const { return shard().reactor(); }

    reactor::TurnWork& flush_work() { return static_cast<FlushWork&>(*this); }

private:
    using FlushWork = reactor::OwnWork<SendingClient, WriteWork>;
    friend FlushWork;

    // A larger queue is written before the turn ends: while it is in the cache, and so that the
    // peer works meanwhile. Just below a block: small frames are one vector of the write.
    static constexpr std::size_t kWriteNow = ReactorBuffers::kBlockBytes - (4U << 10U);

    // While this much waits, records of streams wait in the storage. They are not dropped, and must
    // not keep a peer that reads late from acknowledging.
    static constexpr std::size_t kMaxUnreadRecords = SendQueue::kCommitWindow;

    bool is_below_limit(std::size_t more) const {
        return pending_bytes() + more <= charges_.pending_limit() && !shard().account().tight();
    }

    static std::uint32_t packet_limit(const ByteStream& stream) {
        return static_cast<std::uint32_t>(
            std::min<std::size_t>(stream.max_packet(), FrameWriter::kAnySize)
        );
    }

    // Fills `parts`, as FrameWriter::write.
    [[nodiscard]] session::SendResult write_frame(
        const session::OutFrame& frame,
        FrameWriter::Content content,
        codec::Wrapping& wrap,
        FramedParts& parts
    ) const {
        return settings_->writer(send_queue_.keeps_packets())
            .write(frame, content, wrap, parts, send_queue_.buffers(), max_packet_);
    }

    // --- StreamOutput ---------------------------------------------------------------------------
    void write_between_frames(ByteView bytes) override;

    // `key`: frame_key.hpp.
    [[nodiscard]] session::SendResult enqueue(
        const session::OutFrame& frame, FrameWriter::Content content, std::uint64_t key
    );
    [[nodiscard]] broker::Admission admit_over_limit(
        const broker::Subscription& subscription, std::size_t bytes, broker::ClientId publisher
    );
    void recharge_output();

    void write_if_long() {
        if (send_queue_.bytes() >= kWriteNow) {
            try_write();
            recharge_output();
        }
    }

    void write_turn();

    void run_work(const WriteWork* /*kind*/) { write_turn(); }

protected:
    std::unique_ptr<ByteStream> stream_;
    // The flags of a part come last: what follows it lies in its padding.
    [[no_unique_address]] Lifecycle lifecycle_;
    ConnectionEvents events_;
    SendQueue send_queue_;
    Charges charges_;
    [[no_unique_address]] SlowConsumer slow_consumer_;
    const std::uint32_t max_packet_;  // or FrameWriter::kAnySize
    SendProgress progress_;
    TimePoint last_written_;
    std::uint64_t frames_out_ = 0;
    std::uint64_t bytes_out_ = 0;

private:
    // Only few connections have these.
    struct Seldom {
        session::HeldReplies held_replies;
        std::size_t session_memory = 0;  // as the session reports it
        TimePoint shed_at{};             // or when its memory became less since; zero: not shed
        std::size_t shed_memory = 0;
    };

    Seldom& seldom() {
        if (!seldom_) {
            seldom_ = std::make_unique<Seldom>();
        }
        return *seldom_;
    }

    std::unique_ptr<Seldom> seldom_;
};

}  // namespace telex::server
