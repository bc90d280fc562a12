#pragma once
// Compares passwords with their hashes on a few threads with a short queue: each comparison takes
// tens of milliseconds and megabytes, and any peer that reaches a port can cause one.
//
// Owned by the server; the destructor waits for the comparisons that run. Thread: any.
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace telex::server {

class PasswordChecks {
public:
    // The hash determines the memory of one comparison.
    static constexpr std::size_t kThreads = 2;
    static constexpr std::size_t kQueue = 256;

    PasswordChecks() = default;
    ~PasswordChecks();
    PasswordChecks(const PasswordChecks&) = delete;
    PasswordChecks& operator=(const PasswordChecks&) = delete;

    // `done` is called with the result on a thread of this pool. Returns false if too many wait or
    // the system has no threads; then `done` is not called.
    [[nodiscard]] bool submit(
        std::string hash, std::string password, std::function<void(bool)> done
    );

private:
    struct Check {
        std::string hash;
        std::string password;
        std::function<void(bool)> done;
    };

    [[nodiscard]] bool ensure_threads();
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Check> waiting_;
    std::vector<std::thread> threads_;  // started by the first comparison
    bool stopping_ = false;
};

}  // namespace telex::server
