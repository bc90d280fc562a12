#include "log/output.hpp"

#include "log/log.hpp"
#include "net/fd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <future>
#include <sstream>
#include <stdexcept>
#include <string>

namespace telex::log {
namespace {

// Standard error is a pipe as long as the test lasts.
class Logging : public ::testing::Test {
protected:
    Logging() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0 || ::dup2(ends[1], STDERR_FILENO) < 0) {
            throw std::runtime_error("no pipe");
        }
        read_ = net::UniqueFd(ends[0]);
        ::close(ends[1]);
    }

    ~Logging() override { put_back(); }

    void put_back() { ::dup2(before_.get(), STDERR_FILENO); }

    static void fill() {
        const std::string page(4096, '\n');
        for (int size = ::fcntl(STDERR_FILENO, F_GETPIPE_SZ); size > 0; size -= 4096) {
            ASSERT_EQ(::write(STDERR_FILENO, page.data(), page.size()), 4096);
        }
    }

    // Empty at the end, when the other end is closed.
    std::string read_some() const {
        std::string some(65'536, '\0');
        some.resize(static_cast<std::size_t>(::read(read_.get(), some.data(), some.size())));
        return some;
    }

    std::string read_to_end() const {
        std::string all;
        for (std::string some; !(some = read_some()).empty();) {
            all += some;
        }
        return all;
    }

    net::UniqueFd before_{::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)};
    net::UniqueFd read_;
};

std::uint64_t number_after(const std::string& line, const std::string& name) {
    return std::stoull(line.substr(line.find(name) + name.size()));
}

// More lines than the queue has room for, while the one before them waits for a reader.
TEST_F(Logging, SaysHowManyLinesTheQueueLost) {
    constexpr std::uint64_t kLines = 20'000;
    fill();
    set_up(Format::text, Level::info);
    for (std::uint64_t i = 1; i < kLines; ++i) {
        write("listening");
    }
    const std::string first = read_some();
    auto reading = std::async(std::launch::async, [this] { return read_to_end(); });
    write("listening");  // there is room for it, and so for the report of the loss
    finish();
    put_back();
    const std::string all = first + reading.get();
    std::uint64_t written = 0;
    std::uint64_t lost = 0;
    std::uint64_t overrun = 0;
    std::istringstream lines(all);
    for (std::string line; std::getline(lines, line);) {
        written += line.ends_with(" info listening") ? 1U : 0U;
        if (line.find(" warning log lines lost: ") != std::string::npos) {
            const std::uint64_t queue = number_after(line, "overrun=");
            overrun += queue;
            lost += number_after(line, "unread=") + queue;
        }
    }
    EXPECT_GT(overrun, 0U);
    EXPECT_EQ(written + lost, kLines);
}

}  // namespace
}  // namespace telex::log
