#include "storage/work_queue.hpp"

#include <pthread.h>

#include <utility>

namespace telex::storage {

void WorkQueue::start(const std::string& name) {
    const std::lock_guard lock(mutex_);
    running_ = true;
    thread_ = std::thread([this] { run(); });
    // A name is a convenience: without it the thread works as well.
    (void)::pthread_setname_np(thread_.native_handle(), name.c_str());
}

void WorkQueue::stop() {
    {
        const std::lock_guard lock(mutex_);
        if (!running_) {
            return;
        }
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
    const std::lock_guard lock(mutex_);
    running_ = false;
    stopping_ = false;
}

void WorkQueue::post(Task task) {
    {
        const std::lock_guard lock(mutex_);
        if (running_) {
            tasks_.push_back(std::move(task));
            changed_.notify_one();
            return;
        }
    }
    task();
}

void WorkQueue::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
        if (tasks_.empty()) {
            return;
        }
        Task task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task();
        task = nullptr;
        lock.lock();
    }
}

}  // namespace telex::storage
