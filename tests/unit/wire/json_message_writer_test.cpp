// json_test.cpp has the fields and their order; here: what only encoded messages can be.
#include "wire/json_message_writer.hpp"

#include "wire/json.hpp"
#include "wire/json_message_reader.hpp"
#include "wire/writer.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <string>

namespace telex::wire {
namespace {

using namespace std::string_literals;

std::string line_of(ByteView body) {
    FrameView frame;
    frame.message.body = body;
    std::string line;
    EXPECT_TRUE(append_message_json(line, frame));
    return line;
}

void expect_failure(const FrameView& frame) {
    std::string line = "x";
    EXPECT_FALSE(append_message_json(line, frame));
    EXPECT_EQ(line, "x");
}

TEST(AppendMessageJson, WritesAnEmptyMessage) {
    EXPECT_EQ(line_of(""), R"({"message":{}})");
}

TEST(AppendMessageJson, WritesThePositionOfARecordAsTheLibraryReadsIt) {
    FrameView view;
    view.subscription = 7;
    view.has_position = true;
    view.position = {.sequence = 41, .unix_nanoseconds = -12, .attempt = 2, .redelivered = true};
    const std::string body = "\x0A\x01s";
    view.message.body = body;
    std::string line;
    ASSERT_TRUE(append_message_json(line, view));
    v1::Frame frame;
    ASSERT_TRUE(json_to_frame(line, frame));
    EXPECT_EQ(frame.subscription(), 7U);
    EXPECT_EQ(frame.position().sequence(), 41U);
    EXPECT_EQ(frame.position().unix_nanoseconds(), -12);
    EXPECT_EQ(frame.position().attempt(), 2U);
    EXPECT_TRUE(frame.position().redelivered());
    std::string again;
    ASSERT_TRUE(append_json(again, frame));
    EXPECT_EQ(line, again);
}

TEST(AppendMessageJson, WritesTheLastOccurrenceOfAField) {
    EXPECT_EQ(
        line_of("\x0A\x01"
                "a\x0A\x01"
                "b\x2A\x01"
                "1\x2A\x01"
                "2\x12\x01"
                "x\x12\x01y"),
        R"({"message":{"subject":"b","id":"2","text":"y"}})"
    );
}

TEST(AppendMessageJson, LeavesOutUnknownFields) {
    const std::string unknown =
        "\x98\x06\x07"               // 99: 7
        "\x9A\x06\x02zz"             // 99: "zz"
        "\x9B\x06\x0A\x01q\x9C\x06"  // a group
        "\x08\x01";                  // 1 as a number
    EXPECT_EQ(line_of(unknown + "\x0A\x01" + "a" + unknown), R"({"message":{"subject":"a"}})");
}

TEST(AppendMessageJson, WritesOtherBytesBehindTheSubject) {
    std::string body;
    const HeaderView headers[] = {{.name = "n", .value = "v"}};
    append_message(body, "a", "\xFF\0"s, "r", headers);
    EXPECT_EQ(
        line_of(body),
        R"({"message":{"subject":"a","payload":"/wA=","reply":"r","headers":[{"name":"n","value":"v"}]}})"
    );
}

void set_fields(google::protobuf::Message& message) {
    const auto& reflection = *message.GetReflection();
    for (int index = 0; index < message.GetDescriptor()->field_count(); ++index) {
        const auto* const field = message.GetDescriptor()->field(index);
        if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
            set_fields(*reflection.AddMessage(&message, field));
        } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_UINT64) {
            reflection.SetUInt64(&message, field, 7);
        } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_ENUM) {
            reflection.SetEnumValue(&message, field, 1);
        } else {
            ASSERT_EQ(field->cpp_type(), google::protobuf::FieldDescriptor::CPPTYPE_STRING);
            reflection.SetString(&message, field, "of " + field->name());
        }
    }
}

TEST(AppendMessageJson, WritesThePresenceOfASequenceAndUnknownRollUps) {
    v1::Message message;
    message.set_expected_last_sequence(0);
    EXPECT_EQ(line_of(message.SerializeAsString()), R"({"message":{"expectedLastSequence":"0"}})");
    message.Clear();
    message.set_roll_up(v1::ROLL_UP_ALL);
    EXPECT_EQ(line_of(message.SerializeAsString()), R"({"message":{"rollUp":"ROLL_UP_ALL"}})");
    message.set_roll_up(static_cast<v1::RollUp>(-7));
    EXPECT_EQ(line_of(message.SerializeAsString()), R"({"message":{"rollUp":-7}})");
}

// One that telex.proto gets later must be added to the writer and to the reader.
TEST(AppendMessageJson, KnowsEveryFieldOfAMessage) {
    v1::Frame frame;
    set_fields(*frame.mutable_message());
    const std::string line = line_of(frame.message().SerializeAsString());
    v1::Frame by_library;
    ASSERT_TRUE(json_to_frame(line, by_library));
    EXPECT_EQ(by_library.SerializeAsString(), frame.SerializeAsString());
    std::string read;
    ASSERT_TRUE(read_usual_json(line, read));
    EXPECT_EQ(read, frame.SerializeAsString());
}

TEST(AppendMessageJson, UsesTheBodyOnly) {
    FrameView frame;
    frame.message.body =
        "\x0A\x01"
        "a";
    frame.message.subject = "other";
    frame.message.payload = "other";
    frame.message.header_count = 1;
    frame.subscription = 1;
    std::string line;
    ASSERT_TRUE(append_message_json(line, frame));
    EXPECT_EQ(line, R"({"subscription":"1","message":{"subject":"a"}})");
}

TEST(AppendMessageJson, FailsIfTheBodyIsNotAMessage) {
    for (const std::string& body :
         {"\x0A"s,
          "\x0A\x02"
          "a"s,
          "\x0A\x01\xFF"s,
          "\x2A\x01\xFF"s,
          "\x22\x03\x0A\x01\xFF"s,
          "\x07"s}) {
        FrameView frame;
        frame.message.body = body;
        expect_failure(frame);
    }
}

TEST(AppendMessageJson, FailsIfTheReplySubjectIsNotUtf8) {
    FrameView frame;
    frame.reply_to = "\xFF";
    expect_failure(frame);
}

}  // namespace
}  // namespace telex::wire
