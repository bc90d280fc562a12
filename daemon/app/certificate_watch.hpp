#pragma once
// Warns of certificates that have expired, are not valid yet, or end within 30 days: when they are
// loaded, when one of these begins, and then once a day.
//
// Knows no clock: times are seconds since 1970. Thread: the application's.
#include "tls/certificate_facts.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace telex::app {

class CertificateWatch {
public:
    struct Shown {
        std::string listener;
        tls::CertificateFacts facts;
    };

    struct Warning {
        Shown certificate;
        tls::Validity validity = tls::Validity::good;  // ends_soon, not_yet or expired
    };

    // Returns the warnings that are due at `now`. `shown`: the certificates of all listeners.
    std::vector<Warning> look(const std::vector<Shown>& shown, std::int64_t now);

    // The certificates were loaded again: the next look() returns every warning.
    void begin_anew() { told_.clear(); }

private:
    struct Told {
        tls::Validity validity = tls::Validity::good;
        std::int64_t at = 0;
    };

    std::map<std::string, Told> told_;  // by listener
};

}  // namespace telex::app
