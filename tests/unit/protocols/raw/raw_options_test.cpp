#include "protocols/raw/raw_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace telex::session::raw {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Listener {
    bool datagrams = false;
    std::string given{};    // a key
    std::string refused{};  // a key whose value has an error already
};

// "key: text" of each error.
std::vector<std::string> errors(const RawOptions& raw, const Listener& listener = {}) {
    SessionOptions options;
    options.protocol = raw;
    const auto found = check_raw_listener({
        .options = options,
        .datagrams = listener.datagrams,
        .given = [&](std::string_view key) { return key == listener.given; },
        .good = [&](std::string_view key) { return key != listener.refused; },
    });
    std::vector<std::string> texts;
    for (const ListenerError& error : found) {
        texts.push_back(std::string(error.key) + ": " + error.text);
    }
    return texts;
}

const OptionRow& row(std::string_view key) {
    const auto rows = raw_option_rows();
    return *std::find_if(rows.begin(), rows.end(), [&](const OptionRow& candidate) {
        return candidate.key == key;
    });
}

TEST(RawOptions, NeedPublishSubscribeOrRequest) {
    EXPECT_THAT(errors({}), ElementsAre(": a raw listener needs publish, subscribe or request"));
    EXPECT_THAT(errors({.publish = "log.{peer}"}), IsEmpty());
    EXPECT_THAT(errors({.subscribe = "cmd.>"}), IsEmpty());
    EXPECT_THAT(errors({.publish = "chat", .subscribe = "chat", .echo = true}), IsEmpty());
    EXPECT_THAT(errors({.request = "$SYS.echo"}), IsEmpty());
}

TEST(RawOptions, RequestExcludesTheOthers) {
    const auto excluded = ElementsAre(
        ": request excludes publish and subscribe: the peer could not tell replies from other "
        "messages"
    );
    EXPECT_THAT(errors({.publish = "a", .request = "b"}), excluded);
    EXPECT_THAT(errors({.subscribe = "a", .request = "b"}), excluded);
}

TEST(RawOptions, SomeNeedOthers) {
    EXPECT_THAT(
        errors({.publish = "a", .queue_group = "workers"}),
        ElementsAre(": queue_group needs subscribe")
    );
    EXPECT_THAT(
        errors({.publish = "a", .echo = true}), ElementsAre(": echo needs publish and subscribe")
    );
    EXPECT_THAT(
        errors({.publish = "a"}, {.given = "request_timeout"}),
        ElementsAre("request_timeout: has no effect without 'request' or 'connect'")
    );
}

TEST(RawOptions, OfTheEndNeedTheirDirection) {
    RawOptions asks{.request = "a"};
    asks.close_after_reply = true;
    EXPECT_THAT(errors(asks), IsEmpty());
    EXPECT_THAT(
        errors(asks, {.datagrams = true}),
        ElementsAre("close_after_reply: datagram peers do not connect")
    );
    RawOptions both{.publish = "a", .subscribe = "b"};
    both.close_by_message = true;
    EXPECT_THAT(errors(both), IsEmpty());
    both.close_by_message = false;
    both.close_after_reply = true;
    EXPECT_THAT(errors(both), ElementsAre(": close_after_reply needs request"));
    asks.close_after_reply = false;
    asks.close_by_message = true;
    EXPECT_THAT(errors(asks), ElementsAre(": close_by_message needs subscribe"));
}

TEST(RawOptions, OfStoredFramesNeedPublishAlone) {
    EXPECT_THAT(errors({.publish = "a", .ack = "+", .nak = "-"}), IsEmpty());
    const auto alone = ElementsAre(::testing::StartsWith(": ack needs publish, without subscribe"));
    EXPECT_THAT(errors({.publish = "a", .subscribe = "b", .ack = "+"}), alone);
    EXPECT_THAT(errors({.request = "a", .ack = "+"}), alone);
    EXPECT_THAT(errors({.publish = "a", .nak = "-"}), ElementsAre(": nak needs ack"));
    EXPECT_THAT(
        errors({.publish = "a", .ack = "+"}, {.datagrams = true}),
        ElementsAre("ack: datagram peers do not connect")
    );
}

TEST(RawOptions, ErrorNamesTheTemplate) {
    EXPECT_THAT(
        errors({.publish = "a.{x}"}),
        ElementsAre(::testing::StartsWith("publish: unknown placeholder '{x}'"))
    );
    EXPECT_THAT(errors({.subscribe = "a..b"}), ElementsAre(::testing::StartsWith("subscribe: ")));
    EXPECT_THAT(errors({.request = "a.*"}), ElementsAre(::testing::StartsWith("request: 'a.*'")));
    EXPECT_THAT(errors({.request = "a.*"}, {.refused = "request"}), IsEmpty());
}

TEST(RawOptions, DatagramPeersCannotSubscribe) {
    EXPECT_THAT(
        errors({.subscribe = "cmd.>"}, {.datagrams = true}),
        ElementsAre("subscribe: datagram peers cannot subscribe: their addresses are not proved")
    );
    EXPECT_THAT(errors({.publish = "a"}, {.datagrams = true}), IsEmpty());
}

TEST(RawOptions, RowsFillTheirMembers) {
    ProtocolOptions holder;
    const auto& text = std::get<TextOption>(row("publish").value);
    EXPECT_EQ(text.access.get(holder), std::nullopt);
    text.access.set(holder, "a.b");
    EXPECT_EQ(text.access.get(holder), "a.b");
    std::get<FlagOption>(row("echo").value).access.set(holder, true);
    const auto& time = std::get<DurationOption>(row("request_timeout").value);
    EXPECT_EQ(time.access.get(holder), std::chrono::seconds(5));
    time.access.set(holder, std::chrono::seconds(1));
    const auto& raw = options_of<RawOptions>(holder);
    EXPECT_EQ(raw.publish, "a.b");
    EXPECT_TRUE(raw.echo);
    EXPECT_EQ(raw.request_timeout, std::chrono::seconds(1));
}

TEST(RawOptions, OfConnectionsAreNotForDatagrams) {
    RawOptions raw{.publish = "a"};
    raw.greeting = "hello";
    raw.connect = "a.hello";
    raw.disconnect = "a.gone";
    EXPECT_THAT(errors(raw), IsEmpty());
    EXPECT_THAT(
        errors(raw, {.datagrams = true}),
        ElementsAre(
            "greeting: datagram peers do not connect",
            "connect: datagram peers do not connect",
            "disconnect: datagram peers do not connect"
        )
    );
    EXPECT_THAT(errors(raw, {.given = "request_timeout"}), IsEmpty());
}

}  // namespace
}  // namespace telex::session::raw
