#include "reactor/mailbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace telex::reactor {

Mailbox::Mailbox() : wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (wake_.get() < 0) {
        throw std::system_error(errno, std::generic_category(), "eventfd");
    }
}

Mailbox::~Mailbox() {
    for (Task* task : {oldest_, take_in_order()}) {
        while (task != nullptr) {
            const std::unique_ptr<Task> owned(std::exchange(task, task->next_));
        }
    }
}

bool Mailbox::push(std::unique_ptr<Task> task) {
    Task* pushed = task.release();
    pushed->next_ = newest_.load(std::memory_order_relaxed);
    while (!newest_.compare_exchange_weak(pushed->next_, pushed)) {
    }
    return sleeping_.load() && sleeping_.exchange(false);
}

void Mailbox::wake() {
    const std::uint64_t one = 1;
    // Fails only when the counter is full, and then the owner is awake already.
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
}

Task* Mailbox::take_in_order() {
    if (newest_.load(std::memory_order_relaxed) == nullptr) {
        return nullptr;
    }
    Task* newest = newest_.exchange(nullptr);
    Task* oldest = nullptr;
    while (newest != nullptr) {
        Task* next = newest->next_;
        newest->next_ = oldest;
        oldest = newest;
        newest = next;
    }
    return oldest;
}

std::size_t Mailbox::run_pending(const WorkMeter& meter) {
    if (oldest_ == nullptr) {
        oldest_ = take_in_order();
    }
    std::size_t count = 0;
    while (oldest_ != nullptr && (count == 0 || !meter.slice_is_over())) {
        Task* const current = std::exchange(oldest_, oldest_->next_);
        current->run(std::unique_ptr<Task>(current));
        ++count;
    }
    return count;
}

void Mailbox::put_back(std::unique_ptr<Task> task) {
    task->next_ = oldest_;
    oldest_ = task.release();
}

bool Mailbox::prepare_to_sleep() {
    if (oldest_ != nullptr) {
        return false;
    }
    sleeping_.store(true);
    if (newest_.load() == nullptr) {
        return true;
    }
    sleeping_.store(false);
    return false;
}

void Mailbox::acknowledge_wake() {
    if (sleeping_.exchange(false)) {
        return;  // something else woke the owner: no write
    }
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(wake_.get(), &count, sizeof count);
}

}  // namespace telex::reactor
