#include "net/standard_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstddef>

namespace telex::net {

namespace {

// This standard input cannot be read and this standard output cannot be written: both fail with
// EBADF, as if still closed. Messages to standard error are discarded.
constexpr std::array<int, 3> kModes{O_WRONLY, O_RDONLY, O_WRONLY};

}  // namespace

void open_standard_files() {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
        if (::fcntl(fd, F_GETFD) < 0) {
            // The lowest free descriptor is this one. Without CLOEXEC: children have standard
            // files, too.
            [[maybe_unused]] const int opened =
                ::open("/dev/null", kModes[static_cast<std::size_t>(fd)]);
        }
    }
}

}  // namespace telex::net
