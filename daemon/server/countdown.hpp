#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace telex::server {

// Lets one thread wait until others have reported so often.
class Countdown {
public:
    explicit Countdown(std::size_t count) : left_(count) {}

    void report() {
        const std::lock_guard lock(mutex_);
        --left_;
        changed_.notify_all();
    }

    void wait() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return left_ == 0; });
    }

    [[nodiscard]] bool wait_for(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, time, [this] { return left_ == 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t left_;
};

}  // namespace telex::server
