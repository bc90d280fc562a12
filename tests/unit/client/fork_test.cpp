// A client in a child of the process that made it.
#include "unit/client/support.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <string>
#include <thread>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
// A child of a process with threads may start threads, too: that is tested here.
extern "C" const char* __tsan_default_options();

extern "C" const char* __tsan_default_options() {
    return "die_after_fork=0";
}
#endif
#endif

namespace telex::test {
namespace {

constexpr int kForkPatienceMs = 20'000;

// Runs `work` in a child. Returns what it returns, or that the child did not end in time.
std::string in_child(const std::function<std::string()>& work) {
    int ends[2];
    if (::pipe(ends) != 0) {
        return "no pipe";
    }
    const pid_t child = ::fork();
    if (child == 0) {
        const std::string said = work() + ".";
        const ssize_t written = ::write(ends[1], said.data(), said.size());
        ::_exit(written < 0 ? 1 : 0);
    }
    ::close(ends[1]);
    const int process = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
    pollfd entry{process, POLLIN, 0};
    const bool ended = ::poll(&entry, 1, kForkPatienceMs) == 1;
    if (!ended) {
        ::kill(child, SIGKILL);
    }
    ::waitpid(child, nullptr, 0);
    char text[4096];
    const ssize_t size = ::read(ends[0], text, sizeof text);
    ::close(ends[0]);
    ::close(process);
    return ended ? std::string(text, size < 0 ? 0 : static_cast<std::size_t>(size)) : "hangs";
}

template <class T>
std::string fault_in(const char* call, const Expected<T>& result) {
    return !result && result.error().code == Errc::closed ? "" : std::string(call) + " ";
}

// The calls on a client that do something else than fail with Errc::closed.
std::string wrong_calls(Client& client) {
    std::string wrong = fault_in("publish", client.publish("a", "x"));
    wrong += fault_in("request", client.request("a", "x", {.timeout = 1s}));
    wrong +=
        fault_in("request_async", client.request_async("a", "x", [](const Expected<Message>&) {}));
    wrong += fault_in("subscribe", client.subscribe("a"));
    wrong += fault_in("flush", client.flush());
    wrong += fault_in("drain", client.drain());
    const auto ignore = [](const auto&) {};
    wrong += fault_in("subscribe_async", client.subscribe_async("a", ignore));
    wrong += fault_in("flush_async", client.flush_async(ignore));
    wrong += fault_in("drain_async", client.drain_async(ignore));
    wrong += client.status() == Status::closed ? "" : "status ";
    wrong += client.server_info() ? "server_info " : "";
    wrong += client.statistics().connects == 0 ? "" : "statistics ";
    return wrong;
}

std::string wrong_calls(Subscription& subscription) {
    std::string wrong = fault_in("next", subscription.next(10s));
    wrong += fault_in("unsubscribe", subscription.unsubscribe());
    wrong += fault_in("drain", subscription.drain());
    wrong += fault_in("add_credit", subscription.add_credit(1));
    wrong += subscription.active() ? "active " : "";
    wrong += subscription.statistics().received == 0 ? "" : "statistics ";
    return wrong;
}

TEST(Fork, ACallInTheChildFailsAtOnce) {
    Pair pair;
    EXPECT_EQ(in_child([&] { return wrong_calls(*pair.client); }), ".");
    ASSERT_TRUE(pair.client->publish("a", "by the parent"));
    EXPECT_EQ(pair.peer.read().message().payload(), "by the parent");
    pair.peer.close();
}

TEST(Fork, CloseAndDestructionReturnInTheChild) {
    Pair pair;
    EXPECT_EQ(
        in_child([&] {
            pair.client->close();
            pair.client.reset();
            return "";
        }),
        "."
    );
    EXPECT_EQ(
        in_child([&] {
            const Client moved = *std::move(pair.client);
            return moved.status() == Status::closed ? "" : "status";
        }),
        "."
    );
    EXPECT_EQ(pair.client->status(), Status::connected);
    ASSERT_TRUE(pair.client->publish("a", "still here"));
    EXPECT_EQ(pair.peer.read().message().payload(), "still here");
    pair.peer.close();
}

TEST(Fork, ASubscriptionFailsAtOnceAlsoWhileAThreadWaitsForIt) {
    Pair pair;
    auto subscribing = meanwhile([&] { return pair.client->subscribe("s"); });
    (void)pair.peer.confirm_subscribe();
    std::optional<Subscription> subscription(subscribing.get().value());
    pair.peer.deliver(1, "s", "1");
    ASSERT_TRUE(subscription->next(10s));
    std::thread waiting([&] { (void)subscription->next(10s); });
    EXPECT_EQ(
        in_child([&] {
            const std::string wrong = wrong_calls(*subscription);
            subscription.reset();
            pair.client.reset();
            return wrong;
        }),
        "."
    );
    pair.peer.deliver(1, "s", "2");
    waiting.join();
    subscription.reset();
    pair.peer.close();
}

TEST(Fork, TheChildMayCreateAClient) {
#ifdef __SANITIZE_THREAD__
    GTEST_SKIP() << "ThreadSanitizer knows no threads in a child of a process with threads";
#endif
    Pair pair;
    const std::string url = pair.server.url();
    auto child = meanwhile([&] {
        return in_child([&] {
            ClientOptions options;
            options.servers = {url};
            options.close_timeout = 10ms;
            auto own = Client::connect(options);
            return own && own->status() == Status::connected ? "" : "not connected";
        });
    });
    FakePeer peer = pair.server.accept_client();
    EXPECT_EQ(child.get(), ".");
    pair.peer.close();
}

}  // namespace
}  // namespace telex::test
