#include "protocols/registry/protocols.hpp"
#include "support/fake_host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace telex::session {
namespace {

TEST(Protocols, EachIsFoundByNameAndMakesASession) {
    SessionOptions options;
    options.raw.publish = "a";
    for (const Protocol& protocol : protocols()) {
        testing::FakeHost host;
        const auto session = find_protocol(protocol.name)->make(host, host, options);
        host.bind(*session);
        session->start();
        session->on_end_of_input();
        EXPECT_EQ(host.closed, CloseReason::client_closed) << protocol.name;
        EXPECT_FALSE(protocol.default_framing.empty());
        EXPECT_FALSE(protocol.summary.empty());
    }
}

TEST(Protocols, AreTheThree) {
    std::vector<std::string_view> names;
    for (const Protocol& protocol : protocols()) {
        names.push_back(protocol.name);
    }
    EXPECT_THAT(names, ::testing::ElementsAre("telex", "json", "raw"));
}

TEST(Protocols, UnknownNameIsNotFound) {
    EXPECT_EQ(find_protocol("nats"), nullptr);
    EXPECT_EQ(find_protocol(""), nullptr);
}

}  // namespace
}  // namespace telex::session
