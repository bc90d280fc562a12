#include "wire/admin_error.hpp"

namespace telex::wire {

v1::AdminError admin_error(v1::AdminError::Code code, std::string message) {
    v1::AdminError error;
    error.set_code(code);
    error.set_message(std::move(message));
    return error;
}

std::string_view name_of(v1::AdminError::Code code) {
    switch (code) {
        case v1::AdminError::INVALID_ARGUMENT:
            return "invalid_argument";
        case v1::AdminError::NOT_FOUND:
            return "not_found";
        case v1::AdminError::LIMIT_REACHED:
            return "limit_reached";
        case v1::AdminError::INVALID_CONFIGURATION:
            return "invalid_configuration";
        case v1::AdminError::NEEDS_RESTART:
            return "needs_restart";
        case v1::AdminError::CANNOT_APPLY:
            return "cannot_apply";
        case v1::AdminError::SHUTTING_DOWN:
            return "shutting_down";
        case v1::AdminError::UNRESPONSIVE:
            return "unresponsive";
        default:
            return "unspecified";
    }
}

}  // namespace telex::wire
