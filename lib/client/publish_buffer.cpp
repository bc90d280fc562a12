#include "client/publish_buffer.hpp"

#include "client/outgoing.hpp"
#include "wire/reply_subject.hpp"

#include <functional>
#include <utility>

namespace telex::client {
namespace {

// A larger buffer is freed when it is empty.
constexpr std::size_t kKeepCapacity = std::size_t{1} << 20;

constexpr char kSubjectTag =
    static_cast<char>(wire::tag_of(wire::message_field::kSubject, wire::WireType::length));

// Returns what follows a number at the begin.
ByteView after_number(ByteView bytes) {
    std::size_t size = 1;
    while ((static_cast<unsigned char>(bytes[size - 1]) & 0x80U) != 0) {
        ++size;
    }
    return bytes.substr(size);
}

// Walks frames encoded by this library.
class OwnFrames {
public:
    explicit OwnFrames(ByteView bytes) : bytes_(bytes) {}

    bool next() {
        at_ = end_;
        if (at_ >= bytes_.size()) {
            return false;
        }
        head_ = 0;
        size_ = 0;
        unsigned shift = 0;
        unsigned char byte = 0;
        do {
            byte = static_cast<unsigned char>(bytes_[at_ + head_++]);
            size_ |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
            shift += 7;
        } while ((byte & 0x80U) != 0);
        is_publish_ = bytes_[at_ + head_] == kMessageTag;
        end_ = at_ + head_ + size_;
        return true;
    }

    bool is_publish() const { return is_publish_; }

    // To the reply subject of a request.
    bool is_reply() const {
        if (!is_publish_) {
            return false;
        }
        const ByteView message = after_number(whole().substr(head_ + 1));
        return message[0] == kSubjectTag &&
               after_number(message.substr(1)).starts_with(wire::kReplyPrefix);
    }

    std::uint64_t size() const { return size_; }  // without its length

    std::size_t end() const { return end_; }

    ByteView whole() const { return bytes_.substr(at_, end_ - at_); }

private:
    ByteView bytes_;
    std::size_t at_ = 0;
    std::size_t head_ = 0;  // bytes of the length
    std::size_t end_ = 0;
    std::uint64_t size_ = 0;
    bool is_publish_ = false;
};

// Returns the frames for which `keep` is true.
template <class Keep>
std::string filtered(ByteView bytes, Keep keep) {
    std::string kept;
    for (OwnFrames frames(bytes); frames.next();) {
        if (keep(frames)) {
            kept.append(frames.whole());
        }
    }
    return kept;
}

}  // namespace

ByteView PublishBuffer::writable(bool take_pending) {
    if (written_ == writing_.size() && !introduction_.empty()) {
        writing_ = std::exchange(introduction_, {});
        written_ = 0;
    } else if (written_ == writing_.size() && !last_.empty()) {
        writing_ = std::exchange(last_, {});
        written_ = 0;
    } else if (written_ == writing_.size() && take_pending) {
        writing_.clear();
        written_ = 0;
        if (writing_.capacity() > kKeepCapacity && pending_.size() < kKeepCapacity) {
            writing_.shrink_to_fit();
        }
        std::swap(writing_, pending_);
    }
    return ByteView(writing_).substr(written_);
}

void PublishBuffer::begin_last() {
    last_ = filtered(pending_, [](const OwnFrames& frame) { return frame.is_reply(); });
    if (!last_.empty()) {
        pending_ = filtered(pending_, [](const OwnFrames& frame) { return !frame.is_reply(); });
    }
}

void PublishBuffer::rewind() {
    std::string kept = filtered(writing_, [this](const OwnFrames& frame) {
        return frame.is_publish() && frame.end() > written_;
    });
    kept += filtered(last_, [](const OwnFrames& frame) { return frame.is_publish(); });
    kept += filtered(pending_, [](const OwnFrames& frame) { return frame.is_publish(); });
    pending_ = std::move(kept);
    writing_.clear();
    introduction_.clear();
    last_.clear();
    written_ = 0;
}

std::size_t PublishBuffer::drop_larger_than(std::uint64_t max_frame_bytes) {
    std::size_t dropped = 0;
    for (OwnFrames frames(pending_); frames.next();) {
        dropped += frames.is_publish() && frames.size() > max_frame_bytes ? 1U : 0U;
    }
    if (dropped != 0) {
        pending_ = filtered(pending_, [max_frame_bytes](const OwnFrames& frame) {
            return !frame.is_publish() || frame.size() <= max_frame_bytes;
        });
    }
    return dropped;
}

std::size_t PublishBuffer::unsent_publishes() const {
    std::size_t count = 0;
    for (OwnFrames frames(writing_); frames.next();) {
        count += frames.is_publish() && frames.end() > written_ ? 1U : 0U;
    }
    for (const std::string& unsent : {std::cref(last_), std::cref(pending_)}) {
        for (OwnFrames frames(unsent); frames.next();) {
            count += frames.is_publish() ? 1U : 0U;
        }
    }
    return count;
}

}  // namespace telex::client
