#include "server/stream/send_queue.hpp"

#include "base/short_bytes.hpp"
#include "net/stream_io.hpp"

#include <algorithm>
#include <array>

namespace telex::server {

void SendQueue::put(const FramedParts& frame, std::uint64_t key, TimePoint now) {
    QueuedOutput& out = output();
    if (!is_flowing(out)) [[unlikely]] {
        put_behind(frame, key, now);
        return;
    }
    const std::size_t size = frame.size();
    append(out.committed, frame, size);
    bytes_ += size;
    out.unwritten.add(size, key, 1);
    if (is_message(key) && size != 0) [[likely]] {
        count(1);
    }
}

std::size_t SendQueue::put_run(
    const FramedParts& frame,
    std::span<const wire::PlainMessage> bodies,
    std::uint64_t key,
    std::size_t enough,
    TimePoint now
) {
    QueuedOutput& queued = output();
    const std::size_t size = frame.size();
    if (!is_flowing(queued) || size == 0 || size >= kCopyRunBelow || bytes() >= enough) {
        FramedParts one = frame;
        one.body = bodies.front().body;
        put(one, key, now);
        return 1;
    }
    const std::size_t places = std::min(enough, kCommitWindow) - bytes();
    const std::size_t number = std::min(bodies.size(), 1 + (places - 1) / size);
    const std::size_t at_once = ByteQueue::kMaxClaim / size;
    for (auto left = bodies.first(number); !left.empty();) {
        const auto some = left.first(std::min(at_once, left.size()));
        char* out = queued.committed.claim(some.size() * size);
        for (const wire::PlainMessage& message : some) {
            out = copy_to(out, frame.prefix);
            out = copy_to(out, frame.head);
            out = copy_to(out, message.body);
            out = copy_to(out, frame.suffix);
        }
        left = left.subspan(some.size());
    }
    queued.unwritten.add(size, key, number);
    bytes_ += number * size;
    count(is_message(key) ? number : 0);
    return number;
}

void SendQueue::put_behind(const FramedParts& frame, std::uint64_t key, TimePoint now) {
    const std::size_t size = frame.size();
    Frames& frames = !is_delivery(key) && !has_backlog() ? output_->controls : output_->backlog;
    append(frames.bytes, frame, size);
    bytes_ += size;
    frames.marks.push_back({size, key, now});
    count(is_message(key) ? 1 : 0);
    if (!is_delivery(key)) {
        output_->control_bytes += size;
    }
}

// A blocked stream may stay blocked for long: a body must not keep a much larger chunk alive.
bool SendQueue::refers_to_body(const FramedParts& frame) const {
    if (frame.body.size() < kCopyBelow || frame.body_owner == nullptr || !*frame.body_owner) {
        return false;
    }
    return state_ == State::flowing || frame.body.size() >= (*frame.body_owner)->capacity() / 4;
}

void SendQueue::append(ByteQueue& queue, const FramedParts& frame, std::size_t size) const {
    if (size < kCopyBelow) [[likely]] {
        if (size > 0) {
            char* out = copy_to(queue.claim(size), frame.prefix);
            out = copy_to(out, frame.head);
            out = copy_to(out, frame.body);
            copy_to(out, frame.suffix);
        }
        return;
    }
    queue.copy_in(frame.prefix);
    queue.copy_in(frame.head);
    if (refers_to_body(frame)) {
        queue.refer(frame.body, *frame.body_owner);
    } else {
        queue.copy_in(frame.body);
    }
    queue.copy_in(frame.suffix);
}

// --- writing -------------------------------------------------------------------------------------

IoResult SendQueue::flush(ByteStream& stream) {
    if (!output_) {
        state_ = State::flowing;
        return {};
    }
    const IoResult result = keeps_packets_ ? flush_packets(stream) : flush_bytes(stream);
    if (result.status == IoStatus::done) {
        state_ = State::flowing;
    } else {
        state_ = result.must_wait() ? State::blocked : State::broken;
        output_->committed.compact();
    }
    release_when_empty();
    return result;
}

IoResult SendQueue::flush_packets(ByteStream& stream) {
    IoResult result = flush_packets(stream, output_->controls);
    if (result.status == IoStatus::done) {
        result = flush_packets(stream, output_->backlog);
        move_leading_controls();
    }
    return result;
}

IoResult SendQueue::flush_bytes(ByteStream& stream) {
    IoResult result;
    std::size_t left = kFlushBytes;
    for (commit(); result.status == IoStatus::done && !output_->committed.empty() && left > 0;
         commit()) {
        result = flush_committed(stream, left);
        left -= result.bytes;
    }
    return result;
}

// One gathered write. A short write is not retried: the next one would have to wait.
IoResult SendQueue::flush_committed(ByteStream& stream, std::size_t most) {
    std::array<iovec, net::kMaxVectors> vectors;
    const auto offered = output_->committed.gather(vectors, most);
    IoResult result = stream.write(vectors.data(), offered.vectors);
    if (result.status == IoStatus::done) {
        output_->committed.consume(result.bytes);
        bytes_ -= result.bytes;
        forget_written(result.bytes);
        if (result.bytes < offered.bytes) {
            result.status = IoStatus::wait_write;
        }
    }
    return result;
}

void SendQueue::forget_written(std::size_t bytes) {
    if (output_->committed.empty() && !output_->is_waiting()) [[likely]] {
        output_->unwritten.clear();
        uncount(output_->messages);
    } else {
        uncount(output_->unwritten.consume(bytes));
    }
}

IoResult SendQueue::flush_packets(ByteStream& stream, Frames& frames) {
    while (!frames.marks.empty()) {
        const std::size_t size = frames.marks.front().size;
        std::array<iovec, net::kMaxVectors> vectors;
        const auto packet = frames.bytes.gather(vectors, size);
        const IoResult result = stream.write(vectors.data(), packet.vectors);
        if (result.status != IoStatus::done) {
            return result;
        }
        frames.bytes.consume(size);
        bytes_ -= size;
        uncount(is_message(take_mark(frames).key) ? 1 : 0);
    }
    return {};
}

// --- from part to part ---------------------------------------------------------------------------

SendQueue::Mark SendQueue::take_mark(Frames& frames) {
    const Mark mark = frames.marks.front();
    frames.marks.pop_front();
    if (!is_delivery(mark.key)) {
        output_->control_bytes -= mark.size;
    }
    ++moves_;
    return mark;
}

void SendQueue::commit() {
    if (!output_->is_waiting()) [[likely]] {
        return;
    }
    commit_from(output_->controls);
    if (output_->controls.marks.empty()) {
        commit_from(output_->backlog);
        move_leading_controls();
    }
}

void SendQueue::commit_from(Frames& frames) {
    std::size_t size = 0;
    while (!frames.marks.empty() && output_->committed.bytes() + size < kCommitWindow) {
        const Mark mark = take_mark(frames);
        output_->unwritten.add(mark.size, mark.key, 1);
        uncount(is_message(mark.key) && mark.size == 0 ? 1 : 0);
        size += mark.size;
    }
    output_->committed.take_front(frames.bytes, size);
}

// Control frames without a delivery before them stay in the queue and in its order.
void SendQueue::move_leading_controls() {
    while (!output_->backlog.marks.empty() && !is_delivery(output_->backlog.marks.front().key)) {
        const Mark mark = output_->backlog.marks.front();
        output_->backlog.marks.pop_front();
        ++moves_;
        output_->controls.bytes.take_front_compact(output_->backlog.bytes, mark.size);
        output_->controls.marks.push_back(mark);
    }
}

// --- dropping ------------------------------------------------------------------------------------

std::optional<std::uint64_t> SendQueue::drop_oldest() {
    if (!has_backlog()) {
        return std::nullopt;
    }
    const Mark mark = take_mark(output_->backlog);
    output_->backlog.bytes.consume(mark.size);
    bytes_ -= mark.size;
    uncount(1);
    move_leading_controls();
    release_when_empty();
    return mark.key;
}

void SendQueue::clear() {
    if (output_) {
        output_->clear();
        bytes_ = 0;
        uncount(output_->messages);
        release_when_empty();
    }
}

}  // namespace telex::server
