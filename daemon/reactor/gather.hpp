#pragma once
// Sends a query to several reactors, collects the replies, and delivers them once, when all
// have replied.
//
// The query runs on each reactor's thread, perhaps after the requester has given up: it owns
// what it needs. A reactor that stops before it has replied destroys the query unrun; then the
// replies are never delivered, and a waiting requester gets none at once.
#include "reactor/reactor.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace telex::reactor {

// Owned by the tasks of one query.
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

// Calls query(index) on the thread of reactors[index], and `done` with the replies in that order
// on the thread of the last one to reply: to go back to the requester it posts. Requires at least
// one reactor.
template <class Reply, class Query>
void gather(
    std::span<Reactor* const> reactors, const Query& query, typename Gathering<Reply>::Done done
) {
    const auto gathering = std::make_shared<Gathering<Reply>>(reactors.size(), std::move(done));
    for (std::size_t index = 0; index < reactors.size(); ++index) {
        reactors[index]->post([gathering, query, index] { gathering->set(index, query(index)); });
    }
}

// A query that takes several turns. Messages must not wait for it: its slices are short, unless
// the reactor has busy connections, whose slices make a turn long anyway.
template <class Reply, class Maker>
class SlicedQuery final : public Task {
    using Job = std::invoke_result_t<const Maker&, std::size_t>;

public:
    SlicedQuery(
        Reactor& reactor,
        std::shared_ptr<Gathering<Reply>> gathering,
        const Maker& make_job,
        std::size_t index
    )
        : reactor_(reactor), gathering_(std::move(gathering)), make_job_(make_job), index_(index) {}

    void run(std::unique_ptr<Task> self) override {
        if (!job_) {
            job_ = std::make_unique<Job>(make_job_(index_));
        }
        if (!reactor_.ready().has_busy()) {
            reactor_.work().shorten_slice(ReadyQueue::kSlice);
        }
        const std::uint64_t before = reactor_.work().total();
        const bool done = job_->run();
        reactor_.note_query(reactor_.work().total() - before);
        if (done) {
            gathering_->set(index_, job_->take());
        } else {
            reactor_.post_task(std::move(self));
        }
    }

private:
    Reactor& reactor_;
    std::shared_ptr<Gathering<Reply>> gathering_;
    const Maker make_job_;
    const std::size_t index_;
    std::unique_ptr<Job> job_;
};

// As gather(), for queries that take long. make_job(index) returns a job on the thread of
// reactors[index]:
//
//   bool run()     works until the slice is over, and returns true when the job is done; otherwise
//                  it is called again in the next turn
//   Reply take()   then
template <class Reply, class Maker>
void gather_in_slices(
    std::span<Reactor* const> reactors, const Maker& make_job, typename Gathering<Reply>::Done done
) {
    const auto gathering = std::make_shared<Gathering<Reply>>(reactors.size(), std::move(done));
    for (std::size_t index = 0; index < reactors.size(); ++index) {
        reactors[index]->post_task(std::make_unique<SlicedQuery<Reply, Maker>>(
            *reactors[index], gathering, make_job, index
        ));
    }
}

// Calls ask(done), which has `done` called with the replies, and waits for them: not on a reactor's
// thread. Returns nothing if that has not happened within `patience` (absent: no limit), or if a
// reactor has stopped.
template <class Reply, class Ask>
[[nodiscard]] std::optional<std::vector<Reply>> await_replies(
    std::optional<std::chrono::milliseconds> patience, const Ask& ask
) {
    auto promise = std::make_shared<std::promise<std::vector<Reply>>>();
    auto replies = promise->get_future();
    ask([promise = std::move(promise)](std::vector<Reply> all) {
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

template <class Reply, class Query>
[[nodiscard]] std::optional<std::vector<Reply>> gather_within(
    std::span<Reactor* const> reactors,
    std::optional<std::chrono::milliseconds> patience,
    const Query& query
) {
    return await_replies<Reply>(patience, [&](auto done) {
        gather<Reply>(reactors, query, std::move(done));
    });
}

template <class Reply, class Maker>
[[nodiscard]] std::optional<std::vector<Reply>> gather_in_slices_within(
    std::span<Reactor* const> reactors,
    std::optional<std::chrono::milliseconds> patience,
    const Maker& make_job
) {
    return await_replies<Reply>(patience, [&](auto done) {
        gather_in_slices<Reply>(reactors, make_job, std::move(done));
    });
}

}  // namespace telex::reactor
