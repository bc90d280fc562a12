#include "net/accept.hpp"

#include "base/time.hpp"
#include "net/descriptor_limit.hpp"
#include "net/dial.hpp"
#include "net/listen.hpp"
#include "net/stream_io.hpp"
#include "unit/net/net_testing.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <vector>

namespace telex::net {
namespace {

using testing::address;
using testing::listening;

TEST(Accept, ConnectionIsNonBlockingAndClosedOnExec) {
    const auto bound = listening(address("tcp://127.0.0.1:0"));
    const auto client = dial(bound.at(0).actual, kPatience);
    ASSERT_TRUE(testing::readable(bound[0].fd.get()));
    const auto accepted = accept_one(bound[0].fd.get());
    ASSERT_TRUE(accepted);
    EXPECT_TRUE(testing::has_cloexec(accepted->fd.get()));
    EXPECT_TRUE(testing::is_nonblocking(accepted->fd.get()));
}

TEST(Accept, UnixPeersComeWithCredentials) {
    const testing::TemporaryDirectory directory;
    for (const char* scheme : {"unix://", "unix-seqpacket://"}) {
        const auto bound = listening(address(scheme + directory.file("s")));
        const auto client = dial(bound.at(0).actual, kPatience);
        ASSERT_TRUE(client);
        ASSERT_TRUE(testing::readable(bound[0].fd.get()));
        const auto accepted = accept_one(bound[0].fd.get());
        ASSERT_TRUE(accepted);
        EXPECT_EQ(accepted->peer.credentials, (Credentials{::getpid(), ::getuid(), ::getgid()}));
    }
}

TEST(Accept, WithoutAWaitingClientIsAgain) {
    const auto bound = listening(address("tcp://127.0.0.1:0"));
    const auto accepted = accept_one(bound.at(0).fd.get());
    ASSERT_FALSE(accepted);
    EXPECT_EQ(accepted.error().failure, AcceptFailure::again);
}

TEST(Accept, NonListenerIsFatal) {
    const auto datagrams = listening(address("udp://127.0.0.1:0"));
    EXPECT_EQ(accept_one(datagrams.at(0).fd.get()).error().failure, AcceptFailure::fatal);
    EXPECT_EQ(accept_one(-1).error().code, EBADF);
}

TEST(Accept, ErrorsAreClassified) {
    for (const int code : {ECONNABORTED, EPROTO, EINTR, EPERM, ENETDOWN, EHOSTUNREACH}) {
        EXPECT_EQ(classify_accept_error(code), AcceptFailure::transient) << code;
    }
    for (const int code : {EMFILE, ENFILE, ENOBUFS, ENOMEM}) {
        EXPECT_EQ(classify_accept_error(code), AcceptFailure::out_of_descriptors) << code;
    }
    for (const int code : {EBADF, EINVAL, ENOTSOCK, EOPNOTSUPP}) {
        EXPECT_EQ(classify_accept_error(code), AcceptFailure::fatal) << code;
    }
    EXPECT_EQ(classify_accept_error(EAGAIN), AcceptFailure::again);
}

// A listener in a process without a free descriptor; the number of the first step that fails.
int shed_under_the_limit() {
    const rlimit limit{64, 64};
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return 1;
    }
    auto bound = listen_on(*parse_address("tcp://127.0.0.1:0"), {}, 1);
    ReserveFd reserve;
    const auto shed_client = dial(bound->at(0).actual, kPatience);
    const auto late_client = dial(bound->at(0).actual, kPatience);
    std::vector<UniqueFd> hoard;
    for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) {
        hoard.emplace_back(fd);
    }
    const int listener = bound->at(0).fd.get();
    const auto refused = accept_one(listener);
    if (refused || refused.error().failure != AcceptFailure::out_of_descriptors) {
        return 2;
    }
    if (!reserve.shed_one(listener) || !reserve.armed()) {
        return 3;
    }
    char byte = 0;
    if (!testing::readable(shed_client->get()) ||
        recv_some(shed_client->get(), {&byte, 1}).status != IoStatus::end) {
        return 4;
    }
    hoard.clear();
    if (!accept_one(listener)) {
        return 5;
    }
    return reserve.shed_one(listener) ? 6 : 0;  // no client waits
}

TEST(Accept, ShedsOneClientWithoutDescriptors) {
    EXPECT_EQ(testing::exit_code_of_child(shed_under_the_limit), 0);
}

TEST(AcceptBackoff, DoublesFromTenMillisecondsToOneSecond) {
    using std::chrono::milliseconds;
    AcceptBackoff backoff;
    TimePoint now{};
    EXPECT_FALSE(backoff.resting(now));
    for (const int rest : {10, 20, 40, 80, 160, 320, 640, 1'000, 1'000}) {
        EXPECT_EQ(backoff.on_failure(now), now + milliseconds(rest));
        EXPECT_TRUE(backoff.resting(now + milliseconds(rest - 1)));
        EXPECT_FALSE(backoff.resting(now + milliseconds(rest)));
        now += milliseconds(rest);
    }
    backoff.on_success();
    EXPECT_FALSE(backoff.resting(now));
    EXPECT_EQ(backoff.on_failure(now), now + milliseconds(10));
}

TEST(DescriptorLimit, IsRaisedToTheHardLimit) {
    const int code = testing::exit_code_of_child([] {
        rlimit limit{};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = 32;
        ::setrlimit(RLIMIT_NOFILE, &limit);
        const auto raised = raise_descriptor_limit();
        ::getrlimit(RLIMIT_NOFILE, &limit);
        return raised == limit.rlim_max && limit.rlim_cur == limit.rlim_max ? 0 : 1;
    });
    EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace telex::net
