#include "config/renames.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace telex::config {
namespace {

using server::ListenerOptions;
using server::Renames;

ListenerOptions at(std::string name, const std::vector<std::string>& addresses) {
    ListenerOptions options;
    options.name = std::move(name);
    for (const std::string& address : addresses) {
        options.addresses.push_back(net::parse_address(address).value());
    }
    return options;
}

TEST(Renames, MatchTheSameAddresses) {
    EXPECT_EQ(
        renames_between(
            {at("a", {"tcp://127.0.0.1:1", "unix:///a"}), at("b", {"udp://127.0.0.1:1"})},
            {at("c", {"unix:///a", "tcp://127.0.0.1:1"}), at("b", {"udp://127.0.0.1:1"})}
        ),
        (Renames{{"c", "a"}})
    );
}

// The other address is a change of the renamed listener.
TEST(Renames, MatchACommonAddress) {
    EXPECT_EQ(
        renames_between(
            {at("a", {"tcp://127.0.0.1:1", "unix:///a"})}, {at("c", {"tcp://127.0.0.1:1"})}
        ),
        (Renames{{"c", "a"}})
    );
    EXPECT_EQ(
        renames_between(
            {at("a", {"unix:///a", "unix:///b"}), at("b", {"unix:///c", "unix:///d", "unix:///e"})},
            {at("c", {"unix:///b", "unix:///c", "unix:///d"})}
        ),
        (Renames{{"c", "b"}})
    ) << "the most";
}

TEST(Renames, IgnoreDifferentAddresses) {
    EXPECT_EQ(renames_between({at("a", {"unix:///a"})}, {at("c", {"unix:///b"})}), Renames{});
    EXPECT_EQ(renames_between({at("a", {"unix:///a"})}, {at("c", {"unix-dgram:///a"})}), Renames{});
}

TEST(Renames, IgnorePortZero) {
    EXPECT_EQ(
        renames_between({at("a", {"tcp://127.0.0.1:0"})}, {at("c", {"tcp://127.0.0.1:0"})}),
        Renames{}
    );
}

TEST(Renames, IgnoreUnchangedNames) {
    const std::vector<ListenerOptions> before{at("a", {"unix:///a"}), at("b", {"unix:///b"})};
    EXPECT_EQ(renames_between(before, before), Renames{});
    EXPECT_EQ(renames_between(before, {at("a", {"unix:///b"})}), Renames{});
    EXPECT_EQ(renames_between(before, {at("a", {"unix:///b"}), at("b", {"unix:///a"})}), Renames{});
}

}  // namespace
}  // namespace telex::config
