#include "wire/json.hpp"

#include "wire/json_fields.hpp"
#include "wire/plain_text.hpp"
#include "wire/quiet_protobuf.hpp"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace telex::wire {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;

v1::Frame read(std::string_view line) {
    v1::Frame frame;
    const auto result = json_to_frame(line, frame);
    EXPECT_TRUE(result) << line << ": " << result.error();
    return frame;
}

std::string json_error_of(std::string_view line) {
    quiet_protobuf();
    v1::Frame frame;
    const auto result = json_to_frame(line, frame);
    EXPECT_FALSE(result) << line;
    return result ? "" : result.error();
}

std::string write(const v1::Frame& frame) {
    std::string line;
    EXPECT_TRUE(append_json(line, frame));
    return line;
}

v1::Frame message_with(std::string_view payload) {
    v1::Frame frame;
    frame.mutable_message()->set_subject("a.b");
    frame.mutable_message()->set_payload(std::string(payload));
    return frame;
}

TEST(JsonToFrame, ReadsAMessageWithText) {
    const v1::Frame frame = read(R"({"message":{"subject":"a.b","text":"hällo\n"}})");
    EXPECT_EQ(frame.message().subject(), "a.b");
    EXPECT_EQ(frame.message().payload(), "h\xC3\xA4llo\n");
}

TEST(JsonToFrame, ReadsAMessageWithPayload) {
    EXPECT_EQ(
        read(R"({"message":{"subject":"a","payload":"AP8="}})").message().payload(), "\0\xFF"s
    );
}

TEST(JsonToFrame, EmptyTextIsAnEmptyPayload) {
    const v1::Frame frame = read(R"({"message":{"text":""}})");
    EXPECT_TRUE(frame.has_message());
    EXPECT_EQ(frame.message().payload(), "");
}

TEST(JsonToFrame, TextAloneMakesAMessage) {
    EXPECT_EQ(read(R"({"message":{"text":"x"}})").message().payload(), "x");
}

TEST(JsonToFrame, NullMeansAbsent) {
    EXPECT_EQ(
        read(R"({"message":{"subject":"a","text":null,"payload":"QQ=="}})").message().payload(), "A"
    );
    EXPECT_EQ(read(R"({"message":{"text":"x","payload":null}})").message().payload(), "x");
    EXPECT_FALSE(read(R"({"message":null})").has_message());
}

TEST(JsonToFrame, ReadsNumbersAsNumbersAndAsStrings) {
    EXPECT_EQ(
        read(R"({"subscribe":{"subscription":1,"filter":"a.>"}})").subscribe().subscription(), 1U
    );
    EXPECT_EQ(
        read(R"({"credit":{"subscription":"1","messages":"18446744073709551615"}})")
            .credit()
            .messages(),
        18446744073709551615U
    );
    EXPECT_EQ(
        read(R"({"credit":{"messages":18446744073709551615}})").credit().messages(),
        18446744073709551615U
    );
}

// Protobuf's own library, which reads them without quotes, is the judge.
TEST(JsonToFrame, ReadsQuotedWholeNumbers) {
    for (const std::string& number :
         {"7"s,
          "7.0"s,
          "1e3"s,
          "1E+3"s,
          "1.5e1"s,
          "2500e-2"s,
          "0.0"s,
          "0e9"s,
          "4294967295.0"s,
          "4.294967295e9"s,
          "12.00e1"s}) {
        v1::Frame plain;
        const std::string line =
            R"({"subscribe":{"credit":)" + number + R"(},"timeoutMs":)" + number + "}";
        ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(line, &plain).ok()) << number;
        const v1::Frame quoted =
            read(R"({"subscribe":{"credit":")" + number + R"("},"timeoutMs":")" + number + "\"}");
        EXPECT_EQ(quoted.SerializeAsString(), plain.SerializeAsString()) << number;
    }
    EXPECT_EQ(read(R"({"request":"1.8446744073709551615e19"})").request(), 18446744073709551615U)
        << "without the loss that a double would bring";
}

TEST(JsonToFrame, RejectsQuotedFractions) {
    for (const char* const number :
         {"1.5",
          "1e-1",
          "1e20",
          "1e400",
          "1e99999999999",
          "-1.0",
          "1.",
          ".5",
          "1e",
          "01.0",
          " 1e3",
          "1e3 ",
          "0x1",
          "1e3x",
          "",
          "-",
          "NaN"}) {
        EXPECT_FALSE(json_error_of(R"({"request":")" + std::string(number) + "\"}").empty())
            << number;
    }
    EXPECT_FALSE(json_error_of(R"({"timeoutMs":"1e10"})").empty()) << "32 bits";
    // A number in a field of text is text.
    EXPECT_EQ(read(R"({"request":"1","message":{"subject":"1e3"}})").message().subject(), "1e3");
}

