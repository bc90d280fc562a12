#include "sd/listen_fds.hpp"

#include "net/dial.hpp"
#include "net/socket_address.hpp"
#include "net/socket_options.hpp"
#include "unit/net/net_testing.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/un.h>

#include <cstdlib>
#include <functional>

namespace telex::sd {
namespace {

using net::testing::address;
using net::testing::exit_code_of_child;
using net::testing::listening;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int kFirst = 3;

struct Passed {
    std::vector<int> descriptors;
    std::string names;                   // LISTEN_FDNAMES
    std::optional<std::string> count{};  // LISTEN_FDS, else the number of descriptors
    std::optional<std::string> pid{};    // LISTEN_PID, else the child's own
};

// Like systemd between fork and exec: descriptors from 3 on, without CLOEXEC.
void place(const Passed& passed) {
    std::vector<int> safe;
    for (const int fd : passed.descriptors) {
        safe.push_back(::fcntl(fd, F_DUPFD, 200));
    }
    for (int fd = kFirst; fd < 200; ++fd) {
        ::close(fd);
    }
    for (std::size_t i = 0; i < safe.size(); ++i) {
        ::dup2(safe[i], kFirst + static_cast<int>(i));
        ::close(safe[i]);
    }
    const std::string count = passed.count.value_or(std::to_string(safe.size()));
    ::setenv("LISTEN_FDS", count.c_str(), 1);
    ::setenv("LISTEN_PID", passed.pid.value_or(std::to_string(::getpid())).c_str(), 1);
    ::setenv("LISTEN_FDNAMES", passed.names.c_str(), 1);
}

// The child's result as text for the parent.
std::string in_child(const Passed& passed, const std::function<std::string()>& look) {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const int report = ::fcntl(ends[1], F_DUPFD, 400);
        place(passed);
        const std::string text = look();
        const bool written =
            ::write(report, text.data(), text.size()) == static_cast<ssize_t>(text.size());
        ::_exit(written ? 0 : 1);
    }
    ::close(ends[1]);
    std::string out;
    char buffer[4'096];
    for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
        out.append(buffer, static_cast<std::size_t>(got));
    }
    ::close(ends[0]);
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    return out;
}

std::string outcome() {
    auto sockets = take_passed_sockets();
    return sockets ? fmt::format("{} sockets", sockets->size()) : sockets.error();
}

class ListenFds : public ::testing::Test {
protected:
    const net::testing::TemporaryDirectory directory_;

