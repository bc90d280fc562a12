#pragma once
// A C client that is connected to a fake server, and results of its handlers.
#include "support/fake_server.hpp"
#include "unit/client/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <telex.h>

#include <future>
#include <memory>
#include <string>
#include <string_view>

namespace telex::test {

struct FreeC {
    void operator()(telex_options* options) const { telex_options_free(options); }

    void operator()(telex_client* client) const { telex_client_free(client); }

    void operator()(telex_fields* fields) const { telex_fields_free(fields); }

    void operator()(telex_message* message) const { telex_message_free(message); }

    void operator()(telex_server_info* server) const { telex_server_info_free(server); }

    void operator()(telex_subscribe_options* options) const {
        telex_subscribe_options_free(options);
    }

    void operator()(telex_subscription* subscription) const {
        telex_subscription_free(subscription);
    }
};

template <class T>
using COwner = std::unique_ptr<T, FreeC>;

inline COwner<telex_options> c_options_for(const FakeServer& server) {
    COwner<telex_options> options(telex_options_new());
    EXPECT_EQ(telex_options_add_server(options.get(), server.url().c_str()), TELEX_OK);
    EXPECT_EQ(telex_options_set_number(options.get(), TELEX_RECONNECT_DELAY, 1), TELEX_OK);
    return options;
}

// Calls telex_connect() on another thread while the test plays the server.
inline std::future<COwner<telex_client>> c_connecting(const telex_options* options) {
    return meanwhile([options] {
        telex_client* client = nullptr;
        EXPECT_EQ(telex_connect(options, &client), TELEX_OK) << telex_error_text();
        return COwner<telex_client>(client);
    });
}

// The server goes first, see Pair.
struct CPair {
    COwner<telex_client> client;
    FakeServer server;
    FakePeer peer{-1};

    CPair() : CPair([](telex_options*) {}) {}

    template <class Change>
    explicit CPair(Change change) {
        const auto options = c_options_for(server);
        change(options.get());
        auto connecting = c_connecting(options.get());
        peer = server.accept_client();
        client = connecting.get();
    }

    telex_client* get() const { return client.get(); }

    // Subscribes, and returns the number that the fake server delivers to.
    std::uint64_t subscribe(
        COwner<telex_subscription>& subscription,
        telex_message_handler handler = nullptr,
        void* context = nullptr,
        const telex_subscribe_options* options = nullptr
    ) {
        auto subscribing = meanwhile([&] {
            telex_subscription* made = nullptr;
            EXPECT_EQ(telex_subscribe(get(), "a.>", options, handler, context, &made), TELEX_OK);
            subscription.reset(made);
        });
        const auto id = peer.confirm_subscribe().subscription();
        subscribing.get();
        return id;
    }
};

inline std::string payload_of(const telex_message* message) {
    std::size_t size = 0;
    const void* const payload = telex_message_payload(message, &size);
    return {static_cast<const char*>(payload), size};
}

}  // namespace telex::test
