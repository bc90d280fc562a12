// RepeatScan against scan_frame: what it recognises is what the scan finds, and nothing else.
#include "wire/repeat_scan.hpp"

#include "wire/frame_view.hpp"
#include "wire/writer.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace telex::wire {
namespace {

std::string publication(
    std::string_view subject, std::string_view payload, std::string_view reply = {}
) {
    std::string body;
    append_message(body, subject, payload, reply);
    char head[kMaxPublishHead];
    return std::string(head, write_publish_head(head, body.size())) + body;
}

// Whether the scan finds a publication of this subject, and nothing but a payload beside it.
bool is_plain(std::string_view frame, std::string_view subject) {
    const auto view = scan_frame(frame);
    return view && view->has_message && !view->has_control && view->subscription == 0 &&
           view->request == 0 && view->reply_to.empty() && view->message.subject == subject &&
           view->message.reply.empty() && view->message.header_count == 0;
}

void expect_right(RepeatScan& scan, std::string_view frame, std::string_view subject) {
    PlainMessage found;
    if (!scan.next(frame, found)) {
        return;
    }
    ASSERT_TRUE(is_plain(frame, subject));
    const auto view = scan_frame(frame);
    EXPECT_EQ(found.body, view->message.body);
    EXPECT_EQ(found.body.data(), view->message.body.data());
    EXPECT_EQ(found.payload(), view->message.payload);
    EXPECT_EQ(found.view(subject.size()).subject, subject);
    EXPECT_EQ(found.view(subject.size()).subject.data(), view->message.subject.data());
}

TEST(RepeatScan, RecognisesPayloadsOfEverySize) {
    for (const std::size_t subject_size : {1U, 3U, 8U, 20U, 127U, 128U, 250U}) {
        const std::string subject(subject_size, 's');
        RepeatScan scan(subject);
        std::deque<std::string> frames;  // a scan compares with the last one
        for (std::size_t size = 1; size < 400; ++size) {
            for (int again = 0; again < 2; ++again) {
                frames.push_back(publication(subject, std::string(size, 'p')));
                PlainMessage message;
                ASSERT_TRUE(scan.next(frames.back(), message)) << subject_size << " " << size;
                ASSERT_EQ(message.payload(), std::string(size, 'p'));
                ASSERT_EQ(message.view(subject_size).subject, subject);
            }
        }
    }
}

TEST(RepeatScan, LeavesWhateverIsDifferent) {
    const std::string usual = publication("a.b", "xyz");
    const std::vector<std::string> others = {
        "",
        publication("a.c", "xyz"),
        publication("a.bc", "xy"),
        publication("a.b", "xyz", "r"),
        publication("a.b", ""),
        publication("a.b", std::string(20'000, 'x')),
        usual + "x",
        usual.substr(0, usual.size() - 1),
        usual + std::string("\x18\x01", 2),  // a request
        std::string("\x08\x01", 2) + usual,  // a delivery
    };
    for (const std::string& other : others) {
        RepeatScan scan("a.b");
        PlainMessage message;
        EXPECT_FALSE(scan.next(other, message)) << other;
        ASSERT_TRUE(scan.next(usual, message));
        EXPECT_FALSE(scan.next(other, message)) << other;
        EXPECT_TRUE(scan.next(usual, message));
    }
}

// Each bit of a frame turned, and random bytes: with a frame before it, and without.
TEST(RepeatScan, FindsNothingThatTheScanDoesNotFind) {
    const std::string usual = publication("a.b", "payload");
    for (std::size_t bit = 0; bit < usual.size() * 8; ++bit) {
        std::string turned = usual;
        turned[bit / 8] = static_cast<char>(turned[bit / 8] ^ (1 << (bit % 8)));
        RepeatScan first("a.b");
        expect_right(first, turned, "a.b");
        RepeatScan second("a.b");
        PlainMessage message;
        ASSERT_TRUE(second.next(usual, message));
        expect_right(second, turned, "a.b");
        expect_right(second, usual, "a.b");
    }
    std::mt19937 random(7);
    RepeatScan scan("a.b");
    std::deque<std::string> frames;
    for (int round = 0; round < 20'000; ++round) {
        std::string& frame =
            frames.emplace_back(publication("a.b", std::string(1 + random() % 5, 'x')));
        const std::size_t at = random() % frame.size();
        if (random() % 2 == 0) {
            frame[at] = static_cast<char>(random());
        }
        frame.resize(frame.size() - random() % 2);
        expect_right(scan, frame, "a.b");
    }
}

}  // namespace
}  // namespace telex::wire
