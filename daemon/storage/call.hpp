#pragma once
// A call of another thread that waits for its reply, but not longer than its patience.
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace telex::storage {

// The side that replies: shared by the tasks of the call. When the last one is gone without a
// reply, the caller waits no longer.
template <class T>
class Reply {
public:
    struct State {
        std::mutex mutex;
        std::condition_variable changed;
        std::optional<T> value;
        bool abandoned = false;
    };

    explicit Reply(std::shared_ptr<State> state) : state_(std::move(state)) {}

    Reply(const Reply&) = delete;
    Reply& operator=(const Reply&) = delete;

    ~Reply() {
        const std::lock_guard lock(state_->mutex);
        state_->abandoned = true;
        state_->changed.notify_all();
    }

    // Any thread. The first reply counts.
    void give(T value) {
        const std::lock_guard lock(state_->mutex);
        if (!state_->value) {
            state_->value.emplace(std::move(value));
        }
        state_->changed.notify_all();
    }

private:
    std::shared_ptr<State> state_;
};

template <class T>
using ReplyPtr = std::shared_ptr<Reply<T>>;

// The side that waits. One call.
template <class T>
class Call {
public:
    ReplyPtr<T> reply() { return std::make_shared<Reply<T>>(state_); }

    // Absent if there was no reply in time.
    std::optional<T> wait(std::chrono::nanoseconds patience) {
        std::unique_lock lock(state_->mutex);
        state_->changed.wait_for(lock, patience, [this] {
            return state_->value.has_value() || state_->abandoned;
        });
        return std::move(state_->value);
    }

private:
    std::shared_ptr<typename Reply<T>::State> state_ = std::make_shared<typename Reply<T>::State>();
};

}  // namespace telex::storage
