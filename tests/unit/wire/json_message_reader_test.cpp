// The library of json.hpp is the judge.
#include "wire/json_message_reader.hpp"

#include "wire/json.hpp"
#include "wire/quiet_protobuf.hpp"

#include <gtest/gtest.h>

#include <string>

namespace telex::wire {
namespace {

std::string headers(std::size_t count) {
    std::string text;
    for (std::size_t number = 0; number < count; ++number) {
        text += (text.empty() ? "" : ",") + std::string(R"({"name":"n","value":"v"})");
    }
    return R"({"message":{"subject":"a","headers":[)" + text + "]}}";
}

void expect_usual(const std::string& line) {
    std::string bytes = "x";
    ASSERT_TRUE(read_usual_json(line, bytes)) << line;
    v1::Frame read;
    ASSERT_TRUE(read.ParseFromString(bytes.substr(1))) << line;
    v1::Frame expected;
    const auto by_library = json_to_frame(line, expected);
    ASSERT_TRUE(by_library) << line << ": " << by_library.error();
    EXPECT_EQ(read.SerializeAsString(), expected.SerializeAsString()) << line;
}

void expect_left_to_the_library(const std::string& line) {
    std::string bytes = "x";
    EXPECT_FALSE(read_usual_json(line, bytes)) << line;
    EXPECT_EQ(bytes, "x") << line;
}

TEST(ReadUsualJson, ReadsWhatTheLibraryReads) {
    quiet_protobuf();
    for (const char* const line : {
             R"({"message":{}})",
             R"({"message":{"subject":"a","text":"b"}})",
             R"({"message":{"text":"b","subject":"a"}})",
             R"({"message":{"subject":"","text":"","reply":"","id":""}})",
             R"({"message":{"subject":"a","payload":""}})",
             R"({"message":{"subject":"a","payload":"AP8="}})",
             R"({"message":{"subject":"a","payload":"//79"}})",
             R"({"message":{"subject":"a","payload":"Zm9vYg=="}})",
             R"({"message":{"reply":"r","subject":"s","id":"i","contentType":"c","type":"t","text":"x"}})",
             R"({"message":{"subject":"s","content_type":"c"}})",
             R"({"message":{"subject":"\u00e4\n","text":"\ud83d\ude00 \"\\\/\b\f\r\t"}})",
             R"({"message":{"subject":"s","text":"\u0000"}})",
             R"({"message":{"subject":"\u0000","reply":"\u2028<>&'"}})",
             "{\"message\":{\"subject\":\"h\xC3\xA4\",\"text\":\"\xF0\x9F\x98\x80\x7F\xC2\x85\"}}",
             R"({"message":{"subject":"s","headers":[]}})",
             R"({"message":{"subject":"s","headers":[{}]}})",
             R"({"message":{"subject":"s","headers":[{"name":"a"},{"value":"b"},{"value":"c","name":"\n"}]}})",
             R"({"request":7,"message":{"subject":"s"}})",
             R"({"request":7,"durable":true,"message":{"subject":"s"}})",
             R"({"durable" : false ,"message":{"subject":"s"}})",
             R"({"message":{"subject":"s","ttlMs":5,"expectedLastSequence":"0"}})",
             R"({"message":{"expected_subject_sequence":18446744073709551615,"ttl_ms":"7"}})",
             R"({"message":{"subject":"s","rollUp":"ROLL_UP_ALL","headerBlock":"AP8="}})",
             R"({"message":{"subject":"s","roll_up":"ROLL_UP_NONE","type":"t"}})",
             R"({"message":{"subject":"s"},"request":"8","timeoutMs":100})",
             R"({"message":{"subject":"s"},"request":0,"timeout_ms":"0"})",
             R"({"message":{"subject":"s"},"request":18446744073709551615,"timeoutMs":4294967295})",
             " \t\r\n{ \"message\" : { \"subject\" : \"a\" , \"text\" :\t\"b\" , \"headers\" : [ { "
             "} , { } ] } , \"request\" : 1 } \r\n",
         }) {
        expect_usual(line);
    }
    expect_usual(headers(16));
}

