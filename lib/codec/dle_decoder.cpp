#include "codec/dle_decoder.hpp"

#include "base/byte_scan.hpp"
#include "codec/stuffing.hpp"

namespace telex::codec {

namespace {

constexpr std::size_t kPairBytes = 2;

}  // namespace

DleDecoder::DleDecoder(const Framing& framing)
    : start_(framing.dle.start.empty() ? std::nullopt : std::optional(framing.dle.start.front())),
      end_(framing.dle.end.front()),
      head_(start_ ? kPairBytes : 1),
      outcome_(framing) {}

bool DleDecoder::starts(char second) const {
    return start_ ? second == *start_ : second != Dle::kDle && second != end_;
}

void DleDecoder::enter(State state) {
    state_ = state;
    scanned_ = 0;
}

std::optional<char> DleDecoder::next_mark(ByteView input) {
    while (scanned_ < input.size()) {
        const std::size_t dle = find_byte(input, scanned_, Dle::kDle);
        examined_ += dle - scanned_ + kPairBytes;
        scanned_ = dle;
        if (dle + 1 >= input.size()) {
            return std::nullopt;
        }
        if (input[dle + 1] != Dle::kDle) {
            return input[dle + 1];
        }
        scanned_ += kPairBytes;
    }
    return std::nullopt;
}

DecodeStep DleDecoder::decode(ByteView input) {
    switch (state_) {
        case State::between:
            return begin(input);
        case State::inside:
            return inside(input);
        case State::oversize:
            return oversize(input);
        case State::noise:
            break;
    }
    return noise(input);
}

DecodeStep DleDecoder::wait(ByteView input) {
    outcome_.release_scratch();
    return DecodeStep::make_need_more(input.size() + 1);
}

DecodeStep DleDecoder::begin(ByteView input) {
    const bool is_mark = input.starts_with(Dle::kDle);
    if (input.empty() || (is_mark && input.size() < kPairBytes)) {
        return wait(input);
    }
    if (is_mark && starts(input[1])) {
        state_ = State::inside;
        scanned_ = kPairBytes;
        return inside(input);
    }
    if (outcome_.closes_when_damaged()) {
        return DecodeStep::make_error(FrameError::bad_start);
    }
    noise_is_lost_ = true;
    enter(State::noise);
    return noise(input);
}

DecodeStep DleDecoder::inside(ByteView input) {
    const auto mark = next_mark(input);
    const std::size_t content = scanned_ - head_;
    if (content > Dle::max_stuffed(outcome_.limit())) {
        return give_up(content, scanned_);
    }
    if (!mark) {
        return wait(input);
    }
    return *mark == end_ ? ended(input.substr(head_, content), scanned_ + kPairBytes)
                         : broken(content, *mark, true);
}

DecodeStep DleDecoder::give_up(std::size_t content, std::size_t consumed) {
    enter(State::oversize);
    return outcome_.give_up(content, consumed, false);
}

DecodeStep DleDecoder::ended(ByteView stuffed, std::size_t consumed) {
    enter(State::between);
    examined_ += stuffed.size();
    const ByteView payload = Dle::unstuff(stuffed, outcome_.scratch());
    return outcome_.deliver(payload, stuffed.size(), consumed);
}

DecodeStep DleDecoder::broken(std::size_t spent, char second, bool lost) {
    if (outcome_.closes_when_damaged()) {
        return DecodeStep::make_error(FrameError::bad_escape);
    }
    const bool begins = starts(second);
    const std::size_t consumed = scanned_ + (begins ? 0 : kPairBytes);
    noise_is_lost_ = false;
    enter(begins ? State::between : State::noise);
    return lost ? outcome_.damaged(FrameError::bad_escape, spent, consumed)
                : outcome_.skip_noise(0, consumed, false);
}

DecodeStep DleDecoder::oversize(ByteView input) {
    const auto mark = next_mark(input);
    const std::size_t content = scanned_;
    if (mark && *mark == end_) {
        enter(State::between);
        return outcome_.give_up(content, content + kPairBytes, true);
    }
    if (content > 0) {
        return give_up(content, content);
    }
    if (!mark) {
        return wait(input);
    }
    if (starts(*mark) && !outcome_.closes_when_damaged()) {
        outcome_.abandon();
        enter(State::between);
        return begin(input);
    }
    return broken(0, *mark, false);
}

DecodeStep DleDecoder::noise(ByteView input) {
    auto mark = next_mark(input);
    while (mark && !starts(*mark)) {
        scanned_ += kPairBytes;
        mark = next_mark(input);
    }
    const std::size_t bytes = scanned_;
    if (bytes > 0) {
        enter(mark ? State::between : State::noise);
        const bool lost = noise_is_lost_;
        noise_is_lost_ = false;
        return outcome_.skip_noise(bytes, bytes, lost);
    }
    if (!mark) {
        return wait(input);
    }
    enter(State::between);
    return begin(input);
}

DecodeStep DleDecoder::finish(ByteView rest) {
    if (state_ == State::noise && !rest.empty()) {
        return DecodeStep::make_skip(rest.size(), false);
    }
    const bool whole = rest.empty() && (state_ == State::between || state_ == State::noise);
    return whole ? DecodeStep::make_need_more(0) : DecodeStep::make_error(FrameError::truncated);
}

}  // namespace telex::codec
