#include "net/descriptor_limit.hpp"

#include <sys/resource.h>

#include <cerrno>

namespace telex::net {

Result<std::uint64_t, SystemError> raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return unexpected(system_error(errno, "getrlimit RLIMIT_NOFILE"));
    }
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return unexpected(system_error(errno, "setrlimit RLIMIT_NOFILE"));
    }
    return std::uint64_t{limit.rlim_cur};
}

}  // namespace telex::net
