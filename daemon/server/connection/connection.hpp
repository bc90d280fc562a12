#pragma once
// A connected stream: reads, cuts frames, gives them to its session, and writes what is put.
//
//   securing (TLS) --> open --(close)--> flushing --(written)--> lingering --(peer done)--> gone
//     \                  \                    |                     |
//      \------------------\-----(stream broken)--------(time over)---------------------> gone
//
// Securing: until the handshake is done nothing of the exchange exists for the peer, no session and
// no queue; it costs the stream and a deadline.
//
// Lingering: after the last byte is written the sending side is shut, and input is read and thrown
// away for a moment. Closing at once would make the kernel send a reset as soon as unread bytes
// exist, and the reset would overtake the error frame that says why.
//
// Reading stops for four reasons, each of which ends by itself: the turn's budget, a paused
// publisher (its publications are parked, up to a bound, while control frames are still read),
// congestion towards another reactor, and a peer that asks but does not read its answers.
//
// Owner: the worker's table. Thread: the reactor's.
#include "base/ring.hpp"
#include "codec/decoder.hpp"
#include "codec/encoder.hpp"
#include "net/peer.hpp"
#include "reactor/reactor.hpp"
#include "server/connection/party.hpp"
#include "server/stream/byte_stream.hpp"
#include "server/stream/input_buffer.hpp"
#include "server/stream/outbox.hpp"
#include "telex/v1/admin.pb.h"
#include "telex/v1/event.pb.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace telex::server {

class ConnectionTable;

class Connection final : public Party, public reactor::Pollable, public reactor::Retirable {
public:
    Connection(
        exchange::Shard& shard,
        ReactorBuffers& buffers,
        ConnectionTable& table,
        ListenerState& listener,
        session::PeerFacts peer,
        std::string peer_text,
        std::unique_ptr<ByteStream> stream
    );
    ~Connection() override;

    // Registers with the poller and starts the session. False when the kernel refuses; the object
    // is then to be destroyed.
    bool start();
    // Refuses the peer with a typed error and closes: no place for it.
    void turn_away(v1::ErrorCode code, session::CloseReason reason, std::string_view text);
    // About once a second: gives back what is not used, and watches the limits of time.
    void on_tick();
    // The exchange stops: says goodbye. Quiet connections are closed by drain_quiet.
    void begin_drain();
    // Closes when nothing moves any more: no input for `quiet`, nothing to write, nothing asked.
    void drain_quiet(std::chrono::milliseconds quiet);
    // Ends now, whatever is left.
    void abort(session::CloseReason reason);
    // Cuts this consumer to free memory.
    void shed();
    // The list of users has changed.
    void review();

    // Its listener is full, and a newcomer has got its place.
    void displaced();

    // An operator ends it.
    void kick(std::string_view reason);

    // --- what is told about it ----------------------------------------------------------------
    // Unique in this run of the daemon.
    std::uint64_t number() const override { return number_; }

    // Where it stands among others; the largest comes first.
    std::uint64_t rank(v1::ListConnections::Order order) const;
    v1::ConnectionInfo describe() const;
    using FilterVisitor = std::function<void(std::uint64_t id, std::string_view filter)>;
    void for_each_filter(const FilterVisitor& visit);
    // The id must exist.
    v1::SubscriptionInfo describe_subscription(std::uint64_t id);

    std::size_t pending_bytes() const { return outbox_.bytes() + held_bytes_; }

    // All that it has charged to the budget: output, input, what is parked.
    std::size_t memory() const { return charged_; }

    // Pollable
    void on_ready(std::uint32_t events) override;

    // broker::Client
    [[nodiscard]] broker::Admission admit(
        const broker::Subscription& subscription, std::size_t bytes, broker::ClientId publisher
    ) override;
    broker::ClientLabel label() const override;
    void charge_held(std::size_t bytes) override;
    void release_held(std::size_t bytes) override;

    bool can_pause() const override { return true; }

    void pause() override { ++pauses_; }

    void resume() override;

    // session::Transport and broker::Port
    [[nodiscard]] session::SendResult send_control(const session::OutFrame& frame) override;
    [[nodiscard]] session::SendResult send_reply(const session::OutFrame& frame) override;
    [[nodiscard]] session::SendResult send_delivery(
        const session::OutFrame& frame, std::uint64_t subscription
    ) override;
    [[nodiscard]] session::SendResult check_reply(const session::OutFrame& frame) const override;
    void close(session::CloseReason reason, std::string_view detail) override;
    session::TimePoint last_received() const override;

