#include "app/exit_codes.hpp"

#include <sysexits.h>

#include <cerrno>

namespace telex::app {

int exit_code_of(config::LoadStatus status) {
    switch (status) {
        case config::LoadStatus::loaded:
            return EX_OK;
        case config::LoadStatus::invalid:
            return EX_CONFIG;
        case config::LoadStatus::unreadable:
            return EX_NOINPUT;
        case config::LoadStatus::no_permission:
            break;
    }
    return EX_NOPERM;
}

int exit_code_of(const net::SystemError& error) {
    switch (error.code) {
        case EADDRINUSE:
            return EX_TEMPFAIL;
        case EACCES:
        case EPERM:
            return EX_NOPERM;
        case ENOENT:
        case EINVAL:
            return EX_CONFIG;
        default:
            return EX_OSERR;
    }
}

}  // namespace telex::app
