// The scan agrees with the generated parser on damaged frames: cut at every length, every byte
// changed to every value, and long random series of edits.
#include "base/utf8.hpp"
#include "support/scan_oracle.hpp"
#include "wire/quiet_protobuf.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace telex::wire {
namespace {

std::string full_frame() {
    v1::Frame frame;
    frame.set_subscription(300);
    frame.set_request(1U << 20U);
    frame.set_timeout_ms(5000);
    frame.set_reply_to("_REPLY.1.2");
    frame.set_durable(true);
    v1::Position& position = *frame.mutable_position();
    position.set_sequence(300);
    position.set_unix_nanoseconds(-5);
    position.set_attempt(2);
    position.set_redelivered(true);
    v1::Message& message = *frame.mutable_message();
    message.set_subject("größe.b");
    message.set_payload("pay\xFFload");
    message.set_reply("in.box");
    for (const char* const name : {"one", "two"}) {
        v1::Header& header = *message.add_headers();
        header.set_name(name);
        header.set_value("v\xC3\xA4lue");
    }
    message.set_id("id");
    message.set_content_type("text/plain");
    message.set_type("x.Y");
    message.set_ttl_ms(5'000);
    message.set_expected_last_sequence(0);
    message.set_expected_subject_sequence(1ULL << 40U);
    message.set_roll_up(v1::ROLL_UP_SUBJECT);
    return frame.SerializeAsString();
}

std::string control_frame() {
    v1::Frame frame;
    frame.mutable_subscribe()->set_subscription(1);
    frame.mutable_subscribe()->set_filter("a.>");
    return frame.SerializeAsString();
}

std::vector<std::string> seeds() {
    const std::string group = "\xFB\x01\x0A\x02hi\xFB\x01\xFC\x01\xFC\x01";
    v1::Frame stored;
    stored.set_request(7);
    stored.mutable_stored()->set_stream("LOG");
    stored.mutable_stored()->set_sequence(300);
    return {
        full_frame(),
        control_frame(),
        stored.SerializeAsString(),
        full_frame() + control_frame(),
        group + full_frame()
    };
}

// One edit of the kinds that break parsers: bytes changed, removed, repeated, moved, cut.
void edit(std::string& bytes, std::mt19937& random) {
    if (bytes.empty()) {
        bytes += static_cast<char>(random());
        return;
    }
    const std::size_t at = random() % bytes.size();
    const std::size_t length = random() % 8;
    switch (random() % 7) {
        case 0:
            bytes[at] = static_cast<char>(random());
            break;
        case 1:
            bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << length));
            break;
        case 2:
            bytes.erase(at, length);
            break;
        case 3:
            bytes.insert(at, bytes.substr(random() % bytes.size(), length));
            break;
        case 4:
            bytes.resize(at);
            break;
        case 5:
            bytes.insert(at, 1, static_cast<char>(0x80U | random()));
            break;
        default:
            bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) + 1U);
    }
}

class ScanProperty : public ::testing::Test {
protected:
    ScanProperty() { quiet_protobuf(); }
};

TEST_F(ScanProperty, AgreesOnEveryPrefix) {
    for (const std::string& seed : seeds()) {
        for (std::size_t length = 0; length <= seed.size(); ++length) {
            // A separate copy, so that a sanitizer detects reads beyond the end.
            const std::string prefix = seed.substr(0, length);
            ASSERT_EQ(telex::testing::scan_disagreement(prefix), "") << length;
        }
    }
}

TEST_F(ScanProperty, AgreesOnEveryChangeOfOneByte) {
    for (const std::string& seed : seeds()) {
        for (std::size_t at = 0; at < seed.size(); ++at) {
            for (int value = 0; value < 256; ++value) {
                std::string changed = seed;
                changed[at] = static_cast<char>(value);
                ASSERT_EQ(telex::testing::scan_disagreement(changed), "") << at << " := " << value;
            }
        }
    }
}

TEST_F(ScanProperty, AgreesOnEveryFrameOfTwoBytes) {
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            const std::string bytes{static_cast<char>(first), static_cast<char>(second)};
            ASSERT_EQ(telex::testing::scan_disagreement(bytes), "") << first << ' ' << second;
        }
    }
}

TEST_F(ScanProperty, AgreesOnSeriesOfEdits) {
    std::mt19937 random(20'261'120);
    const std::vector<std::string> originals = seeds();
    int accepted = 0;
    for (int round = 0; round < 30'000; ++round) {
        std::string bytes = originals[random() % originals.size()];
        for (std::size_t edits = 1 + random() % 4; edits > 0; --edits) {
            edit(bytes, random);
        }
        ASSERT_EQ(telex::testing::scan_disagreement(bytes), "")
            << "round " << round << ": " << ::testing::PrintToString(bytes);
        accepted += scan_frame(bytes) ? 1 : 0;
    }
    EXPECT_GT(accepted, 3'000);  // the edits reach deeper than the first check
}

TEST_F(ScanProperty, Utf8IsTheLibrarysNotion) {
    constexpr int kEdges[] = {0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2,
                              0xDF, 0xE0, 0xE1, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5};
    std::string text(4, '\0');
    for (const int first : kEdges) {
        for (const int second : kEdges) {
            for (const int third : kEdges) {
                for (const int fourth : kEdges) {
                    text[0] = static_cast<char>(first);
                    text[1] = static_cast<char>(second);
                    text[2] = static_cast<char>(third);
                    text[3] = static_cast<char>(fourth);
                    v1::Message message;
                    const std::string body = "\x0A\x04" + text;
                    ASSERT_EQ(is_utf8(text), message.ParseFromString(body))
                        << ::testing::PrintToString(text);
                }
            }
        }
    }
}

}  // namespace
}  // namespace telex::wire
