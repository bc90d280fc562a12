#include "session/protocol.hpp"

#include "session/close_reason.hpp"
#include "support/fake_host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace telex::session {
namespace {

TEST(Protocols, EachIsFoundByNameAndMakesASession) {
    SessionOptions options;
    options.raw.publish = "a";
    for (const Protocol& protocol : protocols()) {
        testing::FakeHost host;
        const auto session = find_protocol(protocol.name)->make(host, options);
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

TEST(CloseReasons, HaveDistinctNames) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < kCloseReasons; ++i) {
        names.insert(name_of(static_cast<CloseReason>(i)));
    }
    EXPECT_EQ(names.size(), kCloseReasons);
    EXPECT_EQ(names.count(""), 0U);
    EXPECT_EQ(name_of(CloseReason::slow_consumer), "slow_consumer");
}

}  // namespace
}  // namespace telex::session
