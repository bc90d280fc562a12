// Listeners of a protocol that lacks a capability. The protocols here exist in this test only.
#include "codec/framing.hpp"
#include "config/keys/listener_keys.hpp"
#include "config/keys/protocol_keys.hpp"
#include "config/rules/listener_rules.hpp"
#include "net/address.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace telex::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ProtocolRules : public ::testing::Test {
protected:
    ProtocolRules() {
        protocol_.name = "test";
        protocol_.default_framing = "lines";
        give("address");
        options_.addresses = {net::parse_address("tcp://127.0.0.1:0").value()};
    }

    void give(const std::string& key) { origins_.set(join(kPath, key), {1, 1}, {1, 1}); }

    void frame_by(std::string_view preset) {
        give("framing");
        options_.framing = codec::parse_preset(preset).value();
    }

    std::vector<std::string> errors() {
        Report report("file", "");
        check_protocol({options_, kPath, origins_}, protocol_, report);
        std::vector<std::string> texts;
        for (const Diagnostic& diagnostic : report.take()) {
            texts.push_back(diagnostic.message);
        }
        return texts;
    }

    const std::string kPath = "listeners[0]";
    session::Protocol protocol_;
    server::ListenerOptions options_;
    Origins origins_;
};

TEST_F(ProtocolRules, KeysNeedTheirCapability) {
    const std::string_view keys[] = {
        "plaintext_secrets",
        "limits.hello_timeout",
        "limits.max_subscriptions",
        "limits.max_wildcard_patterns",
        "limits.max_request_timeout",
        "limits.max_headers",
    };
    for (const std::string_view key : keys) {
        give(std::string(key));
    }
    EXPECT_EQ(errors().size(), std::size(keys));
    protocol_.can = {
        .has_hello = true,
        .client_subscribes = true,
        .client_requests = true,
        .has_headers = true,
    };
    EXPECT_THAT(errors(), IsEmpty());
}

TEST_F(ProtocolRules, KeysOfAnotherProtocolAreErrors) {
    give("publish");
    EXPECT_THAT(
        errors(),
        ElementsAre(
            "listeners[0].publish: has no effect with protocol test; it belongs to raw and syslog"
        )
    );
}

TEST_F(ProtocolRules, PacketSocketsNeedTheCapability) {
    options_.addresses = {net::parse_address("unix-seqpacket:///run/a").value()};
    EXPECT_THAT(errors(), IsEmpty());
    protocol_.can.packets = false;
    EXPECT_THAT(
        errors(),
        ElementsAre("listeners[0].address: protocol test needs a byte stream: tcp or unix")
    );
}

TEST_F(ProtocolRules, FramingMustCarryTheContent) {
    using session::FrameContent;
    frame_by("lines");
    protocol_.can.content = FrameContent::text;
    EXPECT_THAT(errors(), IsEmpty());
    protocol_.can.content = FrameContent::binary;
    EXPECT_EQ(errors().size(), 1U);
    frame_by("fixed:8");
    EXPECT_THAT(
        errors(), ElementsAre("listeners[0].framing: frames of one size cannot carry protocol test")
    );
    protocol_.can.content = FrameContent::payload;
    EXPECT_THAT(errors(), IsEmpty());
}

TEST_F(ProtocolRules, OwnFramingExcludesTheKey) {
    frame_by("u16be");
    protocol_.default_framing = {};
    EXPECT_THAT(
        errors(),
        ElementsAre("listeners[0].framing: protocol test defines its own framing; remove the key")
    );
}

TEST_F(ProtocolRules, ChecksOfTheProtocolSeeTheListener) {
    protocol_.check_listener = [](const session::ListenerFacts& facts) {
        std::vector<session::ListenerError> errors;
        if (facts.given("address") && !facts.given("framing") && facts.good("framing")) {
            errors.push_back({"address", "is wrong"});
        }
        if (!facts.datagrams) {
            errors.push_back({"", "needs datagrams"});
        }
        return errors;
    };
    EXPECT_THAT(
        errors(), ElementsAre("listeners[0].address: is wrong", "listeners[0]: needs datagrams")
    );
}

}  // namespace
}  // namespace telex::config
