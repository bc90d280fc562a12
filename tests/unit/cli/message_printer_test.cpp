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
        R"({"subject":"log.a","payload":"aGVsbG8b","replyTo":"answers","id":"7",)"
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
