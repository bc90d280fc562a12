#include "protocols/raw/answer_queue.hpp"

#include <utility>

namespace telex::session {
namespace {

constexpr std::size_t kFirstAnswers = 8;
constexpr std::size_t kKeptAnswers = 256;

}  // namespace

std::uint64_t AnswerQueue::open() {
    if (size_ == ring_.size()) {
        grow();
    }
    return first_ + size_++;
}

bool AnswerQueue::waits(std::uint64_t id) const {
    return id >= first_ && id - first_ < size_ && slot(id).state == State::waiting;
}

void AnswerQueue::hold(std::uint64_t id, ByteView answer) {
    slot(id) = {SharedBytes::copy_of(answer), State::held};
    held_bytes_ += answer.size();
    ++held_;
}

void AnswerQueue::finish(std::uint64_t id) {
    slot(id).state = State::finished;
}

std::size_t AnswerQueue::drop_from(std::uint64_t id) {
    const std::size_t before = held_;
    while (size_ != 0 && first_ + size_ > id) {
        Slot& last = slot(first_ + size_ - 1);
        held_bytes_ -= last.answer.bytes.size();
        held_ -= last.state == State::held ? 1 : 0;
        last = {};
        --size_;
    }
    give_back_when_empty();
    return before - held_;
}

std::optional<SharedBytes> AnswerQueue::pop_ready() {
    std::optional<SharedBytes> answer;
    while (!answer && size_ != 0 && slot(first_).state != State::waiting) {
        Slot oldest = std::exchange(slot(first_), {});
        if (oldest.state == State::held) {
            held_bytes_ -= oldest.answer.bytes.size();
            --held_;
            answer = std::move(oldest.answer);
        }
        ++first_;
        --size_;
    }
    give_back_when_empty();
    return answer;
}

void AnswerQueue::grow() {
    AnswerQueue larger;
    larger.ring_.resize(ring_.empty() ? kFirstAnswers : ring_.size() * 2);
    for (std::uint64_t id = first_; id != first_ + size_; ++id) {
        larger.slot(id) = std::move(slot(id));
    }
    ring_ = std::move(larger.ring_);
}

void AnswerQueue::give_back_when_empty() {
    if (size_ == 0 && ring_.size() > kKeptAnswers) {
        ring_ = {};
    }
}

}  // namespace telex::session
