#pragma once
// The receiving half of a connection: frames to the session, publications to the exchange.
//
//   stream -> FrameReader -> session -> PublisherQueue -> exchange
//
// Reading stops for six reasons, each of which ends by itself: the end of its slice, which counts
// the work that its frames cause, a paused publisher whose queue is full, congestion towards
// another reactor, a memory budget that is exceeded, a peer that sends requests but does not read
// the replies, and a session that does not take input yet.
//
// Owner: the worker's table. Thread: the reactor's.
#include "base/time.hpp"
#include "server/connection/frame_notice.hpp"
#include "server/connection/hang_up.hpp"
#include "server/connection/pause_watch.hpp"
#include "server/connection/publisher_queue.hpp"
#include "server/connection/read_throttle.hpp"
#include "server/connection/run_reader.hpp"
#include "server/connection/sending_client.hpp"
#include "server/connection/time_limits.hpp"
#include "server/connection/waiting_attempt.hpp"
#include "server/stream/frame_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace telex::server {

class ConnectionTable;

struct ReadWork;

class ReceivingClient : public SendingClient,
                        private PauseWatch::Sender,
                        private reactor::OwnWork<ReceivingClient, ReadWork> {
public:
    ReceivingClient(
        exchange::Shard& shard,
        ReactorBuffers& buffers,
        ConnectionTable& table,
        ListenerSettingsPtr settings,
        ListenerSlot slot,
        ClientPeer peer,
        std::unique_ptr<ByteStream> stream
    );
    ~ReceivingClient() override;

    // --- broker::Client -------------------------------------------------------------------------
    bool can_pause() const override { return true; }

    void pause() override { publisher_queue_.pause(); }

    void resume() override {
        if (publisher_queue_.resume()) {
            last_received_ = now();  // a peer that we have throttled is not idle
            read_again();
        }
    }

    // --- session::Transport and broker::Port ----------------------------------------------------
    TimePoint last_received() const override {
        const bool held_back = publisher_queue_.is_paused() || throttle_.is_active(now());
        return held_back ? now() : std::max(last_received_, progress_.last_taken());
    }

    void publish(const broker::Publication& publication) override {
        if (!publisher_queue_.holds_back()) [[likely]] {
            broker_.publish(publication);
            return;
        }
        publisher_queue_.push_publish(publication);
        recharge();
    }

    [[nodiscard]] std::size_t publish_run(const broker::PublicationRun& run) override {
        return publisher_queue_.holds_back() ? 0 : broker_.publish_run(run);
    }

    void publish_with(const broker::Publication& publication, const broker::PublishOptions& options)
        override {
        if (!publisher_queue_.holds_back()) {
            broker_.publish_with(publication, options);
            return;
        }
        publisher_queue_.push_publish_with(publication, options);
        recharge();
    }

    bool wants_notice() const override { return broker_.wants_notice(); }

    void notice(std::span<const std::string_view> subjects) override { broker_.notice(subjects); }

    void request(
        const broker::Publication& publication, std::uint64_t id, std::chrono::milliseconds timeout
    ) override {
        if (!publisher_queue_.holds_back()) [[likely]] {
            broker_.request(publication, id, timeout);
            return;
        }
        publisher_queue_.push_request(publication, id, timeout);
        recharge();
    }

    void flush(std::uint64_t id) override {
        if (!publisher_queue_.holds_back()) {
            broker_.flush(id);
            return;
        }
        publisher_queue_.push_flush(id);
        recharge();
    }

    void resume_input() override { read_again(); }

    // After Goodbye, or the last reply, only once all that the peer had published before is routed.
    void close(session::CloseReason reason, std::string_view detail) override;

protected:
    void wait_for_turn(TimePoint turn, access::Credentials credentials) override;

    // The session does not know its peer, and has handled a frame.
    virtual void leave_pre_auth() = 0;

    // Events of the poller once the stream is established.
    void stream_ready(std::uint32_t events);

    void read_again() { reactor().run_again(read_work()); }

    // Charges what the last reads left: the beginning of a frame.
    void recharge_input();

    // A frame has arrived: its chunk is charged to those who take it.
    void release_input_charge() {
        input_is_charged_ = false;
        charges_.update(output_memory(), user());
    }

    // At the end.
    void stop_receiving() {
        publisher_queue_.clear();
        shard().forget_waiting(read_work());
        if (timed_ && timed_->pause_watch) {
            timed_->pause_watch->stop();
        }
        if (timed_ && timed_->waiting_attempt) {
            timed_->waiting_attempt->stop();
        }
    }

    TimePoint frame_end(TimePoint began) const {
        return TimeLimits::frame_end(
            began, reader_.partial_bytes(), settings_->options().frame_timeout
        );
    }

    // Input is not read at the moment.
    bool holds_input_back(TimePoint now) const {
        return publisher_queue_.is_paused() || throttle_.is_active(now) || unread_replies_ ||
               shard().congested() || shard().account().exceeded();
    }

    // The peer has sent something that its rate, a pause or the like keeps from being routed.
    bool has_held_input() const {
        return input_left_ || reader_.is_paused() || publisher_queue_.holds_back();
    }

    // It has sent something that is not routed yet.
    bool has_input_left() const { return has_held_input() || ReadTurn::queued(); }

    std::size_t input_memory() const override {
        return reader_.memory() + publisher_queue_.memory();
    }

    void drop_input() override {
        reader_.clear();
        reader_.shrink();
        publisher_queue_.clear();
    }

    void after_write() override;

    TimePoint last_activity() const { return std::max(last_received_, last_written_); }

    ConnectionTable& table_;
    FrameReader reader_;
    PublisherQueue publisher_queue_;
    TimePoint last_received_;

private:
    using ReadTurn = reactor::OwnWork<ReceivingClient, ReadWork>;
    friend ReadTurn;

    reactor::TurnWork& read_work() { return static_cast<ReadTurn&>(*this); }

    void run_work(const ReadWork* /*kind*/) { read_turn(); }

    // The peer's side of the stream.
    enum class Input : std::uint8_t {
        open,
        ended,     // the peer has finished sending
        reported,  // and the session knows
        gone,      // the session also knows that the peer does not read
    };

    // --- PauseWatch::Sender ---------------------------------------------------------------------
    PauseWatch::Found read_on() override;
    void end_frame() override;

    void read_turn();
    void read_available();
    bool may_read();

    // Returns true if reading may go on.
    [[nodiscard]] bool receive(std::size_t size) {
        shard().counters().received_bytes += size;
        reader_.received(size, now());
        return handle_input(size);
    }

    // Handles the frames of `size` new bytes, and of earlier ones. Returns true if no frame is
    // left and the connection is not closing.
    [[nodiscard]] bool handle_input(std::size_t size);
    // After a read that gave no bytes. Returns true if the next one may.
    [[nodiscard]] bool read_failed(IoStatus status);
    // Until no frame is left, or the slice is over. Returns false if the connection is closing.
    [[nodiscard]] bool handle_frames();

    // After a frame: those behind it may have to wait for the rate of the user.
    void count_frame() {
        throttle_.frame_received(user(), now(), shard().counters().throttled_reads);
    }

    [[nodiscard]] bool is_throttled() const {
        return ReadThrottle::applies_to(user()) && throttle_.is_active(now());
    }

    // After a frame: those behind it are part of a run, or may be announced. A user with a rate
    // sends frame by frame.
    void look_ahead() {
        if (ReadThrottle::applies_to(user())) [[unlikely]] {
            return;
        }
        if (session_->expects_more()) [[likely]] {
            run_reader_.read(reader_, *session_, lifecycle_, reactor().work());
        } else if (lifecycle_.is_live()) {
            frame_notice_.handled_one(reader_, *session_);
        }
    }

    void refuse_input(const FrameReader::Step& step);
    // Reading is suspended. If the peer has ended, the connection ends all the same, and frees its
    // slot and its subscriptions.
    void hold_input();
    void end_of_input();
    void report_end_of_input();
    void discard_input();
    void release_publisher_queue();

    void note_activity() { slot_.note_activity(last_activity(), broker_.pending_requests() > 0); }

    ReadThrottle throttle_;

    // Only few connections have these.
    struct Timed {
        // Only for framings whose frames end with a pause.
        std::unique_ptr<PauseWatch> pause_watch;
        // Only after an attempt that had to wait.
        std::unique_ptr<WaitingAttempt> waiting_attempt;
    };

    Timed& timed() {
        if (!timed_) {
            timed_ = std::make_unique<Timed>();
        }
        return *timed_;
    }

    std::unique_ptr<Timed> timed_;
    bool input_is_charged_ = false;  // what the last reads left
    Input input_ = Input::open;
    HangUp hang_up_;
    std::optional<session::CloseReason> closes_when_released_;
    bool input_left_ = false;  // the last slice ended because reading is held back
    RunReader run_reader_;
    FrameNotice frame_notice_;
    bool unread_replies_ = false;  // reading waits for the peer to take its replies

protected:
    bool goodbye_is_due_ = false;  // when the exchange stops and all input is routed
};

}  // namespace telex::server