    static net::UniqueFd open(int domain, int type) {
        auto fd = net::open_socket(domain, type);
        EXPECT_TRUE(fd);
        return *std::move(fd);
    }
};

TEST_F(ListenFds, EveryServedKindIsTakenByName) {
    const auto tcp = listening(address("tcp://127.0.0.1:0"));
    const auto udp = listening(address("udp://[::1]:0"));
    const auto stream = listening(address("unix://" + directory_.file("a")));
    const auto packets = listening(address("unix-seqpacket://" + directory_.file("b")));
    const auto datagrams = listening(address("unix-dgram://" + directory_.file("c")));
    const Passed passed{
        {tcp.at(0).fd.get(),
         udp.at(0).fd.get(),
         stream.at(0).fd.get(),
         packets.at(0).fd.get(),
         datagrams.at(0).fd.get()},
        "n:u:a:b:c"
    };
    const std::string found = in_child(passed, [] {
        auto sockets = take_passed_sockets();
        if (!sockets) {
            return sockets.error();
        }
        std::string text;
        for (const char* name : {"c", "b", "a", "u", "n"}) {
            for (const net::Bound& bound : sockets->take(name)) {
                text += fmt::format("{}={}\n", name, to_string(bound.actual));
            }
        }
        return text + (sockets->empty() ? "all taken" : "left");
    });
    EXPECT_EQ(
        found,
        fmt::format(
            "c=unix-dgram://{0}/c\nb=unix-seqpacket://{0}/b\na=unix://{0}/a\n"
            "u={1}\nn={2}\nall taken",
            directory_.path(),
            to_string(udp[0].actual),
            to_string(tcp[0].actual)
        )
    );
}

TEST_F(ListenFds, SiblingsOfOneNameGetSlotsPerAddress) {
    const auto tcp = listening(address("tcp://127.0.0.1:0"), {}, 2);
    const auto other = listening(address("tcp://[::1]:0"));
    const Passed passed{{tcp.at(0).fd.get(), other.at(0).fd.get(), tcp.at(1).fd.get()}, "n:n:n"};
    const std::string found = in_child(passed, [] {
        auto sockets = take_passed_sockets();
        std::string text;
        for (const net::Bound& bound : sockets->take("n")) {
            text += fmt::format("{}/{} ", bound.actual.host, bound.slot);
        }
        return text + fmt::format("again: {}", sockets->take("n").size());
    });
    EXPECT_EQ(found, "127.0.0.1/0 ::1/0 127.0.0.1/1 again: 0");
}

TEST_F(ListenFds, BlockingInheritableDescriptorsAreCorrected) {
    auto tcp = listening(address("tcp://127.0.0.1:0"));
    ASSERT_EQ(::fcntl(tcp.at(0).fd.get(), F_SETFL, 0), 0);
    const std::string found = in_child({{tcp[0].fd.get()}, "n"}, [] {
        const bool before =
            net::testing::is_nonblocking(kFirst) || net::testing::has_cloexec(kFirst);
        auto sockets = take_passed_sockets();
        const bool after =
            net::testing::is_nonblocking(kFirst) && net::testing::has_cloexec(kFirst);
        return fmt::format("{} {} {}", sockets->take("n").at(0).fd.get(), before, after);
    });
    EXPECT_EQ(found, "3 false true");
}

TEST_F(ListenFds, LeftoversAreNamedOnceAndClosedWithTheirOwner) {
    const auto tcp = listening(address("tcp://127.0.0.1:0"), {}, 2);
    const Passed passed{{tcp.at(0).fd.get(), tcp.at(1).fd.get(), tcp.at(0).fd.get()}, "a:b:b"};
    const std::string found = in_child(passed, [] {
        std::string text;
        {
            auto sockets = take_passed_sockets();
            sockets->take("a");
            text = fmt::format("{}", fmt::join(sockets->names(), ","));
        }
        for (int fd = kFirst; fd < kFirst + 3; ++fd) {
            text += ::fcntl(fd, F_GETFD) < 0 ? " closed" : " open";
        }
        return text;
    });
    EXPECT_EQ(found, "b closed closed closed");
}

TEST_F(ListenFds, EnvironmentIsUsedUp) {
    const auto tcp = listening(address("tcp://127.0.0.1:0"));
    const std::string found = in_child({{tcp.at(0).fd.get()}, "n"}, [] {
        const auto first = take_passed_sockets();
        const auto second = take_passed_sockets();
        const bool unset = std::getenv("LISTEN_FDS") == nullptr &&
                           std::getenv("LISTEN_PID") == nullptr &&
                           std::getenv("LISTEN_FDNAMES") == nullptr;
        return fmt::format("{} {} {}", first->size(), second->size(), unset);
    });
    EXPECT_EQ(found, "1 0 true");
}

TEST_F(ListenFds, DescriptorsOfAnotherProcessAreNotTouched) {
    const auto tcp = listening(address("tcp://127.0.0.1:0"));
    const std::string found = in_child({{tcp.at(0).fd.get()}, "n", {}, "1"}, [] {
        return outcome() + (::fcntl(kFirst, F_GETFD) < 0 ? " closed" : " open");
    });
    EXPECT_EQ(found, "0 sockets open");
}

TEST_F(ListenFds, NothingPassedIsNoError) {
    for (const char* name : {"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"}) {
        ::unsetenv(name);
    }
    EXPECT_EQ(exit_code_of_child([] { return take_passed_sockets().value().empty() ? 0 : 1; }), 0);
}

TEST_F(ListenFds, UnnamedSocketsAreCalledUnknown) {
    const auto tcp = listening(address("tcp://127.0.0.1:0"));
    const std::string found = in_child({{tcp.at(0).fd.get()}, ""}, [] {
        ::unsetenv("LISTEN_FDNAMES");
        return fmt::format("{}", fmt::join(take_passed_sockets()->names(), ","));
    });
    EXPECT_EQ(found, "unknown");
}

TEST_F(ListenFds, LiesAreRefusedWithTheDescriptor) {
    const auto tcp = listening(address("tcp://127.0.0.1:0"));
    const int good = tcp.at(0).fd.get();
    const auto idle = open(AF_INET, SOCK_STREAM);
    const auto netlink = open(AF_NETLINK, SOCK_DGRAM);
    const auto unlistened = open(AF_UNIX, SOCK_SEQPACKET);
    const auto connected = net::dial(tcp[0].actual, std::chrono::seconds(10));
    const net::UniqueFd file(::open("/dev/null", O_RDWR | O_CLOEXEC));

    EXPECT_THAT(
        in_child({{good, idle.get()}, "a:b"}, outcome),
        HasSubstr("passed descriptor 4 (b): it does not listen")
    );
    EXPECT_THAT(
        in_child({{connected->get()}, "a"}, outcome),
        HasSubstr("passed descriptor 3 (a): it does not listen")
    );
    EXPECT_THAT(
        in_child({{unlistened.get()}, "a"}, outcome),
        HasSubstr("passed descriptor 3 (a): it does not listen")
    );
    EXPECT_THAT(
        in_child({{good, file.get()}, "a:b"}, outcome),
        HasSubstr("passed descriptor 4 (b): it is not a socket")
    );
    EXPECT_THAT(
        in_child({{netlink.get()}, "a"}, outcome),
        HasSubstr("telex serves TCP, UDP and unix sockets")
    );
    EXPECT_THAT(
        in_child({{good}, "a", "3"}, outcome), HasSubstr("passed descriptor 4 is not open")
    );
}

TEST_F(ListenFds, NonsenseInTheEnvironmentIsRefused) {
    const auto tcp = listening(address("tcp://127.0.0.1:0"));
    const int fd = tcp.at(0).fd.get();
    for (const char* count : {"-1", "x", "1x", "2147483647", "99999999999999999999"}) {
        EXPECT_THAT(in_child({{fd}, "a", count}, outcome), HasSubstr("LISTEN_FDS")) << count;
    }
    EXPECT_THAT(in_child({{fd}, "a", {}, "x"}, outcome), HasSubstr("LISTEN_PID"));
    EXPECT_THAT(in_child({{fd}, "a:b"}, outcome), HasSubstr("LISTEN_FDNAMES"));
}

TEST_F(ListenFds, RefusalClosesWhatWasPassed) {
    const auto tcp = listening(address("tcp://127.0.0.1:0"));
    const int good = tcp.at(0).fd.get();
    const auto idle = open(AF_INET, SOCK_STREAM);
    const std::string found = in_child({{good, idle.get(), good}, "a:b:c"}, [] {
        std::string text = take_passed_sockets() ? "taken" : "refused";
        for (int fd = kFirst; fd < kFirst + 3; ++fd) {
            text += ::fcntl(fd, F_GETFD) < 0 ? " closed" : " open";
        }
        return text;
    });
    EXPECT_EQ(found, "refused closed closed closed");
}

TEST_F(ListenFds, WordsThatCannotBeUnderstoodCloseWhatTheyCount) {
    const auto tcp = listening(address("tcp://127.0.0.1:0"));
    const int good = tcp.at(0).fd.get();
    for (const Passed& passed : {Passed{{good}, "a", "3"}, Passed{{good}, "a:b"}}) {
        const std::string found = in_child(passed, [] {
            const std::string text = take_passed_sockets() ? "taken" : "refused";
            return text + (::fcntl(kFirst, F_GETFD) < 0 ? " closed" : " open");
        });
        EXPECT_EQ(found, "refused closed");
    }
}

TEST_F(ListenFds, PassedSocketServes) {
    const auto tcp = listening(address("tcp://127.0.0.1:0"));
    const std::string found = in_child({{tcp.at(0).fd.get()}, "n"}, [] {
        auto sockets = take_passed_sockets();
        const auto bound = sockets->take("n");
        const auto client = net::dial(bound.at(0).actual, std::chrono::seconds(10));
        return std::string(client && net::testing::readable(bound[0].fd.get()) ? "yes" : "no");
    });
    EXPECT_EQ(found, "yes");
}

}  // namespace
}  // namespace telex::sd
