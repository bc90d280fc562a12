#include "wire/admin_error.hpp"

#include <sysexits.h>

#include <algorithm>
#include <array>

namespace telex::wire {

namespace {

using Error = v1::AdminError;

constexpr std::array kTraits{
    AdminErrorTraits{Error::INVALID_ARGUMENT, "invalid_argument", 400, EX_USAGE},
    AdminErrorTraits{Error::NOT_FOUND, "not_found", 404, 1},
    AdminErrorTraits{Error::LIMIT_REACHED, "limit_reached", 429, 1},
    AdminErrorTraits{Error::INVALID_CONFIGURATION, "invalid_configuration", 409, EX_CONFIG},
    AdminErrorTraits{Error::NEEDS_RESTART, "needs_restart", 409, EX_CONFIG},
    AdminErrorTraits{Error::CANNOT_APPLY, "cannot_apply", 409, EX_CONFIG},
    AdminErrorTraits{Error::SHUTTING_DOWN, "shutting_down", 503, EX_UNAVAILABLE},
    AdminErrorTraits{Error::UNRESPONSIVE, "unresponsive", 503, EX_UNAVAILABLE},
    AdminErrorTraits{Error::CONFLICT, "conflict", 409, 1},
    AdminErrorTraits{Error::LOSES_DATA, "loses_data", 409, 1},
    AdminErrorTraits{Error::DENIED, "denied", 403, EX_NOPERM},
    AdminErrorTraits{Error::DAMAGED, "damaged", 500, EX_IOERR},
    AdminErrorTraits{Error::NOT_WRITABLE, "not_writable", 503, EX_UNAVAILABLE},
    AdminErrorTraits{Error::NO_STORAGE, "no_storage", 404, 1},
};
constexpr AdminErrorTraits kUnknown{Error::CODE_UNSPECIFIED, "unspecified", 500, 1};

}  // namespace

v1::AdminError admin_error(v1::AdminError::Code code, std::string message) {
    v1::AdminError error;
    error.set_code(code);
    error.set_message(std::move(message));
    return error;
}

const AdminErrorTraits& traits_of(v1::AdminError::Code code) {
    const auto* const found = std::ranges::find(kTraits, code, &AdminErrorTraits::code);
    return found == kTraits.end() ? kUnknown : *found;
}

}  // namespace telex::wire
