#pragma once
// Certificates of listeners at a reload: which one may replace which, and the messages about it.
// Has no clock: times are seconds since 1970.
#include "telex/v1/admin.pb.h"
#include "tls/context.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace telex::server {

// Returns why `next` may not be used, or nothing. A certificate that clients reject may replace
// only another one that they reject. `former` is null if the listener is new.
std::optional<std::string> fault_of_certificate(
    const tls::Context* former, const tls::Context& next, std::int64_t now
);

// Returns a warning about a certificate that clients reject, or soon will.
std::optional<std::string> warning_of_certificate(
    const std::string& listener, const tls::Context& context, std::int64_t now
);

// The changes of a listener's certificate files.
std::vector<v1::ReloadEffect> renewals_between(
    const std::string& listener, const tls::Context& former, const tls::Context& next
);

}  // namespace telex::server
