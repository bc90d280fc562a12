#pragma once
// Helpers of the client's tests.
#include "support/fake_server.hpp"
#include <telex/telex.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::test {

using namespace std::chrono_literals;

// Options for tests: one server, quick reconnects.
inline ClientOptions options_for(const FakeServer& server) {
    ClientOptions options;
    options.servers = {server.url()};
    options.name = "unit-test";
    options.attempt_timeout = 5s;
    options.reconnect.initial_delay = 1ms;
    options.reconnect.max_delay = 20ms;
    return options;
}

// A client that is connected to a fake server, and the server's end of it, which goes first: a
// client that is destroyed while its server is there waits for its goodbye to be answered.
struct Pair {
    std::optional<Client> client;
    FakeServer server;
    FakePeer peer{-1};

    explicit Pair(FakeServer::Kind kind = FakeServer::Kind::tcp, const v1::Limits& limits = {})
        : Pair(kind, limits, [](ClientOptions&) {}) {}

    template <class Change>
    Pair(FakeServer::Kind kind, const v1::Limits& limits, Change change) : server(kind) {
        ClientOptions options = options_for(server);
        change(options);
        auto connecting =
            std::async(std::launch::async, [&options] { return Client::connect(options); });
        peer = server.accept_client(limits);
        client.emplace(connecting.get().value());
    }
};

// Runs a call that waits for the server while the test plays the server.
template <class F>
auto meanwhile(F call) {
    return std::async(std::launch::async, std::move(call));
}

// A request whose reply the test takes later.
[[nodiscard]] inline std::future<Expected<Message>> request_later(
    Client& client, std::string_view subject, PayloadView payload
) {
    const auto promise = std::make_shared<std::promise<Expected<Message>>>();
    auto reply = promise->get_future();
    const auto sent = client.request_async(subject, payload, [promise](Expected<Message> result) {
        promise->set_value(std::move(result));
    });
    EXPECT_TRUE(sent);
    return reply;
}

// Values that callbacks put in and a test waits for.
template <class T>
class Collected {
public:
    void add(T value) {
        const std::scoped_lock lock(mutex_);
        values_.push_back(std::move(value));
        changed_.notify_all();
    }

    // The values, once there are `count`; fewer after ten seconds.
    std::vector<T> wait(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 10s, [&] { return values_.size() >= count; });
        return values_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<T> values_;
};

}  // namespace telex::test
