#include "server/connection/connection.hpp"

#include "codec/foreign.hpp"
#include "server/connection/connection_table.hpp"
#include "server/connection/frame_errors.hpp"

#include <sys/epoll.h>

#include <array>
#include <charconv>
#include <utility>

namespace telex::server {

namespace {

// What one connection may read in one turn before the others have theirs: so many bytes, or as many
// as make about so many frames.
constexpr std::size_t kTurnBytes = ReactorBuffers::kReadChunkBytes;
constexpr std::uint64_t kTurnFrames = 2'048;
constexpr std::size_t kLeastRead = 16U << 10U;
// Publications parked while their publisher is paused; beyond it, reading stops.
constexpr std::size_t kParkedBytes = 64U << 10U;
// Answers and errors that the peer did not take; beyond it, its questions are not read.
constexpr std::size_t kUnreadAnswers = 256U << 10U;

}  // namespace

Connection::Connection(
    exchange::Shard& shard,
    ReactorBuffers& buffers,
    ConnectionTable& table,
    ListenerState& listener,
    session::PeerFacts peer,
    std::string peer_text,
    std::unique_ptr<ByteStream> stream
)
    : Party(shard, listener, std::move(peer)),
      buffers_(buffers),
      table_(table),
      peer_text_(std::move(peer_text)),
      stream_(std::move(stream)),
      decoder_(codec::make_decoder(settings_->framing(stream_->keeps_packets()))),
      encoder_(settings_->encoder(stream_->keeps_packets())),
      max_outgoing_(stream_->max_packet()),
      input_(buffers),
      outbox_(buffers, stream_->keeps_packets()),
      pending_limit_(settings_->options().slow_consumer.max_pending_bytes),
      opened_(shard.reactor().now()),
      last_received_(opened_),
      last_written_(opened_) {
    // A name of the server's own making: decimal.
    (void)std::from_chars(
        peer_.connection.data(), peer_.connection.data() + peer_.connection.size(), number_
    );
}

Connection::~Connection() {
    auto& reactor = shard_.reactor();
    reactor.forget(read_work_);
    reactor.forget(flush_work_);
    reactor.forget(limit_work_);
    shard_.forget_waiting(read_work_);
    table_.timers().forget(read_work_);
    table_.timers().forget(limit_work_);
    if (state_ != State::gone) {
        leave_exchange();
        give_back_charges();
        give_back_places();
    }
}

bool Connection::start() {
    if (!shard_.reactor().poller().add(stream_->descriptor(), *this)) {
        return false;
    }
    polled_ = true;
    has_place_ = listener_.take_place();
    ++shard_.counters().connections_total;
    is_stranger_ = listener_.admit_stranger(network_);
    if (stream_->established()) {
        open();
        return true;
    }
    state_ = State::securing;
    recharge();
    deadline_ = opened_ + settings_->options().tls->handshake_timeout;
    has_standing_room_ = !has_place_ && listener_.take_standing_room();
    if (is_stranger_ && (has_place_ || has_standing_room_)) {
        secure();
    } else {
        turn_away(v1::TOO_MANY_CONNECTIONS, session::CloseReason::too_many_connections, {});
    }
    watch_until(next_deadline());
    return true;
}

void Connection::secure() {
    const IoResult result = stream_->handshake();
    if (result.status == IoResult::Status::again) {
        return;
    }
    if (result.status != IoResult::Status::done) {
        const StreamFailure failure = stream_->failure();
        if (failure.foreign) {
            count_refusal(v1::WRONG_PROTOCOL);
        }
        close_detail_ =
            failure.foreign ? "the peer does not speak TLS: " + failure.text : failure.text;
        abort(
            failure.foreign ? session::CloseReason::wrong_protocol
                            : session::CloseReason::tls_failed
        );
        return;
    }
    state_ = State::open;
    security_ = stream_->security();
    recharge();
    open();
    shard_.reactor().run_again(read_work_);  // what came with the end of the handshake
}

void Connection::turn_away(v1::ErrorCode code, session::CloseReason reason, std::string_view text) {
    if (state_ == State::securing) {
        count_refusal(code);
        abort(reason);
        return;
    }
    refuse_and_close({.code = code, .text = std::string(text), .closing = true}, reason);
}

void Connection::on_ready(std::uint32_t events) {
    if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLPRI)) != 0) {
        reads_to_the_last_ = true;
    }
    if (state_ == State::securing) {
        secure();
        return;
    }
    if ((events & EPOLLOUT) != 0 && (blocked_ || state_ == State::flushing)) {
        blocked_ = false;
        shard_.reactor().run_at_end(flush_work_);
    }
    const bool readable =
        (events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0 || stream_->read_waits_to_write();
    if (readable && !read_work_.queued()) {
        read_turn();
    }
}

