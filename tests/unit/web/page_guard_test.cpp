#include "web/page_guard.hpp"

#include <gtest/gtest.h>

namespace telex::web {
namespace {

using Verdict = PageGuard::Verdict;

TEST(PageGuard, PermitsProgramsThatAreNotBrowsers) {
    EXPECT_EQ(PageGuard({}).judge("gateway.lan:4222", ""), Verdict::permitted);
}

TEST(PageGuard, PermitsPagesOfThisHost) {
    EXPECT_EQ(PageGuard({}).judge("127.0.0.1:1", "http://localhost:3000"), Verdict::permitted);
}

TEST(PageGuard, RefusesPagesOfOtherSites) {
    for (const char* origin :
         {"https://evil.org", "null", "file://", "http://localhost.evil.org"}) {
        EXPECT_EQ(PageGuard({}).judge("localhost:1", origin), Verdict::other_origin) << origin;
    }
}

// DNS rebinding: the page's own name leads to this host, and no origin is trusted for its name.
TEST(PageGuard, RefusesPagesThatReachThisHostByAnotherName) {
    EXPECT_EQ(PageGuard({}).judge("evil.org:1", "http://evil.org:1"), Verdict::other_origin);
    EXPECT_EQ(PageGuard({}).judge("evil.org:1", "http://localhost"), Verdict::other_host);
}

TEST(PageGuard, PermitsListedOriginsOnly) {
    const PageGuard guard({"https://app.example.org", "null"});
    EXPECT_EQ(guard.judge("gateway.lan", "https://app.example.org"), Verdict::permitted);
    EXPECT_EQ(guard.judge("gateway.lan", "HTTPS://App.Example.Org"), Verdict::permitted);
    EXPECT_EQ(guard.judge("gateway.lan", "null"), Verdict::permitted);
    for (const char* origin :
         {"http://app.example.org",
          "https://app.example.org:444",
          "https://app.example.org.evil.org",
          "https://app.example.or"}) {
        EXPECT_EQ(guard.judge("localhost", origin), Verdict::other_origin) << origin;
    }
}

TEST(PageGuard, RefusesRequestsThatAreOfAnotherSite) {
    const PageGuard guard({"https://app.example.org"});
    EXPECT_EQ(guard.judge_request("gateway.lan", "", ""), Verdict::permitted);
    EXPECT_EQ(guard.judge_request("localhost", "", "same-origin"), Verdict::permitted);
    EXPECT_EQ(guard.judge_request("localhost", "", "cross-site"), Verdict::other_origin);
    EXPECT_EQ(
        guard.judge_request("localhost", "https://app.example.org", "cross-site"),
        Verdict::permitted
    );
    EXPECT_EQ(
        guard.judge_request("localhost", "https://evil.org", "cross-site"), Verdict::other_origin
    );
    EXPECT_EQ(PageGuard({"*"}).judge_request("localhost", "", "cross-site"), Verdict::permitted);
}

TEST(PageGuard, PermitsEveryOriginIfConfigured) {
    EXPECT_EQ(PageGuard({"*"}).judge("evil.org", "https://evil.org"), Verdict::permitted);
}

}  // namespace
}  // namespace telex::web
