#include "support/naive_stuffed.hpp"

#include "support/naive_state.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace telex::test {

namespace {

using namespace codec;

class NaiveStuffed : private NaiveState {
public:
    using NaiveState::NaiveState;

    DecodeOutcome run() {
        while (!done_ && pos_ < stream_.size()) {
            one_frame();
        }
        return std::move(outcome_);
    }

private:
    void one_frame() {
        switch (framing_.stuffing) {
            case Stuffing::dot:
                return dot_frame();
            case Stuffing::dle:
                return dle_frame();
            default:
                return stuffed_frame();
        }
    }

    std::size_t max_notation() const {
        const std::size_t max =
            framing_.max_frame_bytes + (framing_.checksum == Checksum::fcs16 ? 2 : 0);
        return framing_.stuffing == Stuffing::cobs ? max + max / 254 + 1 : 2 * max;
    }

    char end_byte() const {
        switch (framing_.stuffing) {
            case Stuffing::cobs:
                return '\0';
            case Stuffing::slip:
                return '\xC0';
            default:
                return '~';
        }
    }

    // Line by line.
    void dot_frame() {
        std::string payload;
        std::size_t begin = pos_;
        while (true) {
            const std::size_t end = stream_.find("\r\n", begin);
            if (end == ByteView::npos) {
                return dot_rest();
            }
            ByteView line = stream_.substr(begin, end - begin);
            if (line == ".") {
                break;
            }
            if (line.starts_with('.')) {
                line.remove_prefix(1);
            }
            payload.append(begin == pos_ ? "" : "\r\n").append(line);
            begin = end + 2;
        }
        const std::size_t stuffed = begin == pos_ ? 0 : begin - 2 - pos_;
        pos_ = begin + 3;
        if (payload.size() > framing_.max_frame_bytes) {
            give_up(static_cast<Wide>(stuffed));
            return;
        }
        deliver(payload, payload.empty());
    }

    // Four bytes may begin the end; of each three bytes one may be an additional dot.
    void dot_rest() {
        const ByteView rest = stream_.substr(pos_);
        const std::size_t content = rest.size() - std::min<std::size_t>(rest.size(), 4);
        const std::size_t max = framing_.max_frame_bytes;
        if (content <= max + (max + 2) / 3 || give_up(static_cast<Wide>(content))) {
            fail(FrameError::truncated);
        }
    }

    // The byte behind a DLE at this place, or nothing: it is a DLE, too, or no DLE is there.
    std::optional<char> mark_at(std::size_t at) const {
        const bool is_mark =
            at + 1 < stream_.size() && stream_[at] == '\x10' && stream_[at + 1] != '\x10';
        return is_mark ? std::optional(stream_[at + 1]) : std::nullopt;
    }

    bool starts_at(std::size_t at) const {
        const auto mark = mark_at(at);
        return mark && (framing_.dle.start.empty() ? *mark != framing_.dle.end[0]
                                                   : *mark == framing_.dle.start[0]);
    }

    void dle_frame() {
        if (!starts_at(pos_)) {
            return between_dle_frames(true);
        }
        std::string payload;
        std::size_t at = pos_ + (framing_.dle.start.empty() ? 1 : 2);
        const std::size_t begin = at;
        while (at < stream_.size() && !mark_at(at)) {
            if (stream_[at] == '\x10' && at + 1 == stream_.size()) {
                break;
            }
            payload.push_back(stream_[at]);
            at += stream_[at] == '\x10' ? 2 : 1;
        }
        const bool too_long = at - begin > 2 * framing_.max_frame_bytes;
        if (too_long && !give_up(static_cast<Wide>(at - begin))) {
            return;
        }
        const auto mark = mark_at(at);
        if (!mark) {
            return fail(FrameError::truncated);
        }
        pos_ = at;
        if (*mark != framing_.dle.end[0]) {
            return broken_dle_frame(too_long ? std::nullopt : std::optional(at - begin));
        }
        pos_ += 2;
        if (too_long) {
            return;
        }
        if (payload.size() > framing_.max_frame_bytes) {
            give_up(static_cast<Wide>(at - begin));
            return;
        }
        deliver(payload, payload.empty());
    }

    // `stuffed`: its size, if it is not lost already.
    void broken_dle_frame(std::optional<std::size_t> stuffed) {
        if (framing_.damaged == Damaged::close) {
            return fail(FrameError::bad_escape);
        }
        if (stuffed) {
            damaged(FrameError::bad_escape, *stuffed);
        }
        if (!done_ && !starts_at(pos_)) {
            pos_ += 2;
            between_dle_frames(false);
        }
    }

