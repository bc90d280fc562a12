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

    struct Line {
        bool is_error = false;  // clients refuse it; else a warning
        std::string text;
    };

    // Returns the lines that are due at `now`. `shown`: the certificates of all listeners.
    std::vector<Line> look(const std::vector<Shown>& shown, std::int64_t now);

    // The certificates were loaded again: the next look() returns every line.
    void begin_anew() { told_.clear(); }

private:
    struct Told {
        tls::Validity validity = tls::Validity::good;
        std::int64_t at = 0;
    };

    std::map<std::string, Told> told_;  // by listener
};

}  // namespace telex::app
