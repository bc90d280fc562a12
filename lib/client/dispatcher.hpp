#pragma once
// The callback thread: runs the application's callbacks one after the other, in the order of
// posting. Posting takes one lock per batch and wakes the thread only if it sleeps.
//
// Shared with its thread, so that a client may be destroyed inside a callback: the thread then ends
// after that callback.
#include "base/time.hpp"
#include "client/delivery_batch.hpp"
#include "client/request_table.hpp"

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
    void post(DeliveryBatch batch);
    void post(Call call);
    // Ends the thread once the queue is empty, after a call of `last`. Only the first stop() has an
    // effect.
    void stop(Call last);

    // Drops queued deliveries; queued calls still run.
    void drop_deliveries() { dropping_.store(true, std::memory_order_relaxed); }

    // Call it after stop(). On the callback thread it detaches the thread instead.
    void join();

    bool on_this_thread() const { return std::this_thread::get_id() == thread_id_; }

private:
    struct Item {
        DeliveryBatch batch;
        Call call;  // if set, replaces the batch
    };

    void run();
    void run_item(Item& item);

    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Item> queue_;
    bool stopping_ = false;
    std::atomic<bool> dropping_{false};
    Call last_;
    std::thread thread_;
    std::thread::id thread_id_;
};

}  // namespace telex::client
