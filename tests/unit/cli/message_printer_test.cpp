#include "cli/messages/message_printer.hpp"

#include <gtest/gtest.h>

namespace telex::cli {
namespace {

const Message kMessage{
    .subject = "log.a",
    .payload = "hello\x1B",
    .reply_to = "answers",
    .headers = {{"Name", "value"}, {"Other", "x"}},
    .id = "7",
    .content_type = "text/plain",
};

std::string print(PrintOptions options, const Message& message) {
    return MessagePrinter(std::move(options), std::nullopt).print(message);
}

TEST(MessagePrinter, WritesOneEscapedLine) {
    EXPECT_EQ(
        print({}, kMessage),
        "log.a  hello\\x1b  [reply to: answers; id: 7; content type: text/plain; Name: value; "
        "Other: "
        "x]\n"
    );
    EXPECT_EQ(print({}, {.subject = "a", .payload = "x\ny"}), "a  x\\x0ay\n");
}

TEST(MessagePrinter, KeepsTheLinesOfAReply) {
    EXPECT_EQ(print({.subject = false}, {.subject = "a", .payload = "x\ny\n"}), "x\ny\n");
    EXPECT_EQ(print({.subject = false}, {.subject = "a", .payload = "x"}), "x\n");
}

TEST(MessagePrinter, WritesRawPayloadsWithTheDelimiter) {
    EXPECT_EQ(print({.raw = true, .delimiter = "\n"}, kMessage), "hello\x1B\n");
    EXPECT_EQ(print({.raw = true}, kMessage), "hello\x1B");
}

TEST(MessagePrinter, EscapesWhatATerminalObeysInJson) {
    EXPECT_EQ(
        print(
            {.format = Format::json},
            {.subject = "a",
             .payload = "x",
             .id = "\xc2\x9b"
                   "2J\x7f"}
        ),
        R"({"subject":"a","text":"x","id":"\u009b2J\u007f"})"
        "\n"
    );
}

TEST(MessagePrinter, WritesJson) {
    EXPECT_EQ(
        print({.format = Format::json}, kMessage),
        R"({"subject":"log.a","payload":"aGVsbG8b","replyTo":"answers","reply":"answers","id":"7",)"
        R"("contentType":"text/plain","headers":[{"name":"Name","value":"value"},)"
        R"({"name":"Other","value":"x"}]})"
        "\n"
    );
    EXPECT_EQ(
        print({.format = Format::json}, {.subject = "a", .payload = "\"x\"\n"}),
        R"({"subject":"a","text":"\"x\"\n"})"
        "\n"
    );
}

TEST(MessagePrinter, BeginsWithNumberAndTime) {
    const Message message{.subject = "a", .payload = "x"};
    const Arrival arrival{
        .number = 3,
        .unix_nanoseconds = 1'795'286'400'000'123'000,
        .gap = std::chrono::microseconds(1'500),
    };
    const auto print = [&](PrintOptions options) {
        return MessagePrinter(std::move(options), std::nullopt).print(message, arrival);
    };
    EXPECT_EQ(print({.number = true}), "#3  a  x\n");
    EXPECT_EQ(print({.timestamps = true}), "2026-11-21 18:40:00.000123  +0.001500  a  x\n");
    EXPECT_EQ(
        print({.format = Format::json, .number = true, .timestamps = true}),
        R"({"number":3,"unixNanoseconds":1795286400000123000,"gapNanoseconds":1500000,)"
        R"("subject":"a","text":"x"})"
        "\n"
    );
}

TEST(MessagePrinter, ShowsTheSizeInsteadOfThePayload) {
    const Message message{.subject = "a", .payload = "four", .id = "7"};
    EXPECT_EQ(print({.headers_only = true}, message), "a  4 B  [id: 7]\n");
    EXPECT_EQ(
        print({.format = Format::json, .headers_only = true}, message),
        R"({"subject":"a","payloadBytes":4,"id":"7"})"
        "\n"
    );
}

TEST(MessagePrinter, IndentsJson) {
    EXPECT_EQ(
        print({.pretty = true}, {.subject = "a", .payload = "{\"b\":\"\xc2\x9b\"}", .id = "7"}),
        "a  [id: 7]\n{\n  \"b\": \"\\xc2\\x9b\"\n}\n"
    );
    EXPECT_EQ(
        print({.subject = false, .pretty = true}, {.subject = "a", .payload = "[1]"}), "[\n  1\n]\n"
    );
    EXPECT_EQ(print({.pretty = true}, {.subject = "a", .payload = "x\ny"}), "a  x\\x0ay\n");
}

TEST(MessagePrinter, PaintsOnRequest) {
    EXPECT_EQ(
        print({.colours = Colours(true)}, {.subject = "a", .payload = "x", .id = "7"}),
        "\x1b[36ma\x1b[0m  x\x1b[33m  [id: 7]\x1b[0m\n"
    );
}

TEST(MessagePrinter, DecodesMessagesAndShowsInvalidOnes) {
    for (const Format format : {Format::text, Format::json}) {
        auto type = ProtoType::load({.type = "telex.v1.Ping"});
        ASSERT_TRUE(type);
        const MessagePrinter printer({.format = format}, *std::move(type));
        const std::string good = printer.print({.subject = "a", .payload = "\x08\x07"});
        const std::string bad = printer.print({.subject = "a", .payload = "\x08"});
        if (format == Format::text) {
            EXPECT_EQ(good, "a  {\"nonce\":\"7\"}\n");
            EXPECT_EQ(bad, "a  08  (not a valid telex.v1.Ping)\n");
        } else {
            EXPECT_EQ(good, "{\"subject\":\"a\",\"message\":{\"nonce\":\"7\"}}\n");
            EXPECT_EQ(
                bad,
                "{\"subject\":\"a\",\"payload\":\"CA==\",\"error\":\"not a valid telex.v1.Ping\"}\n"
            );
        }
    }
}

}  // namespace
}  // namespace telex::cli
