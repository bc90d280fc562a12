// Coroutines of Asio: a service that takes requests one by one, and a requester, on one thread.
#include <telex/asio.hpp>
#include <telex/telex.hpp>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/use_awaitable.hpp>

#include <cstdlib>
#include <iostream>
#include <utility>

namespace {

using asio::use_awaitable;

// Replies until the subscription ends.
asio::awaitable<void> serve(telex::Client& client, telex::Subscription subscription) {
    while (auto request = co_await telex::async_next(subscription, use_awaitable)) {
        if (auto sent = client.respond(*request, "echo: " + request->payload); !sent) {
            std::cerr << telex::to_string(sent.error()) << '\n';
        }
    }
}

asio::awaitable<void> ask(telex::Client& client) {
    auto subscription = co_await telex::async_subscribe(client, "example.echo", use_awaitable);
    if (!subscription) {
        std::cerr << telex::to_string(subscription.error()) << '\n';
        co_return;
    }
    const auto executor = co_await asio::this_coro::executor;
    asio::co_spawn(executor, serve(client, *std::move(subscription)), asio::detached);
    const auto reply =
        co_await telex::async_request(client, "example.echo", "hello", use_awaitable);
    std::cout << (reply ? reply->payload : telex::to_string(reply.error())) << '\n';
    // Ends the subscription, and with it the service.
    const auto drained =
        co_await telex::async_drain(client, std::chrono::seconds(10), use_awaitable);
    std::cout << (drained ? "drained" : telex::to_string(drained.error())) << '\n';
}

}  // namespace

int main() {
    auto client = telex::Client::connect();
    if (!client) {
        std::cerr << telex::to_string(client.error()) << '\n';
        return EXIT_FAILURE;
    }
    asio::io_context io;
    asio::co_spawn(io, ask(*client), asio::detached);
    io.run();
    return EXIT_SUCCESS;
}
