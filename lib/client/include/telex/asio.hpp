#pragma once
// Asynchronous operations with Asio's completion tokens: callbacks, asio::use_future,
// asio::use_awaitable, asio::experimental::as_tuple. Header-only, for standalone Asio 1.22 or
// later; link the shared library of libtelex, because the static one contains Asio with other
// settings.
//
//     asio::awaitable<void> ask(telex::Client& client) {
//         const auto reply = co_await telex::async_request(
//             client, "billing.charge", "17", asio::use_awaitable);
//     }
//
// Results. Every operation completes with one Expected: errors are values here too, and no token
// throws because of them. The errors are those of the call without async_, and Errc::cancelled.
//
// Executors. A handler runs on its associated executor (of a coroutine: its own), never before the
// operation was started, and the executor has work until then. A handler without one runs on
// asio::system_executor: bind it with asio::bind_executor. A blocked callback of the client delays
// its operations.
//
// Cancellation, per operation by the handler's cancellation slot: it completes with
// Errc::cancelled. A request or flush that was sent is not revoked; its result is dropped. A
// subscription that is made nevertheless ends at once. A cancelled async_next takes no message. As
// usual in Asio, an operation and its cancellation must not run at the same time: use a strand if
// several threads run the executor.
//
// Give options a name in a co_await expression: g++ 12 destroys the copy of a `{}` there twice.
//
// Arguments are copied, except that client and subscription must live until the operation has
// completed.
#include <telex/client.hpp>

#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace telex {

namespace detail {

// An operation on its way. Completed once, from any thread.
template <class T, class Handler>
class Operation : public std::enable_shared_from_this<Operation<T, Handler>> {
public:
    explicit Operation(Handler handler)
        : handler_(std::move(handler)), work_(asio::get_associated_executor(handler_)) {}

    void watch_cancellation() {
        auto slot = asio::get_associated_cancellation_slot(handler_);
        if (slot.is_connected()) {
            slot.assign([weak = this->weak_from_this()](asio::cancellation_type) {
                if (const auto self = weak.lock()) {
                    self->complete(tl::unexpected(Error{Errc::cancelled, "cancelled"}));
                }
            });
        }
    }

    bool is_complete() const { return complete_.load(); }

    // Posts the handler to its executor. Later results are dropped.
    void complete(Expected<T> result) {
        if (!complete_.exchange(true)) {
            post([result = std::move(result)](Operation& self) mutable {
                self.invoke(std::move(result));
            });
        }
    }

    // Runs a function of this operation on the handler's executor.
    template <class Function>
    void post(Function function) {
        asio::post(
            work_.get_executor(),
            [self = this->shared_from_this(), function = std::move(function)]() mutable {
                function(*self);
            }
        );
    }

private:
    void invoke(Expected<T> result) {
        if (auto slot = asio::get_associated_cancellation_slot(handler_); slot.is_connected()) {
            slot.clear();
        }
        Handler handler = std::move(handler_);
        work_.reset();
        std::move(handler)(std::move(result));
    }

    Handler handler_;
    asio::executor_work_guard<asio::associated_executor_t<Handler>> work_;
    std::atomic<bool> complete_{false};
};

// Starts an operation that completes with Expected<T>. `start` gets it, and returns an immediate
// error.
template <class T, class Token, class Start>
auto initiate(Token&& token, Start start) {
    return asio::async_initiate<Token, void(Expected<T>)>(
        [](auto handler, Start begin) {
            using Handler = decltype(handler);
            const auto operation = std::make_shared<Operation<T, Handler>>(std::move(handler));
            operation->watch_cancellation();
            if (Expected<void> begun = begin(operation); !begun) {
                operation->complete(tl::unexpected(std::move(begun.error())));
            }
        },
        token,
        std::move(start)
    );
}

template <class Pointer>
auto completion_of(Pointer operation) {
    return [operation](auto result) { operation->complete(std::move(result)); };
}

// Takes the next message, or waits for it. On the handler's executor, so that no cancellation comes
// between taking a message and completing with it.
template <class Self>
void take_next(Subscription& subscription, Self& self) {
    while (!self.is_complete()) {
        auto next = subscription.next(std::chrono::milliseconds(0));
        if (next || next.error().code != Errc::timeout) {
            self.complete(std::move(next));
            return;
        }
        const auto again = [&subscription, operation = self.shared_from_this()] {
            operation->post([&subscription](Self& same) { take_next(subscription, same); });
        };
        if (subscription.notify_when_ready(again)) {
            return;
        }
    }
}

}  // namespace detail

// Like Client::request. Completes with Expected<Message>.
template <class Token>
auto async_request(
    Client& client,
    std::string subject,
    PayloadView payload,
    const RequestOptions& options,
    Token&& token
) {
    return detail::initiate<Message>(
        std::forward<Token>(token),
        [&client, subject = std::move(subject), payload = std::string(payload.octets()), options](
            const auto& operation
        ) {
            return client.request_async(
                subject, payload, detail::completion_of(operation), options
            );
        }
    );
}

template <class Token>
auto async_request(Client& client, std::string subject, PayloadView payload, Token&& token) {
    return async_request(
        client, std::move(subject), payload, RequestOptions(), std::forward<Token>(token)
    );
}

// Like Client::publish_durable. Completes with Expected<StoredAt>.
template <class Token>
auto async_publish_durable(
    Client& client,
    std::string subject,
    PayloadView payload,
    const DurableOptions& options,
    Token&& token
) {
    return detail::initiate<StoredAt>(
        std::forward<Token>(token),
        [&client, subject = std::move(subject), payload = std::string(payload.octets()), options](
            const auto& operation
        ) {
            return client.publish_durable_async(
                subject, payload, detail::completion_of(operation), options
            );
        }
    );
}

// Like Client::flush. Completes with Expected<void>.
template <class Token>
auto async_flush(Client& client, std::chrono::milliseconds timeout, Token&& token) {
    return detail::initiate<void>(
        std::forward<Token>(token),
        [&client, timeout](const auto& operation) {
            return client.flush_async(detail::completion_of(operation), timeout);
        }
    );
}

// Like Client::drain. Completes with Expected<void>. A cancelled drain goes on.
template <class Token>
auto async_drain(Client& client, std::chrono::milliseconds timeout, Token&& token) {
    return detail::initiate<void>(
        std::forward<Token>(token),
        [&client, timeout](const auto& operation) {
            return client.drain_async(detail::completion_of(operation), timeout);
        }
    );
}

// Like Client::subscribe without a callback. Completes with Expected<Subscription>.
template <class Token>
auto async_subscribe(
    Client& client, std::string filter, const SubscribeOptions& options, Token&& token
) {
    return detail::initiate<Subscription>(
        std::forward<Token>(token),
        [&client, filter = std::move(filter), options](const auto& operation) {
            return client.subscribe_async(filter, detail::completion_of(operation), options);
        }
    );
}

template <class Token>
auto async_subscribe(Client& client, std::string filter, Token&& token) {
    return async_subscribe(
        client, std::move(filter), SubscribeOptions(), std::forward<Token>(token)
    );
}

// Takes the next message of a subscription without a callback. Completes with Expected<Message>.
// Operations that wait at the same time take messages in no particular order.
template <class Token>
auto async_next(Subscription& subscription, Token&& token) {
    return detail::initiate<Message>(
        std::forward<Token>(token),
        [&subscription](const auto& operation) -> Expected<void> {
            operation->post([&subscription](auto& self) { detail::take_next(subscription, self); });
            return {};
        }
    );
}

}  // namespace telex
