#include "server/workers/workers.hpp"

namespace telex::server {

Worker& Workers::add(reactor::Reactor& reactor, exchange::Shard& shard) {
    workers_.push_back(std::make_unique<Worker>(reactor, shard, *this));
    reactors_.push_back(&reactor);
    return *workers_.back();
}

Worker& Workers::less_loaded_of_two(std::uint64_t random) {
    const std::size_t count = workers_.size();
    Worker& first = *workers_[random % count];
    Worker& second = *workers_[(random / count + 1 + random % count) % count];
    return second.load() < first.load() ? second : first;
}

void Workers::start() {
    running_ = true;
    on_all([](Worker& worker) { worker.start(); });
}

bool Workers::drain_quiet() {
    std::atomic<bool> work_is_open{false};
    on_all([&work_is_open](Worker& worker) {
        if (worker.has_open_work()) {
            work_is_open = true;
        }
    });
    std::atomic<bool> all_ended{true};
    on_all([&](Worker& worker) {
        if (!worker.drain_quiet(work_is_open)) {
            all_ended = false;
        }
    });
    return all_ended;
}

void Workers::abort_all() {
    on_all([](Worker& worker) { worker.abort_all(); });
    running_ = false;
}

}  // namespace telex::server
