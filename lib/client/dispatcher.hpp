#pragma once
// The callback thread: runs the application's code, one piece after the other, in the order in
// which it was posted. Posting takes one lock for a batch and wakes the thread only when it sleeps.
//
// Shared with its own thread, so that a client may be destroyed inside a callback: the thread then
// ends by itself after that callback.
#include "client/request_table.hpp"
#include "client/subscription_state.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace telex::client {

class Dispatcher : public std::enable_shared_from_this<Dispatcher> {
public:
    using Call = std::function<void()>;

    void start();
    // Takes all of `batch` and leaves it empty, with its capacity.
    void post(std::vector<Delivery>& batch);
    void post(Call call);
    // Ends the thread once all that waits was run; `last` comes last. Only the first stop counts.
    void stop(Call last);

    // Deliveries that wait are not wanted any more; calls still are.
    void drop_deliveries() { dropping_.store(true, std::memory_order_relaxed); }

    // After stop(). On the callback thread itself: lets go of it instead.
    void join();

    bool on_this_thread() const { return std::this_thread::get_id() == thread_id_; }

    // Until nothing waits and nothing runs; false at the deadline.
    [[nodiscard]] bool wait_idle(TimePoint deadline);

private:
    struct Item {
        Delivery delivery;
        Call call;  // set: instead of the delivery
    };

    void run();
    void run_item(Item& item);

    std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable idle_changed_;
    std::vector<Item> queue_;
    bool busy_ = false;
    bool stopping_ = false;
    std::atomic<bool> dropping_{false};
    Call last_;
    std::thread thread_;
    std::thread::id thread_id_;
};

}  // namespace telex::client
