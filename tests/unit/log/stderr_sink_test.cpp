#include "log/stderr_sink.hpp"

#include "net/fd.hpp"
#include "net/socket_options.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spdlog/logger.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>

namespace telex::log {
namespace {

class StderrSinkTest : public ::testing::Test {
protected:
    // The sink's end blocks, as standard error does.
    StderrSinkTest() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) {
            throw std::runtime_error("no pipe");
        }
        read_ = net::UniqueFd(ends[0]);
        write_ = net::UniqueFd(ends[1]);
        (void)net::set_nonblocking_cloexec(read_.get());
        sink_ = std::make_shared<StderrSink>(write_.get(), std::chrono::milliseconds(1));
        sink_->set_pattern("%l %v");
        logger_ = std::make_unique<spdlog::logger>("test", sink_);
    }

    std::string read_all() const {
        std::string all(1U << 20U, '\0');
        const ssize_t got = ::read(read_.get(), all.data(), all.size());
        all.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return all;
    }

    // All but some pages.
    void fill(int free_pages = 0) const {
        const std::string page(kPage, 'x');
        for (int size = ::fcntl(write_.get(), F_GETPIPE_SZ) - free_pages * kPage; size > 0;
             size -= kPage) {
            ASSERT_EQ(::write(write_.get(), page.data(), page.size()), kPage);
        }
    }

    // Returns whether the call ends without a reader; otherwise reads, so that the test can end.
    bool log_returns(const std::string& text) {
        auto logged = std::async(std::launch::async, [&] { logger_->info(text); });
        if (logged.wait_for(std::chrono::seconds(20)) == std::future_status::ready) {
            return true;
        }
        while (logged.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
            (void)read_all();
        }
        return false;
    }

    static constexpr int kPage = 4096;

    net::UniqueFd read_;
    net::UniqueFd write_;
    std::shared_ptr<StderrSink> sink_;
    std::unique_ptr<spdlog::logger> logger_;
};

TEST_F(StderrSinkTest, WritesLines) {
    logger_->info("one");
    logger_->warn("two");
    EXPECT_EQ(read_all(), "info one\nwarning two\n");
}

TEST_F(StderrSinkTest, DropsUnreadLinesAndReportsThemLater) {
    fill();
    for (int i = 0; i < 5; ++i) {
        logger_->info("lost");
    }
    (void)read_all();
    logger_->info("heard");
    EXPECT_EQ(read_all(), "warning log lines lost: unread=5 overrun=0\ninfo heard\n");
    logger_->info("again");
    EXPECT_EQ(read_all(), "info again\n");
}

// The pipe has room for the beginning of the line only.
TEST_F(StderrSinkTest, DropsTheEndOfAnUnreadLine) {
    fill(1);
    const std::string text(3 * kPage, 'y');
    EXPECT_TRUE(log_returns(text));
    EXPECT_TRUE(log_returns("lost")) << "there is no room at all now";
    const std::string all = read_all();
    const std::string begun = all.substr(all.find("info"));
    EXPECT_EQ(begun, "info " + text.substr(0, kPage - 5));
    logger_->info("heard");
    EXPECT_EQ(read_all(), "\nwarning log lines lost: unread=2 overrun=0\ninfo heard\n");
}

TEST_F(StderrSinkTest, WritesLongLinesWhole) {
    const std::string text(10 * kPage, 'y');
    logger_->info(text);
    logger_->info("next");
    EXPECT_EQ(read_all(), "info " + text + "\ninfo next\n");
}

// Losses of the preceding queue are reported together with the sink's, each once.
TEST_F(StderrSinkTest, SaysWhatWasOverrun) {
    std::uint64_t overrun = 0;
    sink_->count_overrun([&] { return overrun; });
    fill();
    overrun = 3;
    logger_->info("lost");
    (void)read_all();
    overrun = 7;
    logger_->info("two");
    logger_->info("three");
    overrun = 8;
    logger_->info("four");
    EXPECT_EQ(
        read_all(),
        "warning log lines lost: unread=1 overrun=7\ninfo two\ninfo three\n"
        "warning log lines lost: unread=0 overrun=1\ninfo four\n"
    );
}

TEST_F(StderrSinkTest, OutlivesItsReader) {
    ASSERT_NE(::signal(SIGPIPE, SIG_IGN), SIG_ERR);
    read_.reset();
    logger_->info("to nobody");
    logger_->info("to nobody");
}

}  // namespace
}  // namespace telex::log
