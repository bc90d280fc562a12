#include "tls/certificate_facts.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>

#include <array>
#include <cstddef>
#include <ctime>
#include <memory>

namespace telex::tls {

namespace {

constexpr std::int64_t kDay = 86'400;

std::int64_t seconds_of(const ASN1_TIME* time) {
    std::tm when{};
    return ASN1_TIME_to_tm(time, &when) == 1 ? ::timegm(&when) : 0;
}

std::string subject_of(const X509& certificate) {
    struct Free {
        void operator()(BIO* bio) const { BIO_free(bio); }
    };

    const std::unique_ptr<BIO, Free> bio(BIO_new(BIO_s_mem()));
    // Control characters and bytes above ASCII are escaped.
    if (!bio ||
        X509_NAME_print_ex(bio.get(), X509_get_subject_name(&certificate), 0, XN_FLAG_RFC2253) <
            0) {
        return {};
    }
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

}  // namespace

CertificateFacts facts_of(const X509& certificate) {
    return {
        .subject = subject_of(certificate),
        .not_before = seconds_of(X509_get0_notBefore(&certificate)),
        .not_after = seconds_of(X509_get0_notAfter(&certificate)),
    };
}

Validity validity_at(std::int64_t now, const CertificateFacts& facts) {
    if (now > facts.not_after) {
        return Validity::expired;
    }
    if (now < facts.not_before) {
        return Validity::not_yet;
    }
    return facts.not_after - now <= kSoonSeconds ? Validity::ends_soon : Validity::good;
}

bool is_good_at(std::int64_t now, const CertificateFacts& facts) {
    return now >= facts.not_before && now <= facts.not_after;
}

std::string describe_at(std::int64_t now, const CertificateFacts& facts) {
    const std::string whose = "the certificate of " + facts.subject;
    switch (validity_at(now, facts)) {
        case Validity::expired:
            return fmt::format(
                "{} has expired: it was valid until {}", whose, utc_text(facts.not_after)
            );
        case Validity::not_yet:
            return fmt::format(
                "{} is not valid yet: it will be from {} on", whose, utc_text(facts.not_before)
            );
        case Validity::ends_soon:
            return fmt::format(
                "{} expires in {} days, at {}",
                whose,
                (facts.not_after - now) / kDay,
                utc_text(facts.not_after)
            );
        case Validity::good:
            break;
    }
    return fmt::format("{} is valid until {}", whose, utc_text(facts.not_after));
}

std::string utc_text(std::int64_t seconds) {
    const std::time_t time = seconds;
    std::tm when{};
    std::array<char, 64> text{};
    const std::size_t size =
        ::gmtime_r(&time, &when) == nullptr
            ? 0
            : std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &when);
    return size == 0 ? std::to_string(seconds) : std::string(text.data(), size);
}

}  // namespace telex::tls