TEST(JsonToFrame, RejectsOneFieldUnderTwoNames) {
    EXPECT_EQ(
        json_error_of(R"({"subscribe":{"queueGroup":"a","queue_group":"b"}})"),
        R"("queueGroup" and "queue_group" are the same field)"
    );
    EXPECT_THAT(json_error_of(R"({"timeout_ms":1,"timeoutMs":1})"), HasSubstr("the same field"));
    EXPECT_THAT(
        json_error_of(R"({"message":{"content_type":"a","contentType":"b"}})"),
        HasSubstr("the same field")
    );
    // Also below a list, and next to unknown fields.
    EXPECT_THAT(
        json_error_of(R"({"hello":{"client_name":"a","clientName":null}})"),
        HasSubstr("the same field")
    );
}

TEST(JsonToFrame, RejectsOneFieldUnderTwoNamesAtEveryLevel) {
    for (const char* const line : {
             R"({"replyTo":"a","reply_to":"b"})",
             R"({"timeoutMs":1,"timeout_ms":1})",
             R"({"message":{"contentType":"a","content_type":"b","text":"x"}})",
             R"({"message":{"subject":"a","content_type":"b","contentType":"b"}})",
             R"({"hello":{"noEcho":true,"no_echo":false}})",
             R"({"error":{"pendingBytes":1,"pending_bytes":1}})",
             R"({"welcome":{"limits":{"maxHeaders":1,"max_headers":1}}})",
         }) {
        v1::Frame frame;
        EXPECT_FALSE(json_to_frame(line, frame)) << line;
    }
}

TEST(JsonToFrame, RejectsAByteOrderMark) {
    EXPECT_EQ(
        json_error_of("\xEF\xBB\xBF{\"ping\":{}}"),
        "begins with a byte order mark; send UTF-8 without one"
    );
}

TEST(WholeNumber, IsExact) {
    EXPECT_EQ(whole_number("1e3"), "1000");
    EXPECT_EQ(whole_number("7.0"), "7");
    EXPECT_EQ(whole_number("-7.50e1"), "-75");
    EXPECT_EQ(whole_number("-0.0"), "0");
    EXPECT_EQ(whole_number("0.00001e5"), "1");
    EXPECT_EQ(whole_number("99999999999999999999"), "99999999999999999999");
    EXPECT_EQ(whole_number("1e-2147483648"), std::nullopt);
    EXPECT_EQ(whole_number("1e2147483647"), std::nullopt);
    EXPECT_EQ(whole_number("1.5"), std::nullopt);
    EXPECT_EQ(whole_number("1e+-3"), std::nullopt);
}

TEST(JsonToFrame, ReadsBothSpellingsOfAFieldName) {
    EXPECT_EQ(read(R"({"subscribe":{"queueGroup":"q"}})").subscribe().queue_group(), "q");
    EXPECT_EQ(read(R"({"subscribe":{"queue_group":"q"}})").subscribe().queue_group(), "q");
}

TEST(JsonToFrame, TextOfOtherObjectsIsIgnored) {
    EXPECT_EQ(read(R"({"goodbye":{"text":"bye"}})").goodbye().text(), "bye");
}

TEST(JsonToFrame, HeadersKeepTheirOrder) {
    const v1::Frame frame = read(
        R"({"message":{"subject":"a","headers":[{"name":"z","value":"1"},{"name":"a","value":"2"}]}})"
    );
    ASSERT_EQ(frame.message().headers_size(), 2);
    EXPECT_EQ(frame.message().headers(0).name(), "z");
    EXPECT_EQ(frame.message().headers(1).name(), "a");
}

TEST(JsonToFrame, ReplacesTheFrame) {
    v1::Frame frame = message_with("old");
    ASSERT_TRUE(json_to_frame(R"({"ping":{}})", frame));
    EXPECT_FALSE(frame.has_message());
    EXPECT_TRUE(frame.has_ping());
}

TEST(JsonToFrame, BothTextAndPayloadAreRefused) {
    EXPECT_THAT(json_error_of(R"({"message":{"text":"a","payload":"QQ=="}})"), HasSubstr("both"));
    EXPECT_THAT(json_error_of(R"({"message":{"text":"","payload":""}})"), HasSubstr("both"));
}

TEST(JsonToFrame, UnknownFieldIsNamed) {
    EXPECT_THAT(json_error_of(R"({"mesage":{}})"), HasSubstr("mesage"));
    EXPECT_THAT(json_error_of(R"({"message":{"topic":"a"}})"), HasSubstr("topic"));
}

