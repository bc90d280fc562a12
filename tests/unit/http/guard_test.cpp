#include "http/guard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::http {
namespace {

Request get(std::string host) {
    Request request;
    request.method = "GET";
    request.path = "/";
    request.host = std::move(host);
    return request;
}

unsigned verdict(const Request& request) {
    const auto refusal = Guard({"monitor.example.org"}).refuse(request);
    return refusal ? refusal->status : 200;
}

TEST(Guard, KnowsItsHosts) {
    for (const char* host :
         {"localhost",
          "LOCALHOST:1",
          "127.0.0.1:80",
          "127.0.0.2:4680",
          "127.255.255.254",
          "[::1]:80",
          "monitor.example.org",
          "Monitor.Example.Org:443"}) {
        EXPECT_EQ(verdict(get(host)), 200U) << host;
    }
    for (const char* host :
         {"",
          "evil",
          "localhost.evil.org",
          "127.0.0.1.evil",
          "127.1",
          "127.0.0.01",
          "128.0.0.1",
          "0.0.0.0",
          "192.168.1.1:4680",
          "[::]",
          "[::ffff:127.0.0.1]",
          "localhost ",
          " localhost",
          "localhost@evil",
          "::1",
          "[::1"}) {
        EXPECT_EQ(verdict(get(host)), 421U) << host;
    }
}

TEST(Guard, TakesAnyHostAtAUnixSocket) {
    Request request = get("whatever");
    request.local = true;
    EXPECT_EQ(verdict(request), 200U);
}

TEST(Guard, RefusesPagesOfOtherSites) {
    for (const char* origin :
         {"http://evil.org", "null", "http://", "localhost", "file://", "http://localhost.evil.org"
         }) {
        Request request = get("localhost");
        request.origin = origin;
        EXPECT_EQ(verdict(request), 403U) << origin;
        request.local = true;
        EXPECT_EQ(verdict(request), 403U) << origin << " at a unix socket";
    }
    Request own = get("localhost:4680");
    own.origin = "http://localhost:4680";
    own.fetch_site = "same-origin";
    EXPECT_EQ(verdict(own), 200U);
    own.fetch_site = "cross-site";
    EXPECT_EQ(verdict(own), 403U);
}

Request followed_link(const char* site) {
    Request request = get("localhost:4680");
    request.fetch_site = site;
    request.fetch_mode = "navigate";
    request.fetch_dest = "document";
    return request;
}

TEST(Guard, LetsALinkLeadToTheDashboard) {
    EXPECT_EQ(verdict(followed_link("cross-site")), 200U);
    EXPECT_EQ(verdict(followed_link("same-site")), 200U) << "from another port of this host";
}

TEST(Guard, LetsALinkLeadNowhereElse) {
    for (const char* path : {"/metrics", "/api/v1/status", "/dashboard/page.js", "//", ""}) {
        Request request = followed_link("cross-site");
        request.path = path;
        EXPECT_EQ(verdict(request), 403U) << path;
    }
    Request request = followed_link("cross-site");
    request.method = "HEAD";
    EXPECT_EQ(verdict(request), 403U);
    request = followed_link("cross-site");
    request.origin = "http://evil.org";
    EXPECT_EQ(verdict(request), 403U);
    request = followed_link("cross-site");
    request.host = "evil.org";
    EXPECT_EQ(verdict(request), 421U);
}

TEST(Guard, RefusesWhatIsNoLinkThatFillsAWindow) {
    for (const char* mode : {"", "cors", "no-cors", "same-origin", "websocket"}) {
        Request request = followed_link("cross-site");
        request.fetch_mode = mode;
        EXPECT_EQ(verdict(request), 403U) << mode;
    }
    for (const char* destination : {"", "iframe", "frame", "object", "embed", "image", "script"}) {
        Request request = followed_link("cross-site");
        request.fetch_dest = destination;
        EXPECT_EQ(verdict(request), 403U) << destination;
    }
}

TEST(Guard, AppliesToOrdersToo) {
    Request request = get("localhost");
    request.method = "POST";
    EXPECT_EQ(verdict(request), 200U);
    request.fetch_site = "cross-site";
    EXPECT_EQ(verdict(request), 403U);
    request = followed_link("cross-site");
    request.method = "POST";
    EXPECT_EQ(verdict(request), 403U) << "a form is no link";
}

TEST(Guard, TakesNoBody) {
    Request request = get("localhost");
    request.has_body = true;
    EXPECT_EQ(verdict(request), 400U);
}

TEST(ErrorResponse, IsJsonWhateverTheTextHolds) {
    const Response response = error_response(400, "a \"quoted\" \xff text\n");
    EXPECT_EQ(response.status, 400U);
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_EQ(response.body, "{\"error\":\"a \\\"quoted\\\" \xef\xbf\xbd text\\n\"}\n");
}

}  // namespace
}  // namespace telex::http
