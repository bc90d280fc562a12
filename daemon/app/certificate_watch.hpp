#pragma once
// Tells operators in time of certificates that clients refuse, or soon will: when they are loaded,
// when one comes to its last days or to its end, and then once a day.
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

    // What is to be said now. `shown`: those of all listeners.
    std::vector<Line> look(const std::vector<Shown>& shown, std::int64_t now);

    // They were loaded anew: all is said again.
    void begin_anew() { told_.clear(); }

private:
    struct Told {
        tls::Validity validity = tls::Validity::good;
        std::int64_t at = 0;
    };

    std::map<std::string, Told> told_;  // by listener
};

}  // namespace telex::app
