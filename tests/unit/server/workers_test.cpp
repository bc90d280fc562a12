#include "server/workers/workers.hpp"

#include "base/time.hpp"
#include "server/stream/socket_stream.hpp"
#include "support/log_capture.hpp"
#include "support/memory_server.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace telex::server {
namespace {

class WorkersTest : public ::testing::Test {
protected:
    // Adds up the new lines of the log, and the lines that they say were left out before them.
    void read_log() {
        const std::string before = "error cannot watch a connection: listener=test peer=unix";
        const std::string suppressed = before + " suppressed=";
        for (const std::string& line : log_.take()) {
            ASSERT_TRUE(line.starts_with(before)) << line;
            ++lines_;
            if (line.starts_with(suppressed)) {
                suppressed_ += std::stoull(line.substr(suppressed.size()));
            }
        }
    }

    telex::testing::LogCapture log_;
    std::uint64_t lines_ = 0;
    std::uint64_t suppressed_ = 0;
};

// Lines that peers can cause do not fill the log.
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
    const auto began = Clock::now();
    while (refused < 2000) {
        refuse_one();
    }
    read_log();
    const std::chrono::duration<double> lasted = Clock::now() - began;
    EXPECT_LE(static_cast<double>(lines_), 50 * (lasted.count() + 2));
    while (lines_ + suppressed_ < refused) {
        refuse_one();  // until the first one of the next second
        read_log();
    }
    EXPECT_EQ(lines_ + suppressed_, refused);
    EXPECT_GT(suppressed_, 0U);
}

}  // namespace
}  // namespace telex::server
