#pragma once
// Where passwords are compared with their hashes: a few threads and a short queue, because each
// takes tens of milliseconds and megabytes, and anybody who reaches a port can ask for it.
//
// Owner: the server; its end waits for the checks that run. Thread: any.
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
    // What one check costs in memory, the hash says: so many at a time, so many wait.
    static constexpr std::size_t kThreads = 2;
    static constexpr std::size_t kQueue = 64;

    PasswordChecks() = default;
    ~PasswordChecks();
    PasswordChecks(const PasswordChecks&) = delete;
    PasswordChecks& operator=(const PasswordChecks&) = delete;

    // `done` is called with the result, on a thread of this pool. False: too many wait, or the
    // system has no threads; `done` is not called then.
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
    std::vector<std::thread> threads_;  // made for the first check
    bool stopping_ = false;
};

}  // namespace telex::server
