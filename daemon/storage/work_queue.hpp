#pragma once
// A thread that runs tasks in their order. The committer and the reader of the engine are queues.
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace telex::storage {

// Any thread, except for start() and stop(): one thread.
class WorkQueue {
public:
    using Task = std::function<void()>;

    WorkQueue() = default;
    WorkQueue(const WorkQueue&) = delete;
    WorkQueue& operator=(const WorkQueue&) = delete;

    ~WorkQueue() { stop(); }

    // `name`: of the thread, at most 15 bytes.
    void start(const std::string& name);
    // Runs all tasks, then ends the thread. Later tasks run on the caller's thread again.
    void stop();

    // Without a thread, the task runs at once.
    void post(Task task);

private:
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Task> tasks_;
    bool running_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace telex::storage
