#include "cli/exit_code.hpp"

namespace telex::cli {

int exit_code_of(Errc code) {
    switch (code) {
        case Errc::invalid_argument:
        case Errc::bad_subject:
        case Errc::wildcard_in_publish:
        case Errc::bad_queue_group:
            return kUsage;
        case Errc::undecodable_payload:
            return kBadData;
        case Errc::connect_failed:
        case Errc::disconnected:
        case Errc::closed:
        case Errc::draining:
        case Errc::buffer_full:
        case Errc::shutting_down:
        case Errc::too_many_connections:
        case Errc::over_memory_budget:
        case Errc::idle_timeout:
        case Errc::hello_timeout:
        case Errc::server_protocol_error:
        case Errc::wrong_protocol:
        case Errc::version_unsupported:
        case Errc::authentication_busy:
        case Errc::untrusted_server:
            return kUnavailable;
        case Errc::not_authenticated:
            return kNotAuthenticated;
        case Errc::internal:
        case Errc::would_deadlock:
            return kInternal;
        default:
            return kRefused;
    }
}

}  // namespace telex::cli
