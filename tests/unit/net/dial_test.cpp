#include "net/dial.hpp"

#include "net/listen.hpp"
#include "net/socket_options.hpp"
#include "unit/net/net_testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <utility>

namespace telex::net {
namespace {

using testing::address;
using ::testing::HasSubstr;
using testing::listening;

int option(int fd, int level, int name) {
    int value = -1;
    socklen_t length = sizeof value;
    ::getsockopt(fd, level, name, &value, &length);
    return value;
}

TEST(Dial, ConnectionBlocksAndIsClosedOnExec) {
    const auto bound = listening(address("tcp://127.0.0.1:0"));
    const auto client = dial(bound.at(0).actual, kPatience);
    ASSERT_TRUE(client) << client.error().what;
    EXPECT_FALSE(testing::is_nonblocking(client->get()));
    EXPECT_TRUE(testing::has_cloexec(client->get()));
    timeval timeout{1, 1};
    socklen_t length = sizeof timeout;
    ASSERT_EQ(::getsockopt(client->get(), SOL_SOCKET, SO_SNDTIMEO, &timeout, &length), 0);
    EXPECT_EQ(timeout.tv_sec + timeout.tv_usec, 0);
}

TEST(Dial, StarMeansLoopback) {
    const auto bound = listening(address("tcp://*:0"));
    EXPECT_TRUE(dial(bound.at(0).actual, kPatience));
}

TEST(Dial, NameTriesEveryAddress) {
    const auto bound = listening(address("tcp://127.0.0.1:0"));
    Address to = bound.at(0).actual;
    to.host = "localhost";
    EXPECT_TRUE(dial(to, kPatience));
}

TEST(Dial, RefusalNamesTheAddress) {
    Address gone;
    {
        const auto bound = listening(address("tcp://127.0.0.1:0"));
        gone = bound.at(0).actual;
    }
    const auto client = dial(gone, kPatience);
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().code, ECONNREFUSED);
    EXPECT_EQ(client.error().what, "connect " + to_string(gone) + ": Connection refused");
    EXPECT_EQ(dial(address("unix:///no/such/socket"), kPatience).error().code, ENOENT);
    EXPECT_EQ(dial(address("systemd:x"), kPatience).error().code, EINVAL);
}

TEST(Dial, FullBacklogEndsAtTheDeadline) {
    ListenOptions options;
    options.backlog = 1;
    const testing::TemporaryDirectory directory;
    const auto bound = listening(address("unix://" + directory.file("s")), options);
    std::vector<UniqueFd> waiting;
    int code = 0;
    for (int i = 0; i < 10 && code == 0; ++i) {
        auto client = dial(bound.at(0).actual, std::chrono::milliseconds(20));
        code = client ? 0 : client.error().code;
        if (client) {
            waiting.push_back(*std::move(client));
        }
    }
    EXPECT_EQ(code, ETIMEDOUT);
    EXPECT_GE(waiting.size(), 1U);
}

TEST(Dial, NoTimeLeftIsATimeout) {
    const auto bound = listening(address("tcp://127.0.0.1:0"));
    EXPECT_EQ(dial(bound.at(0).actual, std::chrono::milliseconds(0)).error().code, ETIMEDOUT);
}

TEST(SocketOptions, ReachTheSocket) {
    const auto fd = open_socket(AF_INET, SOCK_STREAM);
    ASSERT_TRUE(fd);
    const int s = fd->get();
    EXPECT_TRUE(set_nodelay(s));
    EXPECT_EQ(option(s, IPPROTO_TCP, TCP_NODELAY), 1);
    EXPECT_TRUE(set_keepalive(s, {std::chrono::seconds(7), std::chrono::seconds(3), 2}));
    EXPECT_EQ(option(s, SOL_SOCKET, SO_KEEPALIVE), 1);
    EXPECT_EQ(option(s, IPPROTO_TCP, TCP_KEEPIDLE), 7);
    EXPECT_EQ(option(s, IPPROTO_TCP, TCP_KEEPINTVL), 3);
    EXPECT_EQ(option(s, IPPROTO_TCP, TCP_KEEPCNT), 2);
    EXPECT_TRUE(set_user_timeout(s, std::chrono::milliseconds(1'500)));
    EXPECT_EQ(option(s, IPPROTO_TCP, TCP_USER_TIMEOUT), 1'500);
    EXPECT_TRUE(set_send_buffer(s, 65'536));
    EXPECT_EQ(option(s, SOL_SOCKET, SO_SNDBUF), 131'072);
}

TEST(SocketOptions, ZeroIsNeverTheKernelsOwnDefault) {
    const auto fd = open_socket(AF_INET, SOCK_STREAM);
    EXPECT_TRUE(set_user_timeout(fd->get(), std::chrono::milliseconds(0)));
    EXPECT_EQ(option(fd->get(), IPPROTO_TCP, TCP_USER_TIMEOUT), 1);
    EXPECT_TRUE(set_keepalive(fd->get(), {std::chrono::seconds(0), std::chrono::seconds(0), 1}));
    EXPECT_EQ(option(fd->get(), IPPROTO_TCP, TCP_KEEPIDLE), 1);
}

TEST(SocketOptions, RefusalNamesTheOption) {
    const auto set = set_nodelay(-1);
    ASSERT_FALSE(set);
    EXPECT_EQ(set.error().code, EBADF);
    EXPECT_THAT(set.error().what, HasSubstr("TCP_NODELAY=1: Bad file descriptor"));
}

TEST(UniqueFd, ClosesOnceAndMoves) {
    const int raw = ::dup(0);
    {
        UniqueFd first(raw);
        UniqueFd second(std::move(first));
        EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): moved-from is "none"
        EXPECT_EQ(second.get(), raw);
        UniqueFd& alias = second;
        second = std::move(alias);
        EXPECT_EQ(second.get(), raw);
        EXPECT_NE(::fcntl(raw, F_GETFD), -1);
    }
    EXPECT_EQ(::fcntl(raw, F_GETFD), -1);
}

TEST(UniqueFd, ReleaseLeavesItOpen) {
    UniqueFd fd(::dup(0));
    const int raw = fd.release();
    fd.reset();
    EXPECT_NE(::fcntl(raw, F_GETFD), -1);
    EXPECT_EQ(::close(raw), 0);
}

TEST(UniqueFd, ClosingKeepsErrno) {
    UniqueFd closed_behind_our_back(::dup(0));
    ::close(closed_behind_our_back.get());
    errno = EMFILE;
    closed_behind_our_back.reset();
    EXPECT_EQ(errno, EMFILE);
}

}  // namespace
}  // namespace telex::net