bool Connection::may_read() {
    if (pauses_ > 0 && parked_bytes_ >= kParkedBytes) {
        return false;  // resume() reads on
    }
    if (shard_.reactor().now() < throttled_until_) {
        table_.timers().run_at(throttled_until_, read_work_);
        return false;
    }
    if (outbox_.control_bytes() >= kUnreadAnswers) {
        unread_answers_ = true;
        return false;  // after_write() reads on
    }
    if (shard_.congested()) {
        shard_.wait_for_relief(read_work_);
        return false;
    }
    return true;
}

void Connection::read_turn() {
    if (state_ == State::lingering || state_ == State::flushing) {
        discard_input();
        return;
    }
    release_parked();
    const std::uint64_t frames_before = frames_in_;
    std::size_t read = 0;
    while (state_ == State::open && !input_ended_ && may_read()) {
        const std::span<char> space = room_to_read();
        if (read > 0 &&
            (read + space.size() > kTurnBytes || frames_in_ - frames_before >= kTurnFrames)) {
            shard_.reactor().run_again(read_work_);
            return;
        }
        const std::uint64_t frames_so_far = frames_in_;
        const IoResult result = stream_->read(space.data(), space.size());
        switch (result.status) {
            case IoResult::Status::again:
                return;
            case IoResult::Status::end:
                end_of_input();
                return;
            case IoResult::Status::error:
                abort(session::CloseReason::client_reset);
                return;
            case IoResult::Status::cut:
                if (settings_->framing(true).oversize == codec::Oversize::close) {
                    on_frame_error(codec::FrameError::too_large, {});
                    return;
                }
                count_refusal(v1::FRAME_TOO_LARGE);
                read += space.size();  // one in a turn
                continue;
            case IoResult::Status::done:
                break;
        }
        read += result.bytes;
        bytes_in_ += result.bytes;
        shard_.counters().received_bytes += result.bytes;
        last_received_ = shard_.reactor().now();
        if (!cut_frames(input_.received(result.bytes))) {
            return;
        }
        note_activity();
        bill(frames_in_ - frames_so_far, result.bytes);
        adapt_reading(result.bytes == space.size(), frames_in_ - frames_so_far);
        // A short read has emptied the stream: asking again would only cost a call.
        if (result.bytes < space.size() && stream_->short_read_is_all() && !reads_to_the_last_) {
            return;
        }
    }
}

std::span<char> Connection::room_to_read() {
    const std::span<char> space = input_.prepare();
    // A packet that does not fit would be cut.
    return stream_->keeps_packets() ? space : space.first(std::min(space.size(), read_limit_));
}

// What is read at once has to be worked off before anybody else has his turn, and that depends on
// the number of frames more than on their bytes.
void Connection::adapt_reading(bool filled, std::uint64_t frames) {
    if (frames > kTurnFrames) {
        read_limit_ = std::max(read_limit_ / 2, kLeastRead);
    } else if (filled && frames < kTurnFrames / 4) {
        read_limit_ = std::min(read_limit_ * 2, kTurnBytes);
    }
}

