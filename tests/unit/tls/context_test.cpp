// Files that cannot be used are named, whatever is wrong with them.
#include "support/certificates.hpp"
#include "tls/client_context.hpp"
#include "tls/server_context.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace telex::tls {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class TlsContext : public ::testing::Test {
protected:
    TlsContext() {
        certificates_.issue("server");
        certificates_.issue("other");
        std::ofstream(certificates_.path("empty")).close();
        options_.certificate = certificates_.certificate("server");
        options_.key = certificates_.key("server");
    }

    void expect_refusal(const std::string& file, const std::string& why) {
        const auto made = make_server_context(options_);
        ASSERT_FALSE(made);
        EXPECT_THAT(made.error(), AllOf(HasSubstr("'" + file + "'"), HasSubstr(why)));
    }

    testing::Certificates certificates_;
    ServerOptions options_;
};

TEST_F(TlsContext, ReadsACertificateAndItsKey) {
    EXPECT_TRUE(make_server_context(options_));
}

TEST_F(TlsContext, RejectsMissingFiles) {
    options_.key = certificates_.path("nowhere");
    expect_refusal(options_.key, "No such file");
    options_.key = certificates_.path("");
    expect_refusal(options_.key, "is not a regular file");
    options_.certificate = certificates_.path("nowhere");
    expect_refusal(options_.certificate, "No such file");
}

TEST_F(TlsContext, RejectsFilesWithOtherContent) {
    options_.key = certificates_.path("empty");
    expect_refusal(options_.key, "");
    options_.key = certificates_.key("other");
    expect_refusal(options_.key, "key values mismatch");
    options_.certificate = certificates_.path("empty");
    expect_refusal(options_.certificate, "");
    options_.certificate = certificates_.certificate("server");
    options_.key = certificates_.key("server");
    options_.client_ca = certificates_.path("empty");
    expect_refusal(options_.client_ca, "");
}

TEST_F(TlsContext, RejectsAWorldReadableKey) {
    ASSERT_EQ(::chmod(options_.key.c_str(), 0644), 0);
    expect_refusal(options_.key, "accessible to all users");
    ASSERT_EQ(::chmod(options_.key.c_str(), 0640), 0);
    EXPECT_TRUE(make_server_context(options_));
}

TEST_F(TlsContext, AcceptsAWorldReadableKeyIfAsked) {
    ASSERT_EQ(::chmod(options_.key.c_str(), 0644), 0);
    options_.key_may_be_open = true;
    EXPECT_TRUE(make_server_context(options_));
}

TEST_F(TlsContext, HasCiphersWithForwardSecrecyOnly) {
    const auto context = make_server_context(options_).value();
    const STACK_OF(SSL_CIPHER)* const ciphers = SSL_CTX_get_ciphers(context->get());
    ASSERT_GT(sk_SSL_CIPHER_num(ciphers), 0);
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
        const SSL_CIPHER* const cipher = sk_SSL_CIPHER_value(ciphers, i);
        EXPECT_NE(SSL_CIPHER_get_kx_nid(cipher), NID_kx_rsa) << SSL_CIPHER_get_name(cipher);
    }
}

TEST_F(TlsContext, NamesTheFilesOfAClient) {
    ClientOptions options;
    options.ca = certificates_.path("nowhere");
    const auto made = make_client_context(options);
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error(), HasSubstr("nowhere': No such file"));
    EXPECT_TRUE(make_client_context({})) << "the system's authorities";
}

}  // namespace
}  // namespace telex::tls
