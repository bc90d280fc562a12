#include "net/standard_files.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace telex::net {

void open_standard_files() {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
        if (::fcntl(fd, F_GETFD) < 0) {
            // The lowest free descriptor is this one. Without CLOEXEC: children have standard
            // files, too.
            [[maybe_unused]] const int opened = ::open("/dev/null", O_RDWR);
        }
    }
}

}  // namespace telex::net