// Whether valid or not.
TEST(ReadUsualJson, LeavesEverythingElseToTheLibrary) {
    for (const char* const line : {
             "",
             " ",
             R"({"durable":"true","message":{"subject":"s"}})",
             R"({"durable":tru,"message":{"subject":"s"}})",
             R"({"durable":true,"durable":true,"message":{"subject":"s"}})",
             R"({"message":{"subject":"s","rollUp":1}})",
             R"({"message":{"subject":"s","rollUp":"ALL"}})",
             R"({"message":{"subject":"s","ttlMs":-1}})",
             "{",
             "{}",
             "[]",
             "5",
             "null",
             R"({"ping":{}})",
             R"({"message":null})",
             R"({"message":[]})",
             R"({"message":{}} x)",
             R"({"message":{}}})",
             R"({"message":{},})",
             R"({"message":{})",
             R"({"message":{"subject":"a",}})",
             R"({"message":{"subject":"a"})",
             R"({"message":{"subject":"a)",
             R"({"message":{"subject":"a\)",
             R"({"message":{"subject":"a\")",
             R"({"message":{"subject")",
             R"({"message":{"subject":null}})",
             R"({"message":{"subject":5}})",
             R"({"message":{"subject":["a"]}})",
             R"({"message":{"topic":"a"}})",
             R"({"message":{"@type":"a"}})",
             R"({"message":{"\u0073ubject":"a"}})",
             R"({"message":{"subject":"a","subject":"a"}})",
             R"({"message":{"contentType":"a","content_type":"a"}})",
             R"({"message":{"text":"a","payload":"QQ=="}})",
             R"({"message":{"text":"a","payload":null}})",
             R"({"message":{"payload":"QQ"}})",
             R"({"message":{"payload":"QR=="}})",
             R"({"message":{"payload":"_-8="}})",
             R"({"message":{"payload":"\u0051Q=="}})",
             R"({"message":{},"message":{}})",
             R"({"message":{},"subscription":1})",
             R"({"message":{},"replyTo":"a"})",
             R"({"message":{},"ping":{}})",
             R"({"message":{},"request":1,"request":1})",
             R"({"message":{},"timeoutMs":1,"timeout_ms":1})",
             R"({"message":{},"request":-1})",
             R"({"message":{},"request":+1})",
             R"({"message":{},"request":01})",
             R"({"message":{},"request":"01"})",
             R"({"message":{},"request":1.0})",
             R"({"message":{},"request":1e3})",
             R"({"message":{},"request":" 1"})",
             R"({"message":{},"request":"1 "})",
             R"({"message":{},"request":"1})",
             R"({"message":{},"request":1"})",
             R"({"message":{},"request":""})",
             R"({"message":{},"request":})",
             R"({"message":{},"request":null})",
             R"({"message":{},"request":true})",
             R"({"message":{},"request":18446744073709551616})",
             R"({"message":{},"timeoutMs":4294967296})",
             R"({"message":{"headers":{}}})",
             R"({"message":{"headers":[null]}})",
             R"({"message":{"headers":[{}}})",
             R"({"message":{"headers":[{},]}})",
             R"({"message":{"headers":[{"name":"a","name":"a"}]}})",
             R"({"message":{"headers":[{"value":"a","value":"a"}]}})",
             R"({"message":{"headers":[{"key":"a"}]}})",
             R"({"message":{"subject":"\ud800"}})",
             R"({"message":{"subject":"\x41"}})",
             R"({'message':{}})",
             R"({"message"{}})",
             "{\"message\":{\"subject\":\"\xFF\"}}",
             "{\"message\":{\"subject\":\"\xC3\\n\"}}",
             "{\"message\":{\"subject\":\"a\nb\"}}",
             "{\"message\":{\"subject\":\"\\n a\tb\"}}",
             "\xEF\xBB\xBF{\"message\":{}}",
             "{\"message\":{}}\v",
         }) {
        expect_left_to_the_library(line);
    }
    expect_left_to_the_library(headers(17));
    using namespace std::string_literals;
    expect_left_to_the_library("{\"message\":{}}\0"s);
}

TEST(ReadUsualJson, LeavesEveryBeginningOfALineToTheLibrary) {
    const std::string line =
        R"({"request":"12","message":{"subject":"a\n","payload":"QQ==","headers":[{"name":"\u00e4"}]}})";
    expect_usual(line);
    for (std::size_t size = 0; size < line.size(); ++size) {
        expect_left_to_the_library(line.substr(0, size));
    }
}

TEST(ReadUsualJson, ReadsLongTexts) {
    const std::string text(100'000, 'x');
    expect_usual(R"({"message":{"subject":"a","text":")" + text + "\"}}");
    expect_usual(R"({"message":{"subject":"a","text":"\n)" + text + "\"}}");
}

}  // namespace
}  // namespace telex::wire
