#include "tls/peer_certificate.hpp"

#include "support/certificates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <cstdio>

namespace telex::tls {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ReadCertificate : public ::testing::Test {
protected:
    PeerCertificate read(const testing::CertificateSpec& spec) {
        certificates_.issue("one", spec);
        std::FILE* const file = std::fopen(certificates_.certificate("one").c_str(), "r");
        X509* const certificate = PEM_read_X509(file, nullptr, nullptr, nullptr);
        std::fclose(file);
        PeerCertificate result = read_certificate(*certificate);
        X509_free(certificate);
        return result;
    }

    testing::Certificates certificates_;
};

TEST_F(ReadCertificate, FindsNamesByKind) {
    const PeerCertificate found = read(
        {.common_name = "cn",
         .alternative_names = "DNS:a.example,URI:spiffe://x/y,email:m@x.example,DNS:b.example"}
    );
    EXPECT_THAT(found.uris, ElementsAre("spiffe://x/y"));
    EXPECT_THAT(found.emails, ElementsAre("m@x.example"));
    EXPECT_THAT(found.dns_names, ElementsAre("a.example", "b.example"));
    EXPECT_EQ(found.common_name, "cn");
    EXPECT_EQ(found.name(), "spiffe://x/y");
    EXPECT_EQ(found.key_pin.size(), 44U);
}

TEST_F(ReadCertificate, PrefersAlternativeNamesToTheCommonName) {
    EXPECT_EQ(
        read({.common_name = "cn", .alternative_names = "DNS:a.example"}).name(), "a.example"
    );
    EXPECT_EQ(read({.common_name = "cn", .alternative_names = "IP:127.0.0.1"}).name(), "cn");
    EXPECT_THAT(
        read({.alternative_names = "IP:127.0.0.1,IP:::1"}).addresses,
        ElementsAre("127.0.0.1", "::1")
    );
    EXPECT_EQ(read({.common_name = "cn", .alternative_names = {}}).name(), "cn");
}

// One field that looks like several, in every notation: it stays one.
TEST_F(ReadCertificate, DoesNotSplitAField) {
    EXPECT_EQ(read({.common_name = "a,CN=admin", .alternative_names = {}}).name(), "a,CN=admin");
    EXPECT_EQ(read({.common_name = "a/CN=admin", .alternative_names = {}}).name(), "a/CN=admin");
}

TEST_F(ReadCertificate, LeavesOutNamesWithHiddenCharacters) {
    EXPECT_EQ(
        read({.common_name = std::string("admin\0.x", 8), .alternative_names = {}}).name(), ""
    );
    EXPECT_EQ(read({.common_name = "admin\n", .alternative_names = {}}).name(), "");
}

}  // namespace
}  // namespace telex::tls