TEST(JsonToFrame, DuplicateKeyIsNamed) {
    EXPECT_THAT(
        json_error_of(R"({"message":{"subject":"a","subject":"b"}})"),
        HasSubstr("\"subject\" occurs twice")
    );
    // The same name in different objects is none.
    read(R"({"message":{"headers":[{"name":"a"},{"name":"a"}]}})");
}

TEST(JsonToFrame, WrongTypesAreRefused) {
    EXPECT_THAT(json_error_of(R"({"message":{"text":5}})"), HasSubstr("text is not a string"));
    EXPECT_FALSE(json_error_of(R"({"message":{"subject":["a"]}})").empty());
    EXPECT_FALSE(json_error_of(R"({"message":{"payload":"not base64!"}})").empty());
    EXPECT_FALSE(json_error_of(R"({"subscribe":{"subscription":-1}})").empty());
    EXPECT_FALSE(json_error_of(R"({"subscribe":{"subscription":1.5}})").empty());
    EXPECT_FALSE(json_error_of(R"({"request":18446744073709551616})").empty());
    EXPECT_FALSE(json_error_of(R"({"subscribe":{"slowPolicy":"NO_SUCH"}})").empty());
}

TEST(JsonToFrame, TwoControlsAreRefused) {
    EXPECT_FALSE(json_error_of(R"({"ping":{},"pong":{}})").empty());
}

TEST(JsonToFrame, RejectsNonObjects) {
    for (const char* const line : {"5", "[]", "\"a\"", "null", "true"}) {
        EXPECT_THAT(json_error_of(line), HasSubstr("not a JSON object")) << line;
    }
}

TEST(JsonToFrame, SyntaxErrorsNameThePosition) {
    EXPECT_THAT(json_error_of("hello"), HasSubstr("not JSON at byte 1"));
    EXPECT_THAT(json_error_of(""), HasSubstr("not JSON"));
    EXPECT_THAT(json_error_of(R"({"ping":{})"), HasSubstr("not JSON at byte 11"));
    EXPECT_THAT(json_error_of(R"({"ping":{}} x)"), HasSubstr("not JSON at byte 13"));
    EXPECT_THAT(json_error_of(R"({'ping':{}})"), HasSubstr("not JSON at byte 2"));
    EXPECT_THAT(json_error_of(R"({"ping":{},})"), HasSubstr("not JSON"));
}

TEST(JsonToFrame, BytesThatAreNotUtf8AreRefusedWithAPrintableError) {
    const std::string error = json_error_of("{\"message\":{\"text\":\"\xFF\x1B[2J\"}}");
    EXPECT_THAT(error, HasSubstr("not JSON"));
    EXPECT_EQ(error.find('\x1B'), std::string::npos);
    EXPECT_EQ(error.find('\xFF'), std::string::npos);
    EXPECT_THAT(json_error_of(R"({"message":{"text":"\ud800"}})"), HasSubstr("not JSON"));
}

TEST(JsonToFrame, ErrorsAreBounded) {
    const std::string word(100'000, 'x');
    EXPECT_LT(json_error_of("{\"" + word + "\":1}").size(), 1000U);
    EXPECT_LT(json_error_of("{\"a\":\"" + word).size(), 1000U);
    EXPECT_LT(json_error_of("{\"" + word + "\":1,\"" + word + "\":1}").size(), 1000U);
}

TEST(JsonToFrame, NestingIsBounded) {
    EXPECT_THAT(json_error_of(std::string(33, '[')), HasSubstr("32 levels"));
    EXPECT_THAT(json_error_of(std::string(1'000'000, '[')), HasSubstr("32 levels"));
    EXPECT_THAT(
        json_error_of(std::string(32, '[') + std::string(32, ']')), HasSubstr("not a JSON object")
    );
}

TEST(JsonToFrame, NumberOfValuesIsBounded) {
    std::string headers = "{}";
    for (std::size_t count = 1; count < 2000; ++count) {
        headers += ",{}";
    }
    const std::string line = R"({"message":{"headers":[)" + headers + "]}}";
    EXPECT_EQ(read(line).message().headers_size(), 2000);
    const std::string twice = R"({"message":{"headers":[)" + headers + "," + headers + "]}}";
    EXPECT_THAT(json_error_of(twice), HasSubstr("more than 4096 values"));
}

TEST(JsonToFrame, BracketsInStringsDoNotNest) {
    const std::string brackets(100, '{');
    EXPECT_EQ(
        read(R"({"message":{"text":"\")" + brackets + R"("}})").message().payload(), "\"" + brackets
    );
}

TEST(AppendJson, WritesTextForPlainText) {
    EXPECT_EQ(
        write(message_with("hi\tth\xC3\xA4re\r\n")),
        R"({"message":{"subject":"a.b","text":"hi\tth)"
        "\xC3\xA4"
        R"(re\r\n"}})"
    );
}