// Tells a peer that speaks something else so, and closes.
bool Connection::is_foreign(ByteView bytes) {
    const auto name = codec::recognise_foreign(bytes);
    if (!name || settings_->protocol().any_bytes) {
        return false;
    }
    refuse_and_close(
        {.code = v1::WRONG_PROTOCOL,
         .text = "the peer speaks " + std::string(*name) + "; this port speaks " +
                 std::string(settings_->protocol().name),
         .closing = true},
        session::CloseReason::wrong_protocol
    );
    return true;
}

// Cuts and handles all whole frames; keeps the rest. False when the connection is closing.
bool Connection::cut_frames(ByteView bytes) {
    if (std::exchange(first_bytes_, false) && is_foreign(bytes)) {
        return false;
    }
    for (;;) {
        const codec::DecodeStep step = decoder_->decode(bytes);
        if (step.kind == codec::DecodeStep::Kind::need_more) {
            keep_for_later(bytes.substr(step.consumed), step.need);
            return true;
        }
        if (step.kind == codec::DecodeStep::Kind::error) {
            on_frame_error(step.error, bytes);
            return false;
        }
        if (step.kind == codec::DecodeStep::Kind::frame) {
            ++frames_in_;
            frame_began_ = {};
            const bool shared = step.payload.data() >= bytes.data() &&
                                step.payload.data() < bytes.data() + bytes.size();
            session_->on_frame({step.payload, shared ? &input_.owner() : nullptr});
            if (state_ != State::open) {
                return false;
            }
            if (input_limited_) {
                limit_input();
            }
        } else if (step.lost) {
            count_refusal(v1::FRAME_TOO_LARGE);
        }
        bytes.remove_prefix(step.consumed);
        if (bytes.empty()) {
            input_.keep({}, 0);
            return true;
        }
    }
}

void Connection::keep_for_later(ByteView bytes, std::size_t need) {
    input_.keep(bytes, need);
    if (frame_began_ == session::TimePoint{} && !bytes.empty()) {
        frame_began_ = last_received_;
        watch_until(frame_began_ + time_for_frame());
    }
}

void Connection::limit_input() {
    const std::size_t limit = session_->frame_limit();
    decoder_->limit_payload(limit);
    input_limited_ = limit != SIZE_MAX;
    if (!input_limited_) {
        dismiss_stranger();
        if (may_come_in_) {
            let_in();
        }
    }
}

void Connection::on_frame_error(codec::FrameError error, ByteView bytes) {
    const FrameErrorMeaning meaning = meaning_of(error);
    std::string text = "framing error: " + std::string(codec::name_of(error));
    if (const auto name = codec::recognise_foreign(bytes)) {
        text += "; the peer seems to speak " + std::string(*name);
    }
    refuse_and_close(
        {.code = meaning.code, .text = std::move(text), .closing = true}, meaning.reason
    );
}

void Connection::end_of_input() {
    input_ended_ = true;
    const codec::DecodeStep last = decoder_->finish(input_.rest());
    if (last.kind == codec::DecodeStep::Kind::frame) {
        ++frames_in_;
        session_->on_frame({last.payload, nullptr});
    } else if (last.kind == codec::DecodeStep::Kind::error) {
        on_frame_error(last.error, input_.rest());
    }
    input_.keep({}, 0);
    report_end_of_input();
}

// The session hears of the end only after what it published before was let through.
void Connection::report_end_of_input() {
    if (input_ended_ && !end_reported_ && !parking() && state_ == State::open) {
        end_reported_ = true;
        session_->on_end_of_input();
    }
}

void Connection::discard_input() {
    std::array<char, 16U << 10U> nowhere;
    // Bounded: a peer that sends without end is cut off by the deadline, not served here.
    for (int i = 0; i < 64; ++i) {
        const IoResult result = stream_->read(nowhere.data(), nowhere.size());
        if (result.status == IoResult::Status::again) {
            return;
        }
        if (result.status == IoResult::Status::end || result.status == IoResult::Status::error) {
            input_ended_ = true;
            if (state_ == State::lingering || result.status == IoResult::Status::error) {
                gone();
            }
            return;
        }
    }
    shard_.reactor().run_again(read_work_);
}

}  // namespace telex::server
