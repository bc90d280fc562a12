#include "client/dispatcher.hpp"

#include <utility>

namespace telex::client {

void Dispatcher::start() {
    const std::scoped_lock lock(mutex_);
    thread_ = std::thread([self = shared_from_this()] { self->run(); });
    thread_id_ = thread_.get_id();
}

void Dispatcher::post(DeliveryBatch batch) {
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_) {
            return;
        }
        queue_.push_back({std::move(batch), nullptr});
    }
    wake_.notify_one();
}

void Dispatcher::post(Call call) {
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_) {
            return;
        }
        queue_.push_back({{}, std::move(call)});
    }
    wake_.notify_one();
}

void Dispatcher::stop(Call last) {
    {
        const std::scoped_lock lock(mutex_);
        if (std::exchange(stopping_, true)) {
            return;
        }
        last_ = std::move(last);
    }
    wake_.notify_one();
}

void Dispatcher::join() {
    if (!thread_.joinable()) {
        return;
    }
    if (on_this_thread()) {
        thread_.detach();
    } else {
        thread_.join();
    }
}

void Dispatcher::run_item(Item& item) {
    if (item.call) {
        item.call();
    } else {
        item.batch.deliver(dropping_);
    }
    item = {};  // destroys the captures of the call now, not with the batch
}

void Dispatcher::run() {
    std::vector<Item> batch;
    std::unique_lock lock(mutex_);
    for (;;) {
        if (queue_.empty()) {
            wake_.wait(lock, [this] { return !queue_.empty() || stopping_; });
        }
        if (queue_.empty()) {
            break;
        }
        batch.clear();
        std::swap(batch, queue_);
        lock.unlock();
        for (Item& item : batch) {
            run_item(item);
        }
        lock.lock();
    }
    lock.unlock();
    if (last_) {
        last_();
    }
}

}  // namespace telex::client
