#include "client/pending_replies.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace telex::client {
namespace {

constexpr const char* kSubject = "_REPLY.0.1.0123456789abcdef";

TEST(PendingReplies, OfRequestsOnly) {
    const auto replies = std::make_shared<PendingReplies>();
    EXPECT_EQ(replies->add(""), nullptr);
    EXPECT_EQ(replies->add("my.replies"), nullptr);
    EXPECT_TRUE(replies->empty());
    const auto reply = replies->add(kSubject);
    EXPECT_FALSE(replies->empty());
}

TEST(PendingReplies, EndWithTheReplyOrTheMessage) {
    const auto replies = std::make_shared<PendingReplies>();
    auto first = replies->add(kSubject);
    auto second = replies->add(kSubject);
    auto copy = second;
    first->settle();
    first->settle();
    first.reset();
    EXPECT_FALSE(replies->empty()) << "the second one is counted once";
    second.reset();
    EXPECT_FALSE(replies->empty()) << "there is a copy";
    copy.reset();
    EXPECT_TRUE(replies->empty());
}

TEST(PendingReplies, TellWhenTheLastOneIsSettled) {
    const auto replies = std::make_shared<PendingReplies>();
    replies->add(kSubject).reset();
    int settled = 0;
    auto first = replies->add(kSubject);
    auto second = replies->add(kSubject);
    replies->watch([&] { ++settled; });
    first.reset();
    EXPECT_EQ(settled, 0);
    second->settle();
    EXPECT_EQ(settled, 1);
}

TEST(PendingReplies, TellNothingAfterTheEnd) {
    const auto replies = std::make_shared<PendingReplies>();
    auto reply = replies->add(kSubject);
    replies->watch([] { ADD_FAILURE(); });
    replies->end();
    reply.reset();
    EXPECT_TRUE(replies->empty());
}

TEST(PendingReplies, MayOutliveTheirConnection) {
    auto replies = std::make_shared<PendingReplies>();
    auto reply = replies->add(kSubject);
    replies.reset();
    reply->settle();
}

TEST(PendingReplies, AreSettledOnAnyThread) {
    constexpr int kEach = 1'000;
    const auto replies = std::make_shared<PendingReplies>();
    std::atomic<int> settled{0};
    replies->watch([&] { ++settled; });
    const auto keeper = replies->add(kSubject);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        std::vector<std::shared_ptr<PendingReply>> some;
        for (int k = 0; k < kEach; ++k) {
            some.push_back(replies->add(kSubject));
        }
        threads.emplace_back([mine = std::move(some)]() mutable { mine.clear(); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_FALSE(replies->empty());
    EXPECT_EQ(settled, 0);
    keeper->settle();
    EXPECT_TRUE(replies->empty());
    EXPECT_EQ(settled, 1);
}

}  // namespace
}  // namespace telex::client
