// Replies that a raw connection keeps until an older one has come: charged, and accounted for.
#include "protocols/raw/raw_options.hpp"
#include "support/memory_server.hpp"
#include "support/plain_client.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace telex::server {
namespace {

using telex::testing::MemoryClient;
using telex::testing::MemoryServer;
using telex::testing::PlainClient;

constexpr std::size_t kReply = 30'000;

ListenerOptions questions() {
    ListenerOptions options;
    options.protocol = "raw";
    options.framing = *codec::parse_preset("lines");
    options.session.protocol = session::raw::RawOptions{.request = "service"};
    return options;
}

// A peer with three requests, and a responder that answers in any order.
class HeldReplies : public ::testing::Test {
protected:
    HeldReplies() {
        at_home([&] {
            responder_.port.join();
            responder_.subscribe(1, "service");
        });
        peer_.send("one\ntwo\nthree\n");
        while (requests() < 3) {
            std::this_thread::yield();
        }
        server_.settle();
    }

    ~HeldReplies() override {
        at_home([&] { responder_.port.leave(exchange::DropReason::connection_lost); });
    }

    template <class Function>
    void at_home(Function work) {
        server_.at(0, work);
    }

    void answer(std::size_t index, const std::string& payload) {
        at_home([&] { responder_.publish(responder_.reply_subjects.at(index), payload); });
        server_.settle();
    }

    std::size_t charged() {
        std::size_t bytes = 0;
        at_home([&] { bytes = server_.shard(0).account().held(); });
        return bytes;
    }

    std::size_t requests() {
        std::size_t count = 0;
        at_home([&] { count = responder_.reply_subjects.size(); });
        return count;
    }

    MemoryServer server_{1, questions()};
    PlainClient responder_{server_.shard(0)};
    MemoryClient peer_{server_.connect()};
};

TEST_F(HeldReplies, AreChargedUntilTheyAreWritten) {
    const std::size_t before = charged();
    answer(2, std::string(kReply, 'c'));
    answer(1, std::string(kReply, 'b'));
    EXPECT_GE(charged(), before + 2 * kReply - 3 * exchange::ClientRecord::kRequestMemory);
    EXPECT_EQ(server_.stats().queued_messages(), 2U);
    EXPECT_EQ(server_.stats().delivered_messages(), 3U) << "the requests";
    answer(0, "a");
    std::string heard;
    while (heard.size() < 2 * kReply + 4) {
        heard += peer_.receive();
    }
    server_.settle();
    EXPECT_EQ(heard, "a\n" + std::string(kReply, 'b') + "\n" + std::string(kReply, 'c') + "\n");
    EXPECT_EQ(server_.stats().queued_messages(), 0U);
    EXPECT_EQ(server_.stats().delivered_messages(), 6U);
    EXPECT_LT(charged(), before);
}

TEST_F(HeldReplies, AreDroppedWithTheirConnection) {
    answer(2, std::string(kReply, 'c'));
    peer_.vanish();
    while (server_.stats().connections() > 1) {
        std::this_thread::yield();
    }
    const v1::ServerStats stats = server_.stats();
    EXPECT_EQ(stats.queued_messages(), 0U);
    EXPECT_EQ(stats.dropped_messages().at("connection_lost"), 1U);
    EXPECT_EQ(stats.delivered_messages(), 3U);
    EXPECT_LT(charged(), kReply);
}

}  // namespace
}  // namespace telex::server
