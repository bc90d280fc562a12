#include "server/connection/receiving_client.hpp"

#include "server/connection/connection_table.hpp"
#include "server/connection/decoder_loan.hpp"
#include "server/connection/input_errors.hpp"
#include "server/stream/discard.hpp"

#include <sys/epoll.h>

#include <chrono>
#include <utility>

namespace telex::server {

namespace {

// Replies and errors that the peer has not taken: while there are more, its requests are not read.
constexpr std::size_t kMaxUnreadReplies = 256U << 10U;
// While the memory budget is exceeded nothing is read; this long after it is looked at again.
constexpr std::chrono::milliseconds kReliefTime{5};

}  // namespace

ReceivingClient::ReceivingClient(
    exchange::Shard& shard,
    ReactorBuffers& buffers,
    ConnectionTable& table,
    ListenerSettingsPtr settings,
    ListenerSlot slot,
    ClientPeer peer,
    std::unique_ptr<ByteStream> stream
)
    : SendingClient(
          shard, buffers, std::move(settings), std::move(slot), std::move(peer), std::move(stream)
      ),
      table_(table),
      reader_(
          buffers,
          nullptr,
          {.packets = stream_->keeps_packets(),
           .detect_protocols = settings_->detects_protocols(),
           .ignored_protocols = settings_->own_protocols()}
      ),
      last_received_(reactor().now()) {
    const codec::Framing& framing = settings_->framing(stream_->keeps_packets());
    if (framing.kind == codec::FramingKind::idle) {
        PauseWatch::Sender& sender = *this;
        timed().pause_watch =
            std::make_unique<PauseWatch>(reactor(), table_.timers(), framing.idle, sender);
    }
}

ReceivingClient::~ReceivingClient() {
    reactor().forget(read_work());
    shard().forget_waiting(read_work());
    table_.timers().forget(read_work());
}

void ReceivingClient::close(session::CloseReason reason, std::string_view detail) {
    const bool waits =
        reason == session::CloseReason::client_closed || reason == session::CloseReason::finished;
    if (waits && publisher_queue_.holds_back()) {
        closes_when_released_ = closes_when_released_.value_or(reason);
    } else {
        SendingClient::close(reason, detail);
    }
}

// --- authentication ------------------------------------------------------------------------------

void ReceivingClient::wait_for_turn(TimePoint turn, access::Credentials credentials) {
    std::unique_ptr<WaitingAttempt>& attempt = timed().waiting_attempt;
    if (!attempt) {
        attempt = std::make_unique<WaitingAttempt>(reactor(), table_.timers(), *this);
    }
    attempt->wait(turn, std::move(credentials));
}

// --- input ---------------------------------------------------------------------------------------

void ReceivingClient::stream_ready(std::uint32_t events) {
    hang_up_.note(events);
    if (lifecycle_.is(Phase::handshake)) {
        return;
    }
    if ((events & EPOLLOUT) != 0 && (send_queue_.is_blocked() || lifecycle_.is(Phase::flushing))) {
        send_queue_.note_writable();
        reactor().run_at_end(flush_work());
    }
    const bool readable =
        (events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0 || stream_->read_waits_to_write();
    if (readable) {
        reactor().run_again(read_work());
    }
}

bool ReceivingClient::may_read() {
    if (publisher_queue_.is_full() || !session_->takes_input()) {
        return false;  // resume() or resume_input() reads on
    }
    if (throttle_.is_active(now())) {
        table_.timers().run_at(throttle_.until(), read_work());
        return false;
    }
    if (shard().account().exceeded()) {
        table_.timers().run_at(now() + kReliefTime, read_work());
        return false;
    }
    if (send_queue_.control_bytes() >= kMaxUnreadReplies) {
        unread_replies_ = true;
        return false;  // after_write() reads on
    }
    if (shard().congested()) {
        shard().wait_for_relief(read_work());
        return false;
    }
    return true;
}

void ReceivingClient::read_turn() {
    if (lifecycle_.is(Phase::lingering) || lifecycle_.is(Phase::flushing)) {
        discard_input();
        return;
    }
    if (lifecycle_.is(Phase::closed)) {
        return;  // it has no stream
    }
    const DecoderLoan decoder(reader_, settings_, stream_->keeps_packets());
    release_publisher_queue();
    read_available();
    recharge_input();
}

// Most reads end with a whole frame: then nothing is kept, and nothing was.
void ReceivingClient::recharge_input() {
    if (reader_.partial_bytes() != 0 || input_is_charged_) {
        input_is_charged_ = input_memory() != 0;
        recharge();
    }
}

void ReceivingClient::read_available() {
    reader_.begin_turn();
    input_left_ = false;
    while (lifecycle_.is_live() && input_ == Input::open && !closes_when_released_) {
        if (!may_read()) {
            hold_input();
            return;
        }
        if (reader_.resume(now())) {
            if (!handle_input(0)) {
                return;
            }
            continue;
        }
        const std::span<char> room = reader_.room(ReadThrottle::max_read(user(), now()));
        if (room.empty() || reactor().work().slice_is_over()) {
            reactor().run_again(read_work());
            return;
        }
        const IoResult result = stream_->read(room.data(), room.size());
        reactor().work().add(reactor::work::kRead + result.bytes / reactor::work::kReadBytes);
        if (result.status != IoStatus::done) {
            if (!read_failed(result.status)) {
                return;
            }
            continue;
        }
        if (!receive(result.bytes)) {
            return;
        }
        // A short read has emptied the stream: another would only cost a call.
        if (!reader_.filled() && stream_->short_read_is_all() && !hang_up_.reads_to_the_end()) {
            return;
        }
    }
}

void ReceivingClient::hold_input() {
    input_left_ = true;
    const IoStatus status = hang_up_.status_of(*stream_, reader_.is_paused());
    if (status == IoStatus::end) {
        input_left_ = false;
        end_of_input();
    } else if (status == IoStatus::error) {
        end(session::CloseReason::client_reset);
    }
}

bool ReceivingClient::read_failed(IoStatus status) {
    switch (status) {
        case IoStatus::end:
            end_of_input();
            return false;
        case IoStatus::error:
            if (stream_->failure().only_input) {
                refuse_input({.kind = FrameReader::Step::Kind::error});
            } else {
                end(session::CloseReason::client_reset);
            }
            return false;
        case IoStatus::cut:
            if (settings_->framing(true).oversize == codec::Oversize::close) {
                refuse_input({.kind = FrameReader::Step::Kind::error});  // too large
                return false;
            }
            count_refusal(v1::FRAME_TOO_LARGE);
            reader_.packet_cut();
            return true;
        default:
            return false;
    }
}

bool ReceivingClient::handle_input(std::size_t size) {
    last_received_ = now();
    if (!handle_frames()) {
        return false;
    }
    if (reader_.partial_since() == last_received_) {
        watch_until(frame_end(last_received_));
    }
    if (timed_ && timed_->pause_watch) {
        timed_->pause_watch->received();
    }
    note_activity();
    std::uint64_t& throttled = shard().counters().throttled_reads;
    throttle_.bytes_received(user(), size, last_received_, throttled);
    if (reader_.is_paused()) {
        reactor().run_again(read_work());
    }
    return !reader_.is_paused();
}

PauseWatch::Found ReceivingClient::read_on() {
    const std::uint64_t before = reader_.bytes();
    if (lifecycle_.is_live()) {
        read_turn();
    }
    if (!lifecycle_.is_live() || input_ != Input::open || reader_.bytes() != before) {
        return PauseWatch::Found::something;
    }
    return has_input_left() ? PauseWatch::Found::held_back : PauseWatch::Found::nothing;
}

void ReceivingClient::end_frame() {
    const FrameReader::Step step = reader_.end_by_pause();
    if (step.kind != FrameReader::Step::Kind::frame) {
        return;
    }
    if (input_is_charged_) {
        release_input_charge();
    }
    session_->on_frame({step.payload, nullptr});
    reader_.clear();
    reactor().work().add(reactor::work::kFrame);
    if (lifecycle_.is(Phase::pre_auth)) {
        leave_pre_auth();
    }
    if (lifecycle_.is_live()) {
        count_frame();
    }
}

bool ReceivingClient::handle_frames() {
    reactor::WorkMeter& work = reactor().work();
    for (;;) {
        const FrameReader::Step step = reader_.next();
        switch (step.kind) {
            case FrameReader::Step::Kind::need_more:
                return true;
            case FrameReader::Step::Kind::frame:
                if (input_is_charged_) [[unlikely]] {
                    release_input_charge();
                }
                session_->on_frame({step.payload, step.owner});
                work.add(reactor::work::kFrame);
                look_ahead();
                if (!lifecycle_.is_live()) {
                    return false;
                }
                if (lifecycle_.is(Phase::pre_auth)) {
                    leave_pre_auth();
                }
                count_frame();
                if (work.slice_is_over() || is_throttled()) {
                    reader_.pause();
                    return true;
                }
                break;
            case FrameReader::Step::Kind::lost:
                count_refusal(v1::FRAME_TOO_LARGE);
                break;
            default:
                refuse_input(step);
                return false;
        }
    }
}

void ReceivingClient::refuse_input(const FrameReader::Step& step) {
    const StreamFailure failure = stream_->failure();
    const InputError error =
        failure.only_input
            ? describe_input_error(failure)
            : describe_input_error(step, reader_.detected(), settings_->protocol().name);
    refuse_and_close(error.refusal, error.reason);
}

void ReceivingClient::end_of_input() {
    input_ = Input::ended;
    const FrameReader::Step last = reader_.finish();
    if (last.kind == FrameReader::Step::Kind::frame) {
        session_->on_frame({last.payload, nullptr});
    } else if (last.kind == FrameReader::Step::Kind::error) {
        refuse_input(last);
    }
    reader_.clear();
    report_end_of_input();
}

// Earlier publications of the peer come first.
void ReceivingClient::report_end_of_input() {
    if (input_ == Input::ended && !publisher_queue_.holds_back() && lifecycle_.is_live()) {
        input_ = Input::reported;
        session_->on_end_of_input();
    }
    if (input_ == Input::reported && hang_up_.is_gone() && lifecycle_.is_live()) {
        input_ = Input::gone;
        session_->on_peer_gone();
    }
}

void ReceivingClient::discard_input() {
    switch (server::discard_input(*stream_)) {
        case IoStatus::wait_read:
        case IoStatus::wait_write:
            break;
        case IoStatus::done:
            reactor().run_again(read_work());
            break;
        case IoStatus::end:
            input_ = input_ == Input::open ? Input::ended : input_;
            if (lifecycle_.is(Phase::lingering)) {
                end(lifecycle_.reason());
            }
            break;
        default:
            end(lifecycle_.reason());
    }
}

// --- a paused publisher --------------------------------------------------------------------------

void ReceivingClient::release_publisher_queue() {
    const reactor::WorkMeter& work = reactor().work();
    bool released = false;
    while (lifecycle_.is_live() && !shard().congested() && publisher_queue_.release_one(broker_)) {
        released = true;
        if (work.slice_is_over()) {
            reactor().run_again(read_work());
            break;
        }
    }
    if (released) {
        recharge();
    }
    if (closes_when_released_ && !publisher_queue_.holds_back()) {
        SendingClient::close(*closes_when_released_, {});
    }
    if (shard().congested() && publisher_queue_.holds_back()) {
        shard().wait_for_relief(read_work());
    }
    report_end_of_input();
}

// --- in step with the output ---------------------------------------------------------------------

void ReceivingClient::after_write() {
    note_activity();
    if (lifecycle_.is(Phase::flushing) && send_queue_.empty()) {
        stream_->finish_writing();
        if (input_ != Input::open) {
            end(lifecycle_.reason());
            return;
        }
        lifecycle_.linger(now());
        reactor().run_again(read_work());
    } else if (unread_replies_ && lifecycle_.is_live() && send_queue_.control_bytes() == 0) {
        unread_replies_ = false;
        reactor().run_again(read_work());
    }
}

}  // namespace telex::server
