#pragma once
// One kind of stream, and a server with a native listener on it. Each test of the conformance suite
// runs over every kind.
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
    // Set before the first client, which starts the server.
    server::ListenerOptions options;

    // A client that has sent nothing.
    testing::TelexClient anonymous();
    // A client that has received Welcome.
    testing::TelexClient client();
    v1::ServerStats stats();
    // Sends a Ping and returns the next frame: its Pong, unless another frame was in flight.
    static std::string after_ping(testing::TelexClient& client, std::uint64_t nonce);

private:
    std::unique_ptr<Place> place_;
};

}  // namespace telex::conformance

#define TELEX_CONFORMANCE(suite)                                                                   \
    INSTANTIATE_TEST_SUITE_P(Over, suite, ::testing::ValuesIn(kinds()), [](const auto& instance) { \
        return instance.param.name;                                                                \
    })
