#pragma once
// Certificates of listeners at a reload: which may take the place of which, and what is said of it.
// Knows no clock: times are seconds since 1970.
#include "telex/v1/admin.pb.h"
#include "tls/context.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace telex::server {

// Why `next` may not be shown from now on; none: it may. A certificate that clients refuse replaces
// only another one that they refuse. `former` null: the listener is new.
std::optional<std::string> fault_of_certificate(
    const tls::Context* former, const tls::Context& next, std::int64_t now
);

// One that clients refuse, or soon will.
std::optional<std::string> warning_of_certificate(
    const std::string& listener, const tls::Context& context, std::int64_t now
);

// What differs in the files of a listener.
std::vector<v1::ReloadEffect> renewals_between(
    const std::string& listener, const tls::Context& former, const tls::Context& next
);

}  // namespace telex::server