    void set_client_name(std::string_view name) override { client_name_ = name; }

    void publish(const session::Publication& publication) override;
    void publish_with(const broker::Publication& publication, const broker::PublishOptions& options)
        override;
    void request(
        const session::Publication& publication,
        std::uint64_t request_id,
        std::chrono::milliseconds timeout
    ) override;
    void flush(std::uint64_t id) override;
    bool owns_daemon() const override;
    void count_refusal(v1::ErrorCode code) override;

private:
    enum class State : std::uint8_t { securing, open, flushing, lingering, gone };

    // A publication that waits because this publisher is paused.
    struct Parked {
        enum class Kind : std::uint8_t {
            publish,
            publish_with,
            request,
            flush
        } kind = Kind::publish;
        exchange::StoredMessage message;  // with PublishOptions::reply_to
        std::uint64_t id = 0;             // of a confirmation, request or flush
        std::string route_by{};           // PublishOptions::route_by
        std::chrono::milliseconds timeout{};
    };

    struct ReadWork final : reactor::TurnWork {
        explicit ReadWork(Connection& owner) : connection(owner) {}

        void run_turn_work() override { connection.read_turn(); }

        Connection& connection;
    };

    struct FlushWork final : reactor::TurnWork {
        explicit FlushWork(Connection& owner) : connection(owner) {}

        void run_turn_work() override { connection.write_turn(); }

        Connection& connection;
    };

    struct LimitWork final : reactor::TurnWork {
        explicit LimitWork(Connection& owner) : connection(owner) {}

        void run_turn_work() override { connection.limit_turn(); }

        Connection& connection;
    };

    // --- beginning --------------------------------------------------------------------------
    void secure();
    void open();
    // On a full listener another connection may have to leave for it.
    void find_place();
    void note_activity();
    access::Verdict recognise_peer();
    bool can_say_who_it_is() const;
    void refuse_stranger(access::Verdict verdict);
    // It has introduced itself, or has come to its end.
    void dismiss_stranger();

    bool secrets_are_safe() const override;

    std::string channel_binding() const override { return stream_->channel_binding(); }

    void after_authentication() override;

    // --- input ------------------------------------------------------------------------------
    void read_turn();
    bool may_read();
    std::span<char> room_to_read();
    void adapt_reading(bool filled, std::uint64_t frames);
    bool is_foreign(ByteView bytes);
    [[nodiscard]] bool cut_frames(ByteView bytes);
    // The beginning of a frame, of which the decoder wants `need` bytes in all.
    void keep_for_later(ByteView bytes, std::size_t need);
    // Tells the decoder what the session takes from a peer that it does not know yet.
    void limit_input();
    void on_frame_error(codec::FrameError error, ByteView bytes);
    void end_of_input();
    void report_end_of_input();
    void discard_input();

    bool parking() const { return pauses_ > 0 || !parked_.empty(); }

    void park(Parked parked);
    void release_parked();

    // --- output -----------------------------------------------------------------------------
    // What a frame is: an answer may be several frames of a framing.
    enum class Use : std::uint8_t { control, answer, delivery };

    // Puts the framing around a frame: `parts` refer to it, to `wrap` and to the reactor's scratch.
    [[nodiscard]] session::SendResult enframe(
        const session::OutFrame& frame, Use use, codec::Wrapping& wrap, FramedParts& parts
    ) const;
    [[nodiscard]] session::SendResult put(
        const session::OutFrame& frame, Use use, std::uint64_t subscription = 0
    );
    void try_write();
    void write_turn();
    void after_write();
    void refuse_and_close(const session::Refusal& refusal, session::CloseReason reason);

    // --- slow consumer ----------------------------------------------------------------------
    [[nodiscard]] broker::Admission admit_over_limit(
        const broker::Subscription& subscription, std::size_t bytes, broker::ClientId publisher
    );
    bool hold_back(broker::ClientId publisher);
    [[nodiscard]] broker::Admission drop_older(
        const broker::Subscription& subscription, std::size_t bytes, std::size_t limit
    );
    void cut_slow_consumer(std::uint64_t subscription);
    void check_age();
    void relieve_publishers();
    // A delivery that was queued is not made.
    void count_dropped(std::uint64_t subscription, exchange::DropReason reason);

