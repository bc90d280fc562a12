#include "client/notices.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace telex::client {
namespace {

using test::Collected;
using test::Pair;

constexpr std::size_t kMost = Notices::kMostNotices;

Error error(std::string text = "text") {
    return {Errc::permission_denied, std::move(text)};
}

Connected connection(std::string id) {
    ServerInfo info;
    info.session_id = std::move(id);
    return {std::move(info)};
}

// Takes all; returns the errors by their codes, and connections by their ids.
std::vector<std::string> take_all(Notices& notices) {
    std::vector<std::string> taken;
    for (auto next = notices.take(); !next.empty(); next = notices.take()) {
        for (const Notice& notice : next) {
            if (const auto* made = std::get_if<Connected>(&notice)) {
                taken.push_back("+" + made->info.session_id);
            } else if (const auto* lost = std::get_if<Disconnected>(&notice)) {
                taken.push_back("-" + lost->reason.text);
            } else {
                taken.emplace_back(name_of(std::get<Error>(notice).code));
            }
        }
    }
    return taken;
}

TEST(Notices, KeepTheirOrder) {
    Notices notices;
    EXPECT_TRUE(notices.add(connection("1")));
    EXPECT_TRUE(notices.add(error()));
    EXPECT_TRUE(notices.add(Disconnected{error("lost")}));
    EXPECT_EQ(take_all(notices), (std::vector<std::string>{"+1", "permission_denied", "-lost"}));
}

TEST(Notices, DropAndCountErrorsOverTheLimit) {
    Notices notices;
    for (std::size_t i = 0; i < kMost; ++i) {
        EXPECT_TRUE(notices.add(error()));
    }
    EXPECT_TRUE(notices.add(error())) << "says that errors are dropped";
    for (int i = 0; i < 99; ++i) {
        EXPECT_FALSE(notices.add(error()));
    }
    EXPECT_EQ(notices.dropped_errors(), 100U);
    const auto taken = take_all(notices);
    EXPECT_EQ(taken.size(), kMost + 1);
    EXPECT_EQ(taken.back(), "errors_dropped");
    EXPECT_TRUE(notices.add(error()));
}

TEST(Notices, LimitTheBytesOfTheirTexts) {
    Notices notices;
    const std::string large(Notices::kMostBytes + 1, 'x');
    EXPECT_TRUE(notices.add(error(large))) << "one always fits";
    EXPECT_TRUE(notices.add(error(large)));
    EXPECT_FALSE(notices.add(error(large)));
    EXPECT_EQ(take_all(notices), (std::vector<std::string>{"permission_denied", "errors_dropped"}));
    EXPECT_EQ(notices.dropped_errors(), 2U);
}

TEST(Notices, LeaveOutConnectionsWithTheirLosses) {
    Notices notices;
    EXPECT_TRUE(notices.add(connection("first")));
    for (std::size_t i = 1; i < kMost; ++i) {
        EXPECT_TRUE(notices.add(error()));
    }
    EXPECT_TRUE(notices.add(Disconnected{error(std::string(5'000, 'x'))}));
    for (int i = 0; i < 1'000; ++i) {
        EXPECT_FALSE(notices.add(connection("meanwhile")));
        EXPECT_FALSE(notices.add(Disconnected{error()}));
    }
    EXPECT_FALSE(notices.add(connection("present")));
    const auto taken = take_all(notices);
    ASSERT_EQ(taken.size(), kMost + 2);
    EXPECT_EQ(taken.front(), "+first");
    EXPECT_EQ(taken[kMost].front(), '-');
    EXPECT_EQ(taken.back(), "+present");
    EXPECT_TRUE(notices.add(Disconnected{error()})) << "the application knows of the connection";
}

// A server that sends errors without an end, to an application that is busy.
TEST(ClientErrors, OfAFloodAreBounded) {
    constexpr std::size_t kErrors = 20'000;
    Collected<Error> reported;
    std::promise<void> busy;
    std::shared_future<void> free = busy.get_future().share();
    Pair pair(test::FakeServer::Kind::tcp, {}, [&](ClientOptions& options) {
        options.on_error = [&reported, free](const Error& error) {
            free.wait();
            reported.add(error);
        };
    });
    pair.peer.send_error(v1::PERMISSION_DENIED, false);
    for (std::size_t i = 1; i < kErrors; ++i) {
        pair.peer.send_error(v1::PERMISSION_DENIED, false);
    }
    auto flushed = test::meanwhile([&] { return pair.client->flush(); });
    pair.peer.answer_flush();
    ASSERT_TRUE(flushed.get()) << "all errors have arrived";
    const std::uint64_t dropped = pair.client->statistics().dropped_errors;
    EXPECT_GE(dropped, kErrors - kMost - 1);
    busy.set_value();
    const auto errors = reported.wait(kErrors - dropped + 1);
    EXPECT_EQ(errors.size(), kErrors - dropped + 1) << "and one that says so";
    const auto says_so = [](const Error& one) { return one.code == Errc::errors_dropped; };
    EXPECT_EQ(std::count_if(errors.begin(), errors.end(), says_so), 1);
}

}  // namespace
}  // namespace telex::client
