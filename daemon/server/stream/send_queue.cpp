#include "server/stream/send_queue.hpp"

#include "base/short_bytes.hpp"

#include <array>

namespace telex::server {

void SendQueue::put(const FramedParts& frame, std::uint64_t subscription, session::TimePoint now) {
    const std::size_t size = frame.size();
    if (!keeps_packets_ && marks_.empty() && committed_.bytes() < kCommitWindow) [[likely]] {
        append(committed_, frame, size);
        return;
    }
    append(backlog_, frame, size);
    marks_.push_back({size, subscription, now});
    if (subscription == 0) {
        control_bytes_ += size;
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

IoResult SendQueue::flush(ByteStream& stream) {
    IoResult result;
    if (keeps_packets_) {
        result = flush_packets(stream);
    } else {
        std::size_t left = kFlushBytes;
        for (commit_backlog();
             result.status == IoResult::Status::done && !committed_.empty() && left > 0;
             commit_backlog()) {
            result = flush_committed(stream, left);
            left -= result.bytes;
        }
    }
    if (result.status == IoResult::Status::done) {
        state_ = State::flowing;
    } else {
        state_ = result.status == IoResult::Status::again ? State::blocked : State::broken;
        committed_.compact();
    }
    return result;
}

// One gathered write. A short write is not retried: the next one would return `again`.
IoResult SendQueue::flush_committed(ByteStream& stream, std::size_t most) {
    std::array<iovec, kMaxVectors> vectors;
    const auto offered = committed_.gather(vectors, most);
    IoResult result = stream.write(vectors.data(), offered.vectors);
    if (result.status == IoResult::Status::done) {
        committed_.consume(result.bytes);
        if (result.bytes < offered.bytes) {
            result.status = IoResult::Status::again;
        }
    }
    return result;
}

void SendQueue::commit_backlog() {
    std::size_t size = 0;
    while (!marks_.empty() && committed_.bytes() + size < kCommitWindow) {
        const Mark& mark = marks_.front();
        size += mark.size;
        if (mark.subscription == 0) {
            control_bytes_ -= mark.size;
        }
        marks_.pop_front();
    }
    committed_.take_front(backlog_, size);
}

IoResult SendQueue::flush_packets(ByteStream& stream) {
    while (!marks_.empty()) {
        const Mark& mark = marks_.front();
        std::array<iovec, kMaxVectors> vectors;
        const auto packet = backlog_.gather(vectors, mark.size);
        const IoResult result = stream.write(vectors.data(), packet.vectors);
        if (result.status != IoResult::Status::done) {
            return result;
        }
        backlog_.consume(mark.size);
        if (mark.subscription == 0) {
            control_bytes_ -= mark.size;
        }
        marks_.pop_front();
    }
    return {};
}

std::optional<std::uint64_t> SendQueue::drop_oldest() {
    std::size_t offset = 0;
    for (std::size_t i = 0; i < marks_.size(); ++i) {
        const Mark mark = marks_[i];
        if (mark.subscription != 0) {
            backlog_.cut(offset, mark.size);
            marks_.erase(i);
            return mark.subscription;
        }
        offset += mark.size;
    }
    return std::nullopt;
}

void SendQueue::clear() {
    committed_.clear();
    backlog_.clear();
    marks_.clear();
    control_bytes_ = 0;
}

void SendQueue::shrink() {
    if (empty()) {
        committed_.shrink();
        backlog_.shrink();
        marks_.shrink();
    }
}

}  // namespace telex::server
