// When a certificate is good, and how that is said.
#include "tls/certificate_facts.hpp"

#include "support/certificates.hpp"
#include "tls/server_context.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace telex::tls {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kBegin = 1'800'000'000;  // 2027-01-15T08:00:00Z
const CertificateFacts kFacts{"CN=bus", kBegin, kBegin + 90 * kDay};

TEST(CertificateFacts, AreValidWithinTheirPeriod) {
    EXPECT_EQ(validity_at(kBegin - 1, kFacts), Validity::not_yet);
    EXPECT_EQ(validity_at(kBegin, kFacts), Validity::good);
    EXPECT_EQ(validity_at(kFacts.not_after - 30 * kDay - 1, kFacts), Validity::good);
    EXPECT_EQ(validity_at(kFacts.not_after - 30 * kDay, kFacts), Validity::ends_soon);
    EXPECT_EQ(validity_at(kFacts.not_after, kFacts), Validity::ends_soon);
    EXPECT_EQ(validity_at(kFacts.not_after + 1, kFacts), Validity::expired);
    EXPECT_FALSE(is_good_at(kBegin - 1, kFacts));
    EXPECT_TRUE(is_good_at(kFacts.not_after, kFacts));
    EXPECT_FALSE(is_good_at(kFacts.not_after + 1, kFacts));
}

TEST(CertificateFacts, AreDescribedWithTheRelevantTime) {
    EXPECT_EQ(
        describe_at(kBegin - 1, kFacts),
        "the certificate of CN=bus is not valid yet: it will be from 2027-01-15T08:00:00Z on"
    );
    EXPECT_EQ(
        describe_at(kBegin, kFacts), "the certificate of CN=bus is valid until 2027-04-15T08:00:00Z"
    );
    EXPECT_EQ(
        describe_at(kFacts.not_after - 10 * kDay - 5, kFacts),
        "the certificate of CN=bus expires in 10 days, at 2027-04-15T08:00:00Z"
    );
    EXPECT_EQ(
        describe_at(kFacts.not_after + 1, kFacts),
        "the certificate of CN=bus has expired: it was valid until 2027-04-15T08:00:00Z"
    );
}

class CertificatesOfContexts : public ::testing::Test {
protected:
    ContextPtr context(const testing::CertificateSpec& spec) {
        certificates_.issue("server", spec);
        options_.certificate = certificates_.certificate("server");
        options_.key = certificates_.key("server");
        return make_server_context(options_).value();
    }

    testing::Certificates certificates_;
    ServerOptions options_;
};

TEST_F(CertificatesOfContexts, HaveFacts) {
    const std::int64_t now = std::time(nullptr);
    const auto made = context({.common_name = "bus \xc3\xa4\n", .begins_seconds = 600});
    EXPECT_EQ(made->certificate().subject, "CN=bus \\C3\\A4\\0A");
    EXPECT_EQ(validity_at(now, made->certificate()), Validity::not_yet);
    EXPECT_NEAR(static_cast<double>(made->certificate().not_after - now), 3'600, 60);
}

TEST_F(CertificatesOfContexts, HaveDigestsThatShowRenewals) {
    options_.client_ca = certificates_.certificate("ca");
    const auto first = context({});
    const auto same = make_server_context(options_).value();
    EXPECT_EQ(first->certificate_digest(), same->certificate_digest());
    EXPECT_EQ(first->authorities_digest(), same->authorities_digest());
    EXPECT_FALSE(first->authorities_digest().empty());
    const auto second = context({});
    EXPECT_NE(first->certificate_digest(), second->certificate_digest());
    EXPECT_EQ(first->authorities_digest(), second->authorities_digest());
    options_.client_ca = certificates_.certificate("server");
    const auto third = make_server_context(options_).value();
    EXPECT_EQ(second->certificate_digest(), third->certificate_digest());
    EXPECT_NE(second->authorities_digest(), third->authorities_digest());
}

}  // namespace
}  // namespace telex::tls
