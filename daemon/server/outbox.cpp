#include "server/outbox.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace telex::server {

void Outbox::put(const FramedParts& frame, std::uint64_t subscription, session::TimePoint now) {
    const std::size_t size = frame.size();
    bytes_ += size;
    if (!keeps_packets_ && backlog_.empty() && committed_ < kCommitWindow) {
        commit(frame);
        return;
    }
    WholeFrame whole{{}, {}, {}, subscription, now};
    const bool refer_body =
        frame.body.size() >= kCopyBelow && frame.body_owner != nullptr && *frame.body_owner;
    const ByteView copied_body = refer_body ? ByteView{} : frame.body;
    const ByteView copied_suffix = refer_body ? ByteView{} : frame.suffix;
    auto chunk = ChunkRef::adopt(Chunk::create(
        frame.prefix.size() + frame.head.size() + copied_body.size() + copied_suffix.size()
    ));
    char* out = chunk->data();
    for (const ByteView part : {frame.prefix, frame.head, copied_body, copied_suffix}) {
        if (!part.empty()) {
            std::memcpy(out, part.data(), part.size());
            out += part.size();
        }
    }
    whole.front.bytes = {chunk->data(), static_cast<std::size_t>(out - chunk->data())};
    whole.front.owner = std::move(chunk);
    if (refer_body) {
        whole.body = {*frame.body_owner, frame.body};
        whole.suffix = frame.suffix.empty() ? SharedBytes{} : SharedBytes::copy_of(frame.suffix);
    }
    if (subscription == 0) {
        control_bytes_ += size;
    }
    backlog_.push_back(std::move(whole));
}

void Outbox::commit(const FramedParts& frame) {
    copy_in(frame.prefix);
    copy_in(frame.head);
    if (frame.body.size() >= kCopyBelow && frame.body_owner != nullptr && *frame.body_owner) {
        refer(frame.body, *frame.body_owner);
    } else {
        copy_in(frame.body);
    }
    copy_in(frame.suffix);
}

void Outbox::copy_in(ByteView bytes) {
    committed_ += bytes.size();
    while (!bytes.empty()) {
        if (!block_ || block_used_ == block_->capacity()) {
            block_ = buffers_.take_block();
            block_used_ = 0;
        }
        const std::size_t part = std::min(bytes.size(), block_->capacity() - block_used_);
        char* place = block_->data() + block_used_;
        std::memcpy(place, bytes.data(), part);
        block_used_ += part;
        bytes.remove_prefix(part);
        if (segments_.size() > first_ && segments_.back().data + segments_.back().size == place &&
            segments_.back().owner.get() == block_.get()) {
            segments_.back().size += part;
        } else {
            segments_.push_back({place, part, block_});
        }
    }
}

void Outbox::refer(ByteView bytes, const ChunkRef& owner) {
    committed_ += bytes.size();
    segments_.push_back({bytes.data(), bytes.size(), owner});
}

IoResult Outbox::flush(ByteStream& stream) {
    if (keeps_packets_) {
        return flush_packets(stream);
    }
    for (;;) {
        commit_backlog();
        if (committed_ == 0) {
            return {};
        }
        const IoResult result = flush_committed(stream);
        if (result.status != IoResult::Status::done) {
            compact();
            return result;
        }
    }
}

// One gathered write. A short write is not retried: the next one would only learn `again`.
IoResult Outbox::flush_committed(ByteStream& stream) {
    std::array<iovec, kMaxVectors> vectors;
    std::size_t count = 0;
    std::size_t offered = 0;
    for (std::size_t i = first_; i < segments_.size() && count < kMaxVectors; ++i) {
        vectors[count] = {const_cast<char*>(segments_[i].data), segments_[i].size};
        offered += segments_[i].size;
        ++count;
    }
    IoResult result = stream.write(vectors.data(), count);
    if (result.status == IoResult::Status::done) {
        consume(result.bytes);
        if (result.bytes < offered) {
            result.status = IoResult::Status::again;
        }
    }
    return result;
}

void Outbox::consume(std::size_t written) {
    bytes_ -= written;
    committed_ -= written;
    while (written > 0) {
        Segment& segment = segments_[first_];
        const std::size_t part = std::min(written, segment.size);
        segment.data += part;
        segment.size -= part;
        written -= part;
        if (segment.size == 0) {
            segment.owner = {};
            ++first_;
        }
    }
    if (committed_ == 0) {
        segments_.clear();
        first_ = 0;
        buffers_.give_block(std::move(block_));
        block_ = {};
        block_used_ = 0;
    }
}

void Outbox::commit_backlog() {
    while (!backlog_.empty() && committed_ < kCommitWindow) {
        WholeFrame& frame = backlog_.front();
        commit({frame.front.bytes, {}, frame.body.bytes, frame.suffix.bytes, &frame.body.owner});
        if (frame.subscription == 0) {
            control_bytes_ -= frame.size();
        }
        backlog_.pop_front();
    }
}

IoResult Outbox::flush_packets(ByteStream& stream) {
    while (!backlog_.empty()) {
        WholeFrame& frame = backlog_.front();
        std::array<iovec, 3> vectors;
        std::size_t count = 0;
        for (const SharedBytes* part : {&frame.front, &frame.body, &frame.suffix}) {
            if (!part->bytes.empty()) {
                vectors[count++] = {const_cast<char*>(part->bytes.data()), part->bytes.size()};
            }
        }
        const IoResult result = stream.write(vectors.data(), count);
        if (result.status != IoResult::Status::done) {
            return result;
        }
        forget(frame);
        backlog_.pop_front();
    }
    return {};
}

// What stays after a blocked write may stay long: a small body must not keep a whole read chunk.
void Outbox::compact() {
    for (std::size_t i = first_; i < segments_.size(); ++i) {
        Segment& segment = segments_[i];
        if (segment.owner.get() != block_.get() && segment.size < segment.owner->capacity() / 4) {
            const SharedBytes copy = SharedBytes::copy_of({segment.data, segment.size});
            segment = {copy.bytes.data(), copy.bytes.size(), copy.owner};
        }
    }
}

void Outbox::forget(const WholeFrame& frame) {
    bytes_ -= frame.size();
    if (frame.subscription == 0) {
        control_bytes_ -= frame.size();
    }
}

std::size_t Outbox::drop_oldest(std::uint64_t& subscription) {
    const auto found = std::find_if(backlog_.begin(), backlog_.end(), [](const WholeFrame& frame) {
        return frame.subscription != 0;
    });
    if (found == backlog_.end()) {
        return 0;
    }
    const std::size_t size = found->size();
    subscription = found->subscription;
    forget(*found);
    backlog_.erase(found);
    return size;
}

void Outbox::clear() {
    segments_.clear();
    first_ = 0;
    backlog_.clear();
    committed_ = bytes_ = control_bytes_ = 0;
    buffers_.give_block(std::move(block_));
    block_ = {};
    block_used_ = 0;
}

}  // namespace telex::server
