#include "sd/notify.hpp"

#include "net/datagram.hpp"
#include "unit/net/net_testing.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>
#include <vector>

namespace telex::sd {
namespace {

using net::testing::address;
using net::testing::listening;
using ::testing::MatchesRegex;

class NotifierTest : public ::testing::Test {
protected:
    void SetUp() override { forget(); }

    void TearDown() override { forget(); }

    static void forget() {
        for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) {
            ::unsetenv(name);
        }
    }

    static void set(const char* name, const std::string& value) {
        ASSERT_EQ(::setenv(name, value.c_str(), 1), 0);
    }

    std::string received() {
        if (!net::testing::readable(manager_.at(0).fd.get())) {
            return "nothing";
        }
        const auto got = reader_.read(manager_[0].fd.get());
        if (!got || got->size() != 1) {
            return "not one message";
        }
        sender_ = got->front().credentials;
        return std::string(got->front().bytes);
    }

    // Reads what has come, several at a time, until it was this message. Returns false if it did
    // not arrive.
    bool drain_until(std::string_view message) {
        while (net::testing::readable(manager_.at(0).fd.get())) {
            const auto got = reader_.read(manager_[0].fd.get());
            for (const net::Datagram& datagram : got ? *got : std::span<const net::Datagram>()) {
                if (datagram.bytes == message) {
                    return true;
                }
            }
        }
        return false;
    }

    const net::testing::TemporaryDirectory directory_;
    const std::string path_ = directory_.file("notify");
    const std::vector<net::Bound> manager_ = listening(address("unix-dgram://" + path_));
    net::DatagramReader reader_{4, 4'096};
    std::optional<net::Credentials> sender_;
};

TEST_F(NotifierTest, SpeaksTheProtocol) {
    set("NOTIFY_SOCKET", path_);
    Notifier notifier;
    EXPECT_TRUE(notifier.enabled());
    EXPECT_TRUE(notifier.ready("4 listeners"));
    EXPECT_EQ(received(), "READY=1\nSTATUS=4 listeners");
    EXPECT_EQ(sender_->pid, ::getpid());
    EXPECT_TRUE(notifier.reloading());
    EXPECT_THAT(received(), MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
    EXPECT_TRUE(notifier.stopping());
    EXPECT_EQ(received(), "STOPPING=1");
    EXPECT_TRUE(notifier.status("12 connections"));
    EXPECT_EQ(received(), "STATUS=12 connections");
    EXPECT_TRUE(notifier.extend_start(std::chrono::seconds(5)));
    EXPECT_EQ(received(), "EXTEND_TIMEOUT_USEC=5000000");
    EXPECT_TRUE(notifier.failed(98, "port taken"));
    EXPECT_EQ(received(), "STATUS=port taken\nERRNO=98");
    EXPECT_TRUE(notifier.watchdog());
    EXPECT_EQ(received(), "WATCHDOG=1");
}

TEST_F(NotifierTest, StatusCannotSmuggleAssignments) {
    set("NOTIFY_SOCKET", path_);
    Notifier notifier;
    EXPECT_TRUE(notifier.status("a\nMAINPID=1"));
    EXPECT_EQ(received(), "STATUS=a MAINPID=1");
}

TEST_F(NotifierTest, AbstractSocketWorks) {
    const std::string name = fmt::format("telex-notify-test-{}", ::getpid());
    const auto manager = listening(address("unix-dgram:@" + name));
    set("NOTIFY_SOCKET", "@" + name);
    Notifier notifier;
    EXPECT_TRUE(notifier.stopping());
    ASSERT_TRUE(net::testing::readable(manager.at(0).fd.get()));
    EXPECT_EQ(reader_.read(manager[0].fd.get())->front().bytes, "STOPPING=1");
}

TEST_F(NotifierTest, WithoutManagerNothingHappens) {
    for (const bool empty : {false, true}) {
        if (empty) {
            set("NOTIFY_SOCKET", "");
        }
        Notifier notifier;
        EXPECT_FALSE(notifier.enabled());
        EXPECT_TRUE(notifier.ready("x"));
        EXPECT_TRUE(notifier.watchdog());
        EXPECT_EQ(notifier.watchdog_interval(), std::nullopt);
    }
}

TEST_F(NotifierTest, LostMessagesAreReportedOnce) {
    for (const std::string& socket :
         {directory_.file("gone"), std::string("relative"), "/" + std::string(200, 'x')}) {
        set("NOTIFY_SOCKET", socket);
        Notifier notifier;
        EXPECT_FALSE(notifier.ready("x")) << socket;
        EXPECT_TRUE(notifier.ready("x")) << socket;
        EXPECT_TRUE(notifier.watchdog()) << socket;
    }
}

TEST_F(NotifierTest, FullQueueNeverBlocks) {
    set("NOTIFY_SOCKET", path_);
    Notifier notifier;
    int losses = 0;
    for (int i = 0; i < 100'000 && losses == 0; ++i) {
        losses += notifier.watchdog() ? 0 : 1;
    }
    EXPECT_EQ(losses, 1);
    EXPECT_TRUE(notifier.watchdog());
}

// A manager that is slow to read still learns that the start is over.
TEST_F(NotifierTest, ReadyWaitsForAManagerThatIsBusy) {
    set("NOTIFY_SOCKET", path_);
    Notifier notifier;
    EXPECT_TRUE(notifier.ready("x"));  // waits for nothing from now on
    while (notifier.watchdog()) {
    }
    bool learned = false;
    std::thread reader([&] { learned = drain_until("READY=1\nSTATUS=again"); });
    EXPECT_TRUE(notifier.reloading());
    EXPECT_TRUE(notifier.ready("again"));
    reader.join();
    EXPECT_TRUE(learned);
}

TEST_F(NotifierTest, StoredDescriptorsTravelWithTheirName) {
    set("NOTIFY_SOCKET", path_);
    Notifier notifier;
    EXPECT_TRUE(notifier.store("kept a", std::vector{manager_.at(0).fd.get()}));
    EXPECT_EQ(received(), "FDSTORE=1\nFDPOLL=0\nFDNAME=kept a");
    EXPECT_TRUE(notifier.remove_stored("kept a"));
    EXPECT_EQ(received(), "FDSTOREREMOVE=1\nFDNAME=kept a");
    ::unsetenv("NOTIFY_SOCKET");
    Notifier alone;
    EXPECT_FALSE(alone.store("kept a", std::vector{manager_[0].fd.get()})) << "nobody has it";
    EXPECT_FALSE(alone.barrier(std::chrono::milliseconds(1)));
}

TEST_F(NotifierTest, WatchdogIntervalIsOursAlone) {
    set("WATCHDOG_USEC", "3000000");
    set("WATCHDOG_PID", std::to_string(::getpid()));
    EXPECT_EQ(Notifier().watchdog_interval(), std::chrono::seconds(3));
    set("WATCHDOG_PID", "1");
    EXPECT_EQ(Notifier().watchdog_interval(), std::nullopt);
    set("WATCHDOG_PID", std::to_string(::getpid()));
    set("WATCHDOG_USEC", "soon");
    EXPECT_EQ(Notifier().watchdog_interval(), std::nullopt);
}

}  // namespace
}  // namespace telex::sd
