#include "app/stderr_sink.hpp"

#include "net/fd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spdlog/logger.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <stdexcept>
#include <string>

namespace telex::app {
namespace {

class StderrSinkTest : public ::testing::Test {
protected:
    StderrSinkTest() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
            throw std::runtime_error("no pipe");
        }
        read_ = net::UniqueFd(ends[0]);
        write_ = net::UniqueFd(ends[1]);
        auto sink = std::make_shared<StderrSink>(write_.get(), std::chrono::milliseconds(1));
        sink->set_pattern("%l %v");
        logger_ = std::make_unique<spdlog::logger>("test", std::move(sink));
    }

    std::string read_all() const {
        std::string all(1U << 20U, '\0');
        const ssize_t got = ::read(read_.get(), all.data(), all.size());
        all.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return all;
    }

    void fill() const {
        const std::string block(4096, 'x');
        while (::write(write_.get(), block.data(), block.size()) > 0) {
        }
    }

    net::UniqueFd read_;
    net::UniqueFd write_;
    std::unique_ptr<spdlog::logger> logger_;
};

TEST_F(StderrSinkTest, WritesLines) {
    logger_->info("one");
    logger_->warn("two");
    EXPECT_EQ(read_all(), "info one\nwarning two\n");
}

TEST_F(StderrSinkTest, DropsWhatNobodyReadsAndSaysSoLater) {
    fill();
    for (int i = 0; i < 5; ++i) {
        logger_->info("lost");
    }
    (void)read_all();
    logger_->info("heard");
    EXPECT_EQ(read_all(), "warning 5 log lines were dropped: nobody read them\ninfo heard\n");
    logger_->info("again");
    EXPECT_EQ(read_all(), "info again\n");
}

TEST_F(StderrSinkTest, OutlivesItsReader) {
    ASSERT_NE(::signal(SIGPIPE, SIG_IGN), SIG_ERR);
    read_.reset();
    logger_->info("to nobody");
    logger_->info("to nobody");
}

}  // namespace
}  // namespace telex::app
