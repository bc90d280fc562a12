#include "app/certificate_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace telex::app {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using tls::Validity;

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kEnd = 1'800'000'000;  // 2027-01-15T08:00:00Z

class CertificateWatchTest : public ::testing::Test {
protected:
    // The warnings that are due `left` seconds before the end of validity.
    std::vector<std::pair<std::string, tls::Validity>> warnings(std::int64_t left) {
        std::vector<std::pair<std::string, tls::Validity>> result;
        for (const CertificateWatch::Warning& due : watch_.look(shown_, kEnd - left)) {
            result.emplace_back(due.certificate.listener, due.validity);
        }
        return result;
    }

    CertificateWatch watch_;
    std::vector<CertificateWatch::Shown> shown_{{"bus", {"CN=x", kEnd - 90 * kDay, kEnd}}};
};

TEST_F(CertificateWatchTest, WarnsOnceADay) {
    EXPECT_THAT(warnings(40 * kDay), IsEmpty());
    EXPECT_THAT(warnings(29 * kDay), ElementsAre(Pair("bus", Validity::ends_soon)));
    EXPECT_THAT(warnings(29 * kDay - 1), IsEmpty());
    EXPECT_THAT(warnings(28 * kDay + 1), IsEmpty());
    EXPECT_THAT(warnings(28 * kDay), ElementsAre(Pair("bus", Validity::ends_soon)));
}

TEST_F(CertificateWatchTest, ReportsExpiryAtOnce) {
    EXPECT_THAT(warnings(0), ElementsAre(Pair("bus", Validity::ends_soon)));
    const auto expired = Pair("bus", Validity::expired);
    EXPECT_THAT(warnings(-1), ElementsAre(expired));
    EXPECT_THAT(warnings(-2), IsEmpty());
    EXPECT_THAT(warnings(-1 - kDay), ElementsAre(expired));
}

TEST_F(CertificateWatchTest, WarnsAgainAfterAReload) {
    EXPECT_THAT(warnings(100 * kDay), ElementsAre(Pair("bus", Validity::not_yet)));
    EXPECT_THAT(warnings(100 * kDay), IsEmpty());
    watch_.begin_anew();
    EXPECT_THAT(warnings(100 * kDay), ElementsAre(Pair("bus", Validity::not_yet)));
}

TEST_F(CertificateWatchTest, TreatsEachListenerSeparately) {
    shown_.push_back({"other", {"CN=y", 0, kEnd + 1}});
    EXPECT_EQ(warnings(0).size(), 2U);
    EXPECT_EQ(warnings(-1).size(), 1U);
    EXPECT_THAT(warnings(-2), ElementsAre(Pair("other", Validity::expired)));
}

TEST_F(CertificateWatchTest, ReportsTheFactsOfTheCertificate) {
    const auto due = watch_.look(shown_, kEnd + 1);
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].certificate.facts.subject, "CN=x");
    EXPECT_EQ(due[0].certificate.facts.not_after, kEnd);
}

TEST_F(CertificateWatchTest, WarnsAgainAfterTheClockWasSetBack) {
    EXPECT_EQ(warnings(10 * kDay).size(), 1U);
    EXPECT_EQ(warnings(20 * kDay).size(), 1U);
    EXPECT_THAT(warnings(20 * kDay), IsEmpty());
}

}  // namespace
}  // namespace telex::app
