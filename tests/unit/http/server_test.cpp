#include "http/server.hpp"

#include "base/time.hpp"
#include "net/dial.hpp"
#include "unit/net/net_testing.hpp"

#include <asio/io_context.hpp>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <map>

namespace telex::http {
namespace {

using net::testing::address;
using net::testing::listening;

constexpr std::chrono::seconds kPatience{10};
constexpr std::chrono::milliseconds kQuiet{50};  // nothing is left to do

// The process has no descriptor left, but for those that it has, while this lives.
class NoDescriptors {
public:
    NoDescriptors() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const int next = ::dup(0);
        ::close(next);
        const rlimit none{static_cast<rlim_t>(next), before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &none);
    }

    ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

    NoDescriptors(const NoDescriptors&) = delete;
    NoDescriptors& operator=(const NoDescriptors&) = delete;

private:
    rlimit before_{};
};

class HttpServer : public ::testing::Test {
protected:
    // The address of a socket that it serves.
    net::Address serve() {
        auto sockets = listening(address("tcp://127.0.0.1:0"));
        const net::Address where = sockets.at(0).actual;
        server_.serve(std::move(sockets[0]));
        return where;
    }

    // A client that has sent a request and is not accepted yet.
    net::UniqueFd ask(const net::Address& where, const std::string& path) {
        auto client = net::dial(where, kPatience);
        EXPECT_TRUE(client);
        const std::string text = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        EXPECT_EQ(::send(client->get(), text.data(), text.size(), 0), ssize_t(text.size()));
        return *std::move(client);
    }

    bool answers(const std::string& path) {
        const auto deadline = Clock::now() + kPatience;
        while (asked_[path] == 0 && Clock::now() < deadline) {
            io_.run_one_for(kPatience);
        }
        return asked_[path] > 0;
    }

    asio::io_context io_;
    std::map<std::string, int> asked_;  // how often, by path
    Server server_{io_, [this](const Request& request) {
                       ++asked_[request.path];
                       return Response{};
                   }};
};

TEST_F(HttpServer, AnswersAtEachOfItsSockets) {
    const net::Address first = serve();
    const net::Address second = serve();
    const auto one = ask(first, "/one");
    const auto two = ask(second, "/two");
    EXPECT_TRUE(answers("/one"));
    EXPECT_TRUE(answers("/two"));
}

TEST_F(HttpServer, ASocketThatRestsIsLookedAtAgainThoughAnotherGoesOn) {
    const net::Address first = serve();
    const net::Address second = serve();
    const auto early = ask(first, "/early");
    {
        const NoDescriptors none;
        while (io_.run_one_for(kQuiet) > 0) {  // the first one cannot accept, and rests
        }
    }
    EXPECT_EQ(asked_["/early"], 0);
    const auto late = ask(second, "/late");
    EXPECT_TRUE(answers("/late"));
    EXPECT_TRUE(answers("/early"));
}

}  // namespace
}  // namespace telex::http
