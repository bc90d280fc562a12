#include "server/workers.hpp"

#include "server/stream/socket_stream.hpp"
#include "support/memory_server.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace telex::server {
namespace {

// Counts lines, and what they say was left out before them.
class CountingSink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    std::uint64_t lines() const { return lines_; }

    std::uint64_t suppressed() const { return suppressed_; }

private:
    void sink_it_(const spdlog::details::log_msg& line) override {
        const std::string text(line.payload.data(), line.payload.size());
        const std::string before =
            "cannot watch a connection: listener=test peer=memory suppressed=";
        ASSERT_TRUE(text.starts_with(before)) << text;
        ++lines_;
        suppressed_ += std::stoull(text.substr(before.size()));
    }

    void flush_() override {}

    std::uint64_t lines_ = 0;
    std::uint64_t suppressed_ = 0;
};

class WorkersTest : public ::testing::Test {
protected:
    WorkersTest() { spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", sink_)); }

    ~WorkersTest() override { spdlog::set_default_logger(before_); }

    const std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
    const std::shared_ptr<CountingSink> sink_ = std::make_shared<CountingSink>();
};

// What peers can cause does not fill the log.
TEST_F(WorkersTest, SayOfManyConnectionsThatTheyCannotWatchThemWhatTheyLeftOut) {
    ListenerOptions options;
    options.name = "test";
    testing::MemoryServer server(1, options);
    std::uint64_t refused = 0;
    const auto refuse_one = [&] {
        // The kernel watches no plain files.
        server.adopt(make_socket_stream(net::UniqueFd(::open("/dev/null", O_RDWR | O_CLOEXEC))));
        ++refused;
    };
    const auto began = std::chrono::steady_clock::now();
    while (refused < 2000) {
        refuse_one();
    }
    const std::chrono::duration<double> lasted = std::chrono::steady_clock::now() - began;
    EXPECT_LE(static_cast<double>(sink_->lines()), 50 * (lasted.count() + 2));
    while (sink_->lines() + sink_->suppressed() < refused) {
        refuse_one();  // until the first one of the next second
    }
    EXPECT_EQ(sink_->lines() + sink_->suppressed(), refused);
    EXPECT_GT(sink_->suppressed(), 0U);
}

}  // namespace
}  // namespace telex::server
