#pragma once
// All workers, and calls that wait for them.
//
// Owner: the server. Reactors pick a worker by load and number connections, on any thread; all else
// on the server's thread.
#include "reactor/gather.hpp"
#include "server/workers/worker.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <vector>

namespace telex::server {

class Workers {
public:
    // Adds the worker of a reactor. Before any reactor runs.
    Worker& add(reactor::Reactor& reactor, exchange::Shard& shard);

    std::size_t size() const { return workers_.size(); }

    Worker& at(std::size_t index) { return *workers_[index]; }

    Worker& less_loaded_of_two(std::uint64_t random);

    std::uint64_t next_connection_number() {
        return connection_numbers_.fetch_add(1, std::memory_order_relaxed) + 1;
    }

    // Begins to accept. Requires running reactors.
    void start();
    // One step of a drain: ends the connections that nothing more is expected of. Returns true if
    // no connection is left.
    bool drain_quiet();
    // Ends all connections. The reactors may be stopped afterwards.
    void abort_all();

    // From start() to abort_all().
    bool are_running() const { return running_; }

    // Returns the reply of each worker, or nothing if one has not replied within `patience`
    // (absent: no limit) or has stopped. The query runs on the worker's thread, perhaps after
    // the requester has given up: it owns what it needs.
    template <class Reply, class Query>
    [[nodiscard]] std::optional<std::vector<Reply>> ask_all(
        std::optional<std::chrono::milliseconds> patience, const Query& query
    );

    // The same for a query that takes long: make_job(worker) returns its job
    // (reactor::gather_in_slices).
    template <class Reply, class Maker>
    [[nodiscard]] std::optional<std::vector<Reply>> ask_all_in_slices(
        std::optional<std::chrono::milliseconds> patience, const Maker& make_job
    );

    // Runs `work` on every worker's thread, and waits for it.
    template <class Function>
    void on_all(Function work);
    // Completes the sweep of each worker's connections: make_sweep(worker) returns it.
    template <class Maker>
    void sweep_all(const Maker& make_sweep);
    // Runs `work` on the worker's thread, or here if the workers do not run; rethrows its
    // exception.
    template <class Function>
    void on_one(Worker& worker, Function work) const;

private:
    std::vector<std::unique_ptr<Worker>> workers_;
    std::vector<reactor::Reactor*> reactors_;  // of the workers, in their order
    std::atomic<std::uint64_t> connection_numbers_{0};
    bool running_ = false;
};

template <class Reply, class Query>
std::optional<std::vector<Reply>> Workers::ask_all(
    std::optional<std::chrono::milliseconds> patience, const Query& query
) {
    return reactor::gather_within<Reply>(reactors_, patience, [this, query](std::size_t index) {
        return query(*workers_[index]);
    });
}

template <class Reply, class Maker>
std::optional<std::vector<Reply>> Workers::ask_all_in_slices(
    std::optional<std::chrono::milliseconds> patience, const Maker& make_job
) {
    return reactor::gather_in_slices_within<Reply>(
        reactors_,
        patience,
        [this, make_job](std::size_t index) { return make_job(*workers_[index]); }
    );
}

template <class Function>
void Workers::on_all(Function work) {
    (void)ask_all<char>(std::nullopt, [work](Worker& worker) {  // absent only if a reactor stopped
        work(worker);
        return char{};
    });
}

template <class Maker>
void Workers::sweep_all(const Maker& make_sweep) {
    (void)ask_all_in_slices<char>(std::nullopt, make_sweep);  // absent only if a reactor stopped
}

template <class Function>
void Workers::on_one(Worker& worker, Function work) const {
    if (!running_) {
        work();
        return;
    }
    std::promise<void> done;
    worker.reactor().post([&] {
        try {
            work();
            done.set_value();
        } catch (...) {
            done.set_exception(std::current_exception());
        }
    });
    done.get_future().get();
}

}  // namespace telex::server