    void between_dle_frames(bool lost) {
        const std::size_t begin = pos_;
        while (pos_ < stream_.size() && !starts_at(pos_)) {
            if (stream_[pos_] == '\x10' && pos_ + 1 == stream_.size()) {
                if (lost && pos_ == begin) {
                    return fail(FrameError::truncated);
                }
                break;
            }
            pos_ += stream_[pos_] == '\x10' ? 2 : 1;
        }
        const auto bytes = static_cast<Wide>(pos_ - begin);
        if (bytes > 0 && framing_.damaged == Damaged::close) {
            return fail(FrameError::bad_start);
        }
        if (bytes > budget_) {
            return fail(FrameError::too_large);
        }
        budget_ -= bytes;
        outcome_.lost += lost && bytes > 0 ? 1 : 0;
        if (pos_ + 1 == stream_.size() && !starts_at(pos_)) {
            pos_ = stream_.size();  // a DLE
        }
    }

    void stuffed_frame() {
        const std::size_t end = stream_.find(end_byte(), pos_);
        const ByteView stuffed = stream_.substr(pos_, end - pos_);
        const bool too_long = stuffed.size() > max_notation();
        if (too_long && !give_up(static_cast<Wide>(stuffed.size()))) {
            return;
        }
        if (end == ByteView::npos) {
            return fail(FrameError::truncated);
        }
        pos_ = end + 1;
        if (too_long || stuffed.empty()) {
            return;
        }
        auto payload = unstuffed(stuffed);
        if (!payload) {
            return damaged(FrameError::bad_escape, stuffed.size());
        }
        if (framing_.checksum == Checksum::fcs16 && !take_fcs(*payload)) {
            return damaged(FrameError::bad_checksum, stuffed.size());
        }
        if (payload->size() > framing_.max_frame_bytes) {
            give_up(static_cast<Wide>(stuffed.size()));
            return;
        }
        deliver(*payload, payload->empty());
    }

    void damaged(FrameError error, std::size_t stuffed) {
        if (framing_.damaged == Damaged::close || static_cast<Wide>(stuffed) > budget_) {
            return fail(error);
        }
        budget_ -= static_cast<Wide>(stuffed);
        ++outcome_.lost;
    }

    std::optional<std::string> unstuffed(ByteView stuffed) const {
        switch (framing_.stuffing) {
            case Stuffing::cobs:
                return uncobs(stuffed);
            case Stuffing::slip:
                return unslip(stuffed);
            default:
                break;
        }
        std::string payload;
        bool escaped = false;
        for (const char byte : stuffed) {
            if (byte == '}' && !escaped) {
                escaped = true;
                continue;
            }
            payload.push_back(escaped ? static_cast<char>(byte ^ ' ') : byte);
            escaped = false;
        }
        return escaped ? std::nullopt : std::optional(payload);
    }

    // Bit by bit, as the register of RFC 1662: content and sequence together leave F0B8.
    static bool take_fcs(std::string& content) {
        unsigned remainder = 0xFFFF;
        for (const char byte : content) {
            for (unsigned bit = 0; bit < 8; ++bit) {
                const unsigned in = (static_cast<unsigned char>(byte) >> bit) & 1U;
                const unsigned out = remainder & 1U;
                remainder >>= 1U;
                remainder ^= in == out ? 0 : 0x8408U;
            }
        }
        if (content.size() < 2 || remainder != 0xF0B8) {
            return false;
        }
        content.resize(content.size() - 2);
        return true;
    }

    // Byte by byte: a countdown to the next code byte.
    static std::optional<std::string> uncobs(ByteView stuffed) {
        std::string payload;
        unsigned left = 0;
        bool zero_owed = false;
        for (const char byte : stuffed) {
            if (left == 0) {
                if (zero_owed) {
                    payload.push_back('\0');
                }
                left = static_cast<unsigned char>(byte);
                zero_owed = left != 255;
            } else {
                payload.push_back(byte);
            }
            --left;
        }
        return left == 0 ? std::optional(payload) : std::nullopt;
    }

    static std::optional<std::string> unslip(ByteView stuffed) {
        std::string payload;
        bool escaped = false;
        for (const char byte : stuffed) {
            if (escaped && byte != '\xDC' && byte != '\xDD') {
                return std::nullopt;
            }
            if (escaped) {
                payload.push_back(byte == '\xDC' ? '\xC0' : '\xDB');
                escaped = false;
            } else if (byte == '\xDB') {
                escaped = true;
            } else {
                payload.push_back(byte);
            }
        }
        return escaped ? std::nullopt : std::optional(payload);
    }
};

}  // namespace

DecodeOutcome naive_stuffed(const Framing& framing, ByteView stream) {
    return NaiveStuffed(framing, stream).run();
}

}  // namespace telex::test
