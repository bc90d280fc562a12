#pragma once
// Where a conversation takes place: one kind of stream, and a server with one native listener on
// it. Each test of the conformance suite runs in every place.
#include "server/listener/listener_options.hpp"
#include "support/telex_client.hpp"
#include "telex/v1/sys.pb.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace telex::conformance {

class Place {
public:
    virtual ~Place() = default;
    virtual std::unique_ptr<testing::ClientStream> connect() = 0;
};

struct Kind {
    std::string name;
    unsigned reactors;
    std::unique_ptr<Place> (*open)(unsigned reactors, server::ListenerOptions options);
};

std::vector<Kind> kinds();

class Conformance : public ::testing::TestWithParam<Kind> {
protected:
    // The server starts with the first client; set what it is to know before.
    server::ListenerOptions options;

    // A stream to the server on which nothing was said.
    testing::TelexClient stranger();
    // One that got its Welcome.
    testing::TelexClient client();
    v1::ServerStats stats();
    // What comes next once the sender's words were heard: nothing may be under way before it.
    static std::string after_ping(testing::TelexClient& client, std::uint64_t nonce);

private:
    std::unique_ptr<Place> place_;
};

}  // namespace telex::conformance

#define TELEX_CONFORMANCE(suite)                                                                   \
    INSTANTIATE_TEST_SUITE_P(Over, suite, ::testing::ValuesIn(kinds()), [](const auto& instance) { \
        return instance.param.name;                                                                \
    })
