#include "client/endpoint.hpp"

#include <telex/options.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace telex::client {
namespace {

TEST(Endpoint, AcceptsStreamAddresses) {
    const auto endpoints = parse_servers({"tcp://[::1]:4650", "unix:///run/t.sock", "unix:@name"});
    ASSERT_TRUE(endpoints);
    ASSERT_EQ(endpoints->size(), 3U);
    EXPECT_EQ((*endpoints)[0].address.host, "::1");
    EXPECT_EQ((*endpoints)[1].address.path, "/run/t.sock");
    EXPECT_TRUE((*endpoints)[2].address.abstract);
}

TEST(Endpoint, ParsesTlsUrls) {
    const auto endpoints = parse_servers({"tls://localhost:4650", "tcp://localhost:4650"});
    ASSERT_TRUE(endpoints);
    EXPECT_TRUE((*endpoints)[0].tls);
    EXPECT_FALSE((*endpoints)[1].tls);
    EXPECT_EQ((*endpoints)[0].address, (*endpoints)[1].address);
}

TEST(Endpoint, CompletesShortForms) {
    const auto parsed = [](const char* server) {
        const auto endpoints = parse_servers({server});
        return endpoints ? (endpoints->front().tls ? "tls " : "") +
                               net::to_string(endpoints->front().address)
                         : endpoints.error().text;
    };
    EXPECT_EQ(parsed("localhost"), "tcp://localhost:4650");
    EXPECT_EQ(parsed("bus.example:7"), "tcp://bus.example:7");
    EXPECT_EQ(parsed("10.0.0.1"), "tcp://10.0.0.1:4650");
    EXPECT_EQ(parsed("::1"), "tcp://[::1]:4650");
    EXPECT_EQ(parsed("[::1]"), "tcp://[::1]:4650");
    EXPECT_EQ(parsed("[::1]:7"), "tcp://[::1]:7");
    EXPECT_EQ(parsed("tcp://localhost"), "tcp://localhost:4650");
    EXPECT_EQ(parsed("tls://bus.example"), "tls tcp://bus.example:4650");
    EXPECT_EQ(parsed("/run/telex/telex.sock"), "unix:///run/telex/telex.sock");
}

TEST(Endpoint, RejectsOtherAddresses) {
    for (const char* url :
         {"udp://127.0.0.1:1",
          "unix-dgram:///a",
          "systemd:x",
          "tcp://*:4650",
          "tcp://a:0",
          "tcp://",
          "tls://",
          "tls://unix:///a",
          "a b",
          "*",
          "localhost:",
          "localhost:http",
          ""}) {
        const auto endpoints = parse_servers({url});
        ASSERT_FALSE(endpoints) << url;
        EXPECT_EQ(endpoints.error().code, Errc::invalid_argument);
        EXPECT_THAT(endpoints.error().text, testing::StartsWith(url));
    }
}

TEST(Endpoint, RejectsCredentialsWithoutPrintingThem) {
    for (const char* url :
         {"tcp://u:SECRET@h:1", "tls://SECRET@h", "SECRET@h", "http://SECRET@h"}) {
        const auto endpoints = parse_servers({url});
        ASSERT_FALSE(endpoints) << url;
        EXPECT_EQ(endpoints.error().code, Errc::invalid_argument);
        EXPECT_THAT(endpoints.error().text, testing::HasSubstr("TELEX_CREDENTIALS")) << url;
        EXPECT_THAT(endpoints.error().text, testing::Not(testing::HasSubstr("SECRET"))) << url;
    }
    EXPECT_TRUE(parse_servers({"unix:@name", "/run/a@b", "unix:///run/a@b"}));
}

// A comma in a password ends a server of TELEX_URL.
TEST(Endpoint, PrintsNoPartOfADividedPassword) {
    for (const auto& urls : std::vector<std::vector<std::string>>{
             {"tcp://u:SEC", "RET@h:1"},
             {"tcp://u:SEC RET", "x", "y@h"},
             {"localhost", "tls://u:SEC", "RET@h"}
         }) {
        const auto endpoints = parse_servers(urls);
        ASSERT_FALSE(endpoints);
        EXPECT_EQ(endpoints.error().code, Errc::invalid_argument);
        EXPECT_THAT(endpoints.error().text, testing::HasSubstr("TELEX_CREDENTIALS"));
        EXPECT_THAT(endpoints.error().text, testing::Not(testing::HasSubstr("SEC")));
        EXPECT_THAT(endpoints.error().text, testing::Not(testing::HasSubstr("RET")));
    }
}

TEST(Endpoint, NamesTheSupportedSchemes) {
    for (const char* url : {"tlss://a:1", "https://a:1", "udp://127.0.0.1:1"}) {
        const auto endpoints = parse_servers({url});
        ASSERT_FALSE(endpoints) << url;
        EXPECT_THAT(endpoints.error().text, testing::HasSubstr("tls://HOST:PORT")) << url;
        EXPECT_THAT(endpoints.error().text, testing::Not(testing::HasSubstr("systemd"))) << url;
    }
}

// Sets the variables that default_servers() reads, as long as it lives.
class Environment {
public:
    Environment(const char* unit, const char* session) {
        set("RUNTIME_DIRECTORY", unit);
        set("XDG_RUNTIME_DIR", session);
    }

    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

    ~Environment() {
        ::unsetenv("RUNTIME_DIRECTORY");
        ::unsetenv("XDG_RUNTIME_DIR");
    }

private:
    static void set(const char* name, const char* value) {
        value == nullptr ? ::unsetenv(name) : ::setenv(name, value, 1);
    }
};

using Folders = std::pair<const char*, const char*>;

const std::string kOwn = "unix:///tmp/telex-" + std::to_string(::geteuid()) + "/telex.sock";
const std::string kOfTheService = "unix:///run/telex/telex.sock";
const std::string kTcp = "tcp://127.0.0.1:4650";

TEST(Endpoint, DefaultServersAreTheUnixSocketsThenTcp) {
    const Environment environment("/run/one", "/run/user/9");
    EXPECT_EQ(
        default_servers(),
        (std::vector<std::string>{
            "unix:///run/one/telex.sock",
            "unix:///run/user/9/telex/telex.sock",
            kOwn,
            kOfTheService,
            kTcp,
        })
    );
}

TEST(Endpoint, DefaultServersNeedNoEnvironment) {
    const std::vector<std::string> usual{kOwn, kOfTheService, kTcp};
    for (const auto& [unit, session] :
         {Folders(nullptr, nullptr), Folders("", ""), Folders("relative", "run")}) {
        const Environment environment(unit, session);
        EXPECT_EQ(default_servers(), usual);
    }
}

TEST(Endpoint, DefaultServersOfAUnitAreInItsFirstFolder) {
    const Environment environment("/run/telex/:/run/other", "/run/user/9/");
    EXPECT_EQ(
        default_servers(),
        (std::vector<std::string>{kOfTheService, "unix:///run/user/9/telex/telex.sock", kOwn, kTcp})
    );
}

}  // namespace
}  // namespace telex::client
