#include "app/start_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace telex::app {

namespace {

tl::unexpected<std::string> failure(const std::string& path) {
    return unexpected(fmt::format("{}: {}", path, std::generic_category().message(errno)));
}

}  // namespace

Result<void, std::string> log_to_file(const std::string& path) {
    const int file =
        ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
    if (file < 0) {
        return failure(path);
    }
    const bool taken = ::dup2(file, STDERR_FILENO) == STDERR_FILENO;
    auto result = taken ? Result<void, std::string>() : failure(path);
    (void)::close(file);  // standard error has its own descriptor
    return result;
}

Result<void, std::string> write_pid_file(const std::string& path) {
    const std::string part = fmt::format("{}.{}", path, ::getpid());
    const int file =
        ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0644);
    if (file < 0) {
        return failure(path);
    }
    const std::string text = fmt::format("{}\n", ::getpid());
    const bool written =
        ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const bool in_place =
        ::close(file) == 0 && written && std::rename(part.c_str(), path.c_str()) == 0;
    if (!in_place) {
        auto result = failure(path);
        (void)::unlink(part.c_str());  // the first error counts
        return result;
    }
    return {};
}

}  // namespace telex::app
