#include "net/fd.hpp"

#include <unistd.h>

#include <cerrno>

namespace telex::net {

void UniqueFd::reset(int fd) noexcept {
    const int old = std::exchange(fd_, fd);
    if (old >= 0 && old != fd) {
        const int saved = errno;
        // Linux frees the number even if close reports an error: a retry could close another
        // descriptor.
        ::close(old);
        errno = saved;
    }
}

}  // namespace telex::net
