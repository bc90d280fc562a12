#include "server/listener/certificate_rules.hpp"

#include "support/certificates.hpp"
#include "tls/server_context.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

namespace telex::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

class CertificateRules : public ::testing::Test {
protected:
    tls::ContextPtr context(const testing::CertificateSpec& spec) {
        certificates_.issue("server", spec);
        tls::ServerOptions options;
        options.certificate = certificates_.certificate("server");
        options.key = certificates_.key("server");
        return tls::make_server_context(options).value();
    }

    static constexpr long kYear = 31'536'000;
    testing::Certificates certificates_;
    const std::int64_t now_ = std::time(nullptr);
    const tls::ContextPtr good_ = context({.common_name = "good", .valid_seconds = kYear});
    const tls::ContextPtr soon_ = context({.common_name = "soon"});
    const tls::ContextPtr expired_ = context({.common_name = "expired", .valid_seconds = -60});
    const tls::ContextPtr future_ = context({.common_name = "future", .begins_seconds = 600});
};

TEST_F(CertificateRules, AllowAValidReplacement) {
    for (const auto& former : {good_, soon_, expired_, future_, tls::ContextPtr()}) {
        EXPECT_EQ(fault_of_certificate(former.get(), *good_, now_), std::nullopt);
        EXPECT_EQ(fault_of_certificate(former.get(), *soon_, now_), std::nullopt);
    }
}

TEST_F(CertificateRules, AllowABadReplacementOnlyForABadOne) {
    for (const auto& bad : {expired_, future_}) {
        EXPECT_NE(fault_of_certificate(nullptr, *bad, now_), std::nullopt);
        EXPECT_EQ(fault_of_certificate(expired_.get(), *bad, now_), std::nullopt);
        EXPECT_EQ(fault_of_certificate(future_.get(), *bad, now_), std::nullopt);
        EXPECT_THAT(
            fault_of_certificate(soon_.get(), *bad, now_),
            Optional(AllOf(HasSubstr(bad->certificate().subject), HasSubstr("CN=soon")))
        );
    }
}

TEST_F(CertificateRules, WarnOfExpiredAndExpiringCertificates) {
    EXPECT_EQ(warning_of_certificate("bus", *good_, now_), std::nullopt);
    EXPECT_THAT(
        warning_of_certificate("bus", *soon_, now_),
        Optional(HasSubstr("listeners[bus].tls.certificate: the certificate of CN=soon expires in 0"
        ))
    );
    EXPECT_THAT(warning_of_certificate("bus", *expired_, now_), Optional(HasSubstr("has expired")));
}

TEST_F(CertificateRules, ReportRenewals) {
    EXPECT_THAT(renewals_between("bus", *good_, *good_), IsEmpty());
    const auto renewed = renewals_between("bus", *soon_, *good_);
    ASSERT_EQ(renewed.size(), 1U);
    EXPECT_EQ(renewed[0].kind(), v1::ReloadEffect::CERTIFICATE_RENEWED);
    EXPECT_EQ(renewed[0].listener(), "bus");
    EXPECT_EQ(renewed[0].subject(), "CN=good");
    EXPECT_EQ(renewed[0].not_after_unix_seconds(), good_->certificate().not_after);
}

}  // namespace
}  // namespace telex::server
