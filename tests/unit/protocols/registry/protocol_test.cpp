// Each row of the registry must fulfil its capabilities, so that other code can rely on them.
#include "codec/framing.hpp"
#include "protocols/raw/raw_options.hpp"
#include "protocols/registry/protocols.hpp"
#include "support/fake_transport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string_view>
#include <vector>

namespace telex::session {
namespace {

TEST(Protocols, FoundByName) {
    for (const Protocol* protocol : protocols()) {
        EXPECT_EQ(find_protocol(protocol->name), protocol);
        EXPECT_FALSE(protocol->summary.empty());
    }
    EXPECT_EQ(find_protocol("unknown"), nullptr);
    EXPECT_EQ(find_protocol(""), nullptr);
}

TEST(Protocols, SessionClosesAtEndOfInput) {
    for (const Protocol* protocol : protocols()) {
        SessionOptions options;
        options.protocol = raw::RawOptions{.publish = "a"};
        testing::FakeTransport transport;
        const auto session = protocol->make(transport, transport, options);
        transport.bind(*session);
        session->start();
        session->on_end_of_input();
        EXPECT_EQ(transport.closed, CloseReason::client_closed) << protocol->name;
    }
}

TEST(Protocols, FramingIsAPresetOrTheProtocolsOwn) {
    for (const Protocol* protocol : protocols()) {
        const bool own = protocol->make_decoder != nullptr && protocol->make_encoder != nullptr;
        EXPECT_EQ(own, protocol->has_own_framing()) << protocol->name;
        if (own) {
            EXPECT_FALSE(protocol->can.packets) << protocol->name;
        } else {
            EXPECT_TRUE(codec::parse_preset(protocol->default_framing)) << protocol->name;
        }
    }
}

TEST(Protocols, NamesAndAlpnAreUnique) {
    std::set<std::string_view> names;
    std::set<std::string_view> alpn;
    for (const Protocol* protocol : protocols()) {
        EXPECT_TRUE(names.insert(protocol->name).second) << protocol->name;
        if (!protocol->alpn.empty()) {
            EXPECT_TRUE(alpn.insert(protocol->alpn).second) << protocol->alpn;
        }
    }
}

// The reference shows a shared key once.
TEST(Protocols, SharedKeysHaveOneTextAndKind) {
    std::map<std::string_view, const OptionRow*> known;
    for (const Protocol* protocol : protocols()) {
        if (protocol->option_rows == nullptr) {
            continue;
        }
        std::set<std::string_view> own;
        for (const OptionRow& row : protocol->option_rows()) {
            EXPECT_TRUE(own.insert(row.key).second) << protocol->name << " " << row.key;
            const OptionRow& first = *known.emplace(row.key, &row).first->second;
            EXPECT_EQ(row.doc, first.doc) << row.key;
            EXPECT_EQ(row.value.index(), first.value.index()) << row.key;
        }
    }
}

TEST(Protocols, ClientsWithAHelloReceiveErrorsAndPings) {
    for (const Protocol* protocol : protocols()) {
        EXPECT_TRUE(!protocol->can.has_hello || protocol->can.reports_errors) << protocol->name;
        EXPECT_TRUE(!protocol->can.has_hello || !protocol->can.may_be_silent) << protocol->name;
    }
}

}  // namespace
}  // namespace telex::session
