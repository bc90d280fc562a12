#include "sd/journal.hpp"

#include "base/time.hpp"
#include "net/socket_options.hpp"
#include "unit/net/net_testing.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace telex::sd {
namespace {

using namespace std::string_literals;

using Fields = std::vector<std::string>;

TEST(JournalEntry, HasALineForEachField) {
    const Fields fields{"MESSAGE=a=b", "PRIORITY=6", "EMPTY="};
    EXPECT_EQ(journal_entry(fields), "MESSAGE=a=b\nPRIORITY=6\nEMPTY=\n");
}

TEST(JournalEntry, HasTheSizeOfAValueOfSeveralLines) {
    const Fields fields{"MESSAGE=a\nB=c\n", "X=y", "LONG=" + std::string(0x1234, '\n')};
    EXPECT_EQ(
        journal_entry(fields),
        "MESSAGE\n\6\0\0\0\0\0\0\0a\nB=c\n\nX=y\nLONG\n\x34\x12\0\0\0\0\0\0"s +
            std::string(0x1234, '\n') + "\n"
    );
}

class JournalTest : public ::testing::Test {
protected:
    // Like the journal: a socket that is read only on demand.
    net::UniqueFd bind() const {
        std::filesystem::remove(path_);
        auto socket = net::open_socket(AF_UNIX, SOCK_DGRAM);
        net::Address address;
        address.transport = net::Transport::unix_datagram;
        address.path = path_;
        const auto where = net::unix_socket_address(address);
        EXPECT_EQ(::bind(socket->get(), where.get(), where.length), 0);
        return *std::move(socket);
    }

    static std::optional<std::string> read(const net::UniqueFd& socket) {
        std::string entry(1U << 20U, '\0');
        const ssize_t got = ::recv(socket.get(), entry.data(), entry.size(), 0);
        if (got < 0) {
            return std::nullopt;
        }
        entry.resize(static_cast<std::size_t>(got));
        return entry;
    }

    // How many entries were taken before one was not.
    std::size_t fill(Journal& journal) const {
        std::size_t taken = 0;
        while (taken < 100'000 && journal.send(entry_)) {
            ++taken;
        }
        return taken;
    }

    const net::testing::TemporaryDirectory directory_;
    const std::string path_ = directory_.file("socket");
    const std::string entry_ = "MESSAGE=x\n";
};

TEST_F(JournalTest, GetsWhatIsSent) {
    const auto socket = bind();
    Journal journal(path_);
    EXPECT_TRUE(journal.send(journal_entry(Fields{"MESSAGE=one\ntwo", "PRIORITY=6"})));
    EXPECT_EQ(read(socket), "MESSAGE\n\7\0\0\0\0\0\0\0one\ntwo\nPRIORITY=6\n"s);
    EXPECT_EQ(read(socket), std::nullopt);
}

// It is waited for once, not with each entry.
TEST_F(JournalTest, DoesNotBlockWhenItIsNotRead) {
    const auto socket = bind();
    Journal journal(path_, std::chrono::milliseconds(100));
    const std::size_t taken = fill(journal);
    EXPECT_GT(taken, 0U);
    const auto began = Clock::now();
    for (int i = 0; i < 1000; ++i) {
        EXPECT_FALSE(journal.send(entry_));
    }
    EXPECT_LT(Clock::now() - began, std::chrono::seconds(20));
    for (std::size_t i = 0; i < taken; ++i) {
        EXPECT_EQ(read(socket), "MESSAGE=x\n");
    }
    EXPECT_TRUE(journal.send(entry_));
}

TEST_F(JournalTest, IsFoundWhenItWasStartedAnew) {
    Journal journal(path_);
    EXPECT_FALSE(journal.send(entry_)) << "it is not there yet";
    for (int i = 0; i < 3; ++i) {
        auto socket = bind();
        EXPECT_TRUE(journal.send(entry_));
        EXPECT_EQ(read(socket), "MESSAGE=x\n");
        socket.reset();
        EXPECT_FALSE(journal.send(entry_));
    }
}

TEST_F(JournalTest, LosesWhatIsTooLargeAndNothingElse) {
    const auto socket = bind();
    Journal journal(path_);
    EXPECT_TRUE(journal.send(journal_entry(Fields{"MESSAGE=" + std::string(100'000, 'x')})));
    EXPECT_FALSE(journal.send(journal_entry(Fields{"MESSAGE=" + std::string(4'000'000, 'x')})));
    EXPECT_TRUE(journal.send(entry_));
    EXPECT_EQ(read(socket)->size(), 100'009U);
    EXPECT_EQ(read(socket), "MESSAGE=x\n");
}

}  // namespace
}  // namespace telex::sd