    // --- limits of time ---------------------------------------------------------------------
    // Acts on those that are over, and has the next one watched.
    void check_limits();
    void check_open(session::TimePoint now);
    // When the next of them ends, as far as is known now.
    session::TimePoint next_deadline() const;
    // Checks the limits at that time, if it comes before the next round over all connections.
    void watch_until(session::TimePoint deadline);
    void limit_turn();
    std::chrono::milliseconds time_for_frame() const;
    // The rest of a frame that has begun does not come.
    bool frame_is_overdue(session::TimePoint now);
    // Whether the peer has taken some of what waits for it.
    void note_taken(session::TimePoint now);
    void stop_blocking(session::TimePoint now);
    void log_block(session::TimePoint now) const;

    // --- end --------------------------------------------------------------------------------
    void leave_exchange();
    void gone();
    void charge_user(std::size_t bytes);
    // Reading waits when the user has received more than its rate allows. `frames` and `bytes`
    // since the last time.
    void bill(std::uint64_t frames, std::size_t bytes);
    // Brings the account up to date with what this connection holds; at the end, with nothing.
    void recharge();
    void give_back_charges();
    // Others may have them then.
    void give_back_places();
    void log_end() const;

    // --- events, connection_events.cpp ------------------------------------------------------
    void report(v1::Event event);
    // It belongs to those who come and go; told once.
    void let_in();
    void report_end(const v1::ConnectionInfo& obituary);
    // Told once for each action until the consumer has caught up.
    void report_slow(v1::SlowConsumerEvent::Action action, std::uint64_t subscription);

    v1::ConnectionInfo obituary() const;

    ReactorBuffers& buffers_;
    ConnectionTable& table_;
    std::string peer_text_;
    std::string client_name_;
    std::unique_ptr<ByteStream> stream_;
    std::unique_ptr<codec::Decoder> decoder_;
    const codec::Encoder& encoder_;
    std::size_t max_outgoing_;
    InputBuffer input_;
    Outbox outbox_;
    ReadWork read_work_{*this};
    FlushWork flush_work_{*this};
    LimitWork limit_work_{*this};

    State state_ = State::open;
    session::CloseReason close_reason_ = session::CloseReason::client_closed;
    std::string close_detail_;
    std::string security_;           // as the stream says
    session::TimePoint deadline_{};  // of securing, flushing and lingering
    session::TimePoint limit_timer_ = session::TimePoint::max();  // when limit_work_ is to run

    bool polled_ = false;
    bool joined_ = false;
    bool has_place_ = false;
    bool may_come_in_ = false;  // once it has introduced itself
    bool let_in_ = false;
    std::unique_ptr<Seat> seat_;  // with has_place_: makes room while its peer is silent
    bool is_stranger_ = false;    // and counted as one
    bool has_standing_room_ = false;
    bool blocked_ = false;      // the last write took less than was offered
    bool broken_ = false;       // the last write failed
    bool input_ended_ = false;  // the peer finished sending
    bool end_reported_ = false;
    // A short read may not be all: after a hang-up only the end itself says so, and the mark of an
    // urgent byte (RFC 6093) cuts reads short.
    bool reads_to_the_last_ = false;
    bool first_bytes_ = true;
    bool input_limited_ = false;
    bool unread_answers_ = false;  // reading waits for the peer to take its answers

    unsigned pauses_ = 0;
    Ring<Parked> parked_;
    std::size_t parked_bytes_ = 0;

    std::size_t read_limit_ = ReactorBuffers::kReadChunkBytes;  // of one read
    std::size_t held_bytes_ = 0;
    std::size_t charged_ = 0;
    access::UsagePtr charged_user_;  // who has been charged with as much; null where nobody cares
    // What may wait for this connection before its policy acts; less while its user is over a
    // limit.
    std::size_t pending_limit_;
    session::TimePoint frame_began_{};      // no time: not in the middle of a frame
    session::TimePoint throttled_until_{};  // reading waits until the user's rate allows it
    std::vector<broker::ClientId> paused_publishers_;
    session::TimePoint blocking_since_{};
    bool block_expired_ = false;
    std::uint8_t told_slow_ = 0;  // bits of SlowConsumerEvent::Action

    session::TimePoint opened_;
    session::TimePoint last_received_;
    session::TimePoint last_written_;
    session::TimePoint last_taken_{};  // of a backlog
    std::uint64_t taken_ = 0;          // of bytes_out_, by the peer's system
    bool waits_to_take_ = false;       // something was left for it to take at the last check
    std::uint64_t frames_in_ = 0;
    std::uint64_t bytes_in_ = 0;
    std::uint64_t frames_out_ = 0;
    std::uint64_t bytes_out_ = 0;
    std::uint64_t number_ = 0;
};

}  // namespace telex::server
