#include "config/parse/input_file.hpp"

#include "base/units.hpp"
#include "net/fd.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace telex::config {

namespace {

tl::unexpected<FileError> failure(int code) {
    const bool denied = code == EACCES || code == EPERM;
    return unexpected(FileError{
        denied ? FileProblem::no_permission : FileProblem::unreadable,
        std::generic_category().message(code)
    });
}

tl::unexpected<FileError> too_large(std::size_t max_bytes) {
    return unexpected(
        FileError{FileProblem::unfit, fmt::format("is larger than {}", format_size(max_bytes))}
    );
}

}  // namespace

Result<std::string, FileError> read_regular_file(const std::string& path, std::size_t max_bytes) {
    const net::UniqueFd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (!file) {
        return failure(errno);
    }
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) {
        return failure(errno);
    }
    if (!S_ISREG(status.st_mode)) {
        return unexpected(FileError{FileProblem::unfit, "is not a regular file"});
    }
    if (static_cast<std::uint64_t>(status.st_size) > max_bytes) {
        return too_large(max_bytes);
    }
    // Files in /proc report size 0, and a file may grow: read one byte more than allowed.
    std::string content(max_bytes + 1, '\0');
    std::size_t used = 0;
    while (used < content.size()) {
        const ssize_t got = ::read(file.get(), content.data() + used, content.size() - used);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return failure(errno);
        }
        if (got == 0) {
            break;
        }
        used += static_cast<std::size_t>(got);
    }
    if (used > max_bytes) {
        return too_large(max_bytes);
    }
    content.resize(used);
    content.shrink_to_fit();
    return content;
}

}  // namespace telex::config
