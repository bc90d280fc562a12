#pragma once
// Asks several reactors the same question, collects the replies, and delivers them once, when all
// have replied.
//
// The question runs on each reactor's thread, perhaps after the requester has given up: it owns
// what it needs. A reactor that stops before it has replied destroys the question unrun; then the
// replies are never delivered, and a waiting requester gets none at once.
#include "reactor/reactor.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace telex::reactor {

// Owned by the tasks of one question.
template <class Reply>
class Gathering {
public:
    using Done = std::function<void(std::vector<Reply>)>;

    Gathering(std::size_t count, Done done)
        : replies_(count), missing_(count), done_(std::move(done)) {}

    // Each index once, on any thread.
    void set(std::size_t index, Reply reply) {
        replies_[index] = std::move(reply);
        if (missing_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            done_(std::move(replies_));
        }
    }

private:
    std::vector<Reply> replies_;
    std::atomic<std::size_t> missing_;
    Done done_;
};

// Calls question(index) on the thread of reactors[index], and `done` with the replies in that order
// on the thread of the last one to reply: to go back to the requester it posts. Requires at least
// one reactor.
template <class Reply, class Question>
void gather(
    std::span<Reactor* const> reactors,
    const Question& question,
    typename Gathering<Reply>::Done done
) {
    const auto gathering = std::make_shared<Gathering<Reply>>(reactors.size(), std::move(done));
    for (std::size_t index = 0; index < reactors.size(); ++index) {
        reactors[index]->post([gathering, question, index] {
            gathering->set(index, question(index));
        });
    }
}

// The same, and waits for the replies: not on a reactor's thread. Returns nothing if a reactor has
// not replied within `patience` (absent: no limit) or has stopped.
template <class Reply, class Question>
[[nodiscard]] std::optional<std::vector<Reply>> gather_within(
    std::span<Reactor* const> reactors,
    std::optional<std::chrono::milliseconds> patience,
    const Question& question
) {
    auto promise = std::make_shared<std::promise<std::vector<Reply>>>();
    auto replies = promise->get_future();
    gather<Reply>(reactors, question, [promise = std::move(promise)](std::vector<Reply> all) {
        promise->set_value(std::move(all));
    });
    if (patience && replies.wait_for(*patience) != std::future_status::ready) {
        return std::nullopt;
    }
    try {
        return replies.get();
    } catch (const std::future_error&) {
        return std::nullopt;  // a reactor has stopped
    }
}

}  // namespace telex::reactor
