#pragma once
// Tasks from any thread to one reactor: a lock-free stack that the owner takes whole and reverses.
//
// The order of one sender's tasks is kept. A sender wakes the owner only when it sleeps, so a busy
// reactor costs its senders one atomic exchange and no system call:
//
//   owner:  prepare_to_sleep() -> empty? -> wait for descriptor() ... woken -> acknowledge() ->
//   take sender: push -> owner asleep? -> one write to the eventfd
//
// The sleeping flag and the stack are both sequentially consistent: either the sender sees the
// flag, or the owner sees the task before it sleeps.
#include "net/fd.hpp"
#include "reactor/task.hpp"
#include "reactor/work_meter.hpp"

#include <atomic>
#include <cstddef>
#include <memory>

namespace telex::reactor {

class Mailbox {
public:
    // Throws std::system_error when no eventfd can be had.
    Mailbox();
    // Destroys pending tasks without running them.
    ~Mailbox();
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;

    // Any thread. Returns true if the owner sleeps: the caller is the one to wake() it.
    [[nodiscard]] bool push(std::unique_ptr<Task> task);
    // Any thread, after push().
    void wake();

    // Owner. Runs what is there now, in order, until the meter's slice is over, but at least one
    // task; returns how many ran. Tasks that come in meanwhile wait for the next call, so that
    // senders cannot hold the owner here.
    std::size_t run_pending(const WorkMeter& meter);

    // Owner. For a task that runs and has more to do than its slice allows: it goes on in the next
    // call, before all others, so that the order of its sender is kept.
    void put_back(std::unique_ptr<Task> task);

    // Owner. Whether something is waiting.
    bool has_mail() const {
        return oldest_ != nullptr || newest_.load(std::memory_order_relaxed) != nullptr;
    }

    // Owner. The last run_pending() has left tasks.
    bool is_behind() const { return oldest_ != nullptr; }

    // Owner. Returns false if tasks are pending: do not sleep.
    bool prepare_to_sleep();
    // Owner. To be called when awake again, whatever it was woken by. A sender that is about to
    // write may come too late for it: then the descriptor wakes the owner once more, for nothing.
    void acknowledge_wake();

    // Readable when a sender woke the owner.
    int descriptor() const { return wake_.get(); }

private:
    Task* take_in_order();

    net::UniqueFd wake_;
    alignas(64) std::atomic<Task*> newest_{nullptr};
    std::atomic<bool> sleeping_{false};
    Task* oldest_ = nullptr;  // taken and not run, in order; owner
};

}  // namespace telex::reactor
