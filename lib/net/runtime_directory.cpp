#include "net/runtime_directory.hpp"

#include "base/printable.hpp"
#include "net/fd.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace telex::net {

namespace {

std::string_view without_slashes(std::string_view path) {
    while (path.size() > 1 && path.ends_with('/')) {
        path.remove_suffix(1);
    }
    return path;
}

std::optional<std::string> absolute(std::optional<std::string> path) {
    if (!path || !path->starts_with('/')) {
        return std::nullopt;
    }
    return path;
}

}  // namespace

std::string runtime_directory(const VariableLookup& variable, uid_t uid) {
    if (const auto unit = absolute(variable("RUNTIME_DIRECTORY"))) {
        return std::string(without_slashes(std::string_view(*unit).substr(0, unit->find(':'))));
    }
    if (const auto session = absolute(variable("XDG_RUNTIME_DIR"))) {
        const std::string_view folder = without_slashes(*session);
        return fmt::format("{}/telex", folder == "/" ? "" : folder);
    }
    return fmt::format("/tmp/telex-{}", uid);
}

std::string default_runtime_directory() {
    const auto variable = [](std::string_view name) -> std::optional<std::string> {
        const char* value = ::secure_getenv(std::string(name).c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
    return runtime_directory(variable, ::geteuid());
}

Result<void, SystemError> prepare_runtime_directory(const std::string& path) {
    const std::string doing = fmt::format("runtime directory {}", printable(path));
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
        return unexpected(system_error(errno, doing));
    }
    const UniqueFd folder(::open(path.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder) {
        const int code = errno;
        return unexpected(
            code == ELOOP || code == ENOTDIR
                ? system_error(code, doing, "is not a directory or is a symbolic link")
                : system_error(code, doing)
        );
    }
    struct stat status{};
    if (::fstat(folder.get(), &status) != 0) {
        return unexpected(system_error(errno, doing));
    }
    if (status.st_uid != ::geteuid()) {
        return unexpected(
            system_error(EPERM, doing, fmt::format("belongs to user {}, not to us", status.st_uid))
        );
    }
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return unexpected(system_error(
            EPERM,
            doing,
            fmt::format("is writable by others (mode {:04o})", status.st_mode & 07777U)
        ));
    }
    return {};
}

}  // namespace telex::net