TEST(AppendJson, WritesPayloadForOtherBytes) {
    EXPECT_EQ(write(message_with("\0\xFF"s)), R"({"message":{"subject":"a.b","payload":"AP8="}})");
}

TEST(AppendJson, WritesNeitherForAnEmptyPayload) {
    EXPECT_EQ(write(message_with("")), R"({"message":{"subject":"a.b"}})");
}

TEST(AppendJson, KeepsTheOrderOfTheFields) {
    v1::Frame frame = message_with("x");
    frame.set_subscription(3);
    frame.set_reply_to("_REPLY.1");
    frame.mutable_message()->set_reply("r");
    EXPECT_EQ(
        write(frame),
        R"({"subscription":"3","message":{"subject":"a.b","reply":"r","text":"x"},"replyTo":"_REPLY.1"})"
    );
}

TEST(AppendJson, WritesEveryFieldOfAMessage) {
    v1::Frame frame = message_with("x < y & z");
    frame.set_request(18'446'744'073'709'551'615U);
    frame.set_timeout_ms(4'294'967'295U);
    v1::Message& message = *frame.mutable_message();
    message.set_id("\x01\b\f\\\"");
    message.set_content_type("text/plain");
    message.set_type("billing.v1.Charge");
    message.add_headers()->set_name("n");
    message.add_headers()->set_value("v");
    message.add_headers();
    const std::string line = write(frame);
    EXPECT_EQ(
        line,
        R"({"message":{"subject":"a.b","headers":[{"name":"n"},{"value":"v"},{}],)"
        R"("id":"\u0001\b\f\\\"","contentType":"text/plain","type":"billing.v1.Charge",)"
        R"("text":"x < y & z"},"request":"18446744073709551615","timeoutMs":4294967295})"
    );
    EXPECT_EQ(read(line).SerializeAsString(), frame.SerializeAsString());
}

TEST(AppendJson, WritesControlsByTheirNames) {
    v1::Frame frame;
    frame.mutable_error()->set_code(v1::NO_RESPONDERS);
    frame.mutable_error()->set_text("a\nb");
    EXPECT_EQ(write(frame), R"({"error":{"code":"NO_RESPONDERS","text":"a\nb"}})");
}

// In every text, beside a text and beside other bytes.
TEST(AppendJson, EscapesWhatATerminalObeys) {
    const std::string hostile =
        "\xc2\x9b"
        "2J\x7f\xc2\x80\x1b\xc2\xa0";
    for (const char* payload : {"text", "\x01"}) {
        v1::Frame frame;
        v1::Message& message = *frame.mutable_message();
        message.set_subject("a" + hostile);
        message.set_reply(hostile);
        message.set_id(hostile);
        message.set_content_type(hostile);
        message.set_type(hostile);
        message.add_headers()->set_name(hostile);
        message.mutable_headers(0)->set_value(hostile);
        message.set_payload(payload);
        frame.set_reply_to(hostile);
        std::string line;
        ASSERT_TRUE(append_json(line, frame));
        EXPECT_TRUE(is_plain_text(line)) << line;
        EXPECT_NE(line.find("\xc2\xa0"), std::string::npos) << "harmless";
        v1::Frame back;
        ASSERT_TRUE(json_to_frame(line, back));
        EXPECT_EQ(back.SerializeAsString(), frame.SerializeAsString());
    }
    v1::Frame error;
    error.mutable_error()->set_text(hostile);
    std::string line;
    ASSERT_TRUE(append_json(line, error));
    EXPECT_TRUE(is_plain_text(line)) << line;
}

TEST(AppendJson, AppendsToExistingText) {
    v1::Frame frame;
    frame.mutable_pong();
    std::string out = "x\n";
    ASSERT_TRUE(append_json(out, frame));
    EXPECT_EQ(out, "x\n{\"pong\":{}}");
}

TEST(AppendJson, IsReadBackToTheSameFrame) {
    for (const std::string& payload :
         {""s,
          "text"s,
          "two\nlines\r\n"s,
          "\0"s,
          "\xC2\x85"s,
          "\xE2\x82\xAC"s,
          "\"quoted\\\""s,
          "\x7F"s,
          std::string(1000, '\xFE')}) {
        v1::Frame frame = message_with(payload);
        v1::Header& header = *frame.mutable_message()->add_headers();
        header.set_name("n");
        header.set_value("\xE2\x80\xA8\n");
        const std::string line = write(frame);
        EXPECT_EQ(line.find('\n'), std::string::npos) << line;
        EXPECT_EQ(read(line).SerializeAsString(), frame.SerializeAsString()) << line;
    }
}

}  // namespace
}  // namespace telex::wire
