#pragma once
// Results of calls that end on the I/O thread, and the wait of an application thread for one.
#include <telex/error.hpp>

#include <functional>
#include <future>
#include <memory>
#include <utility>

namespace telex::client {

// Called exactly once, without a lock: on the I/O thread, or before the call that got it returns.
template <class T>
using Done = std::function<void(Expected<T>)>;

// Begins a call and waits for its result. `begin` returns an error instead of calling its argument.
template <class T, class Begin>
[[nodiscard]] Expected<T> wait_done(Begin begin) {
    const auto promise = std::make_shared<std::promise<Expected<T>>>();
    auto result = promise->get_future();
    const Done<T> done = [promise](Expected<T> value) { promise->set_value(std::move(value)); };
    if (Expected<void> begun = begin(done); !begun) {
        return tl::unexpected(std::move(begun.error()));
    }
    return result.get();
}

}  // namespace telex::client
