#include "cli/contexts/contexts_file.hpp"

#include "cli/terminal/input.hpp"
#include "cli/terminal/secret.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20U;
constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

std::string absolute_variable(const char* name) {
    const char* const value = ::secure_getenv(name);
    const std::string text = value == nullptr ? "" : value;
    return text.starts_with('/') ? text : std::string();
}

std::string error_text(const std::string& path) {
    return path + ": " + std::generic_category().message(errno);
}

[[nodiscard]] Result<void, std::string> check_private(int fd, const std::string& path) {
    struct stat facts{};
    if (::fstat(fd, &facts) != 0) {
        return unexpected(error_text(path));
    }
    if (!S_ISREG(facts.st_mode)) {
        return unexpected(path + ": is not a file");
    }
    if (facts.st_uid != ::geteuid() && facts.st_uid != 0) {
        return unexpected(path + ": belongs to another user; remove it, then add your contexts");
    }
    if ((facts.st_mode & kOthers) != 0) {
        return unexpected(
            fmt::format("{}: other users can read or write it; run: chmod 600 '{}'", path, path)
        );
    }
    return {};
}

// Returns the folder of the file.
[[nodiscard]] Result<std::string, std::string> create_folder(const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    std::error_code failed;
    std::filesystem::create_directories(folder.parent_path(), failed);
    if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
        return unexpected(error_text(folder.string()));
    }
    return folder.string();
}

}  // namespace

std::string contexts_path() {
    constexpr const char* kFile = "/telex/contexts.yaml";
    if (const std::string folder = absolute_variable("XDG_CONFIG_HOME"); !folder.empty()) {
        return folder + kFile;
    }
    const std::string home = absolute_variable("HOME");
    return home.empty() ? home : home + "/.config" + kFile;
}

Result<Contexts, std::string> read_contexts(const std::string& path) {
    const net::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0) {
        return errno == ENOENT || errno == ENOTDIR ? Result<Contexts, std::string>(Contexts())
                                                   : unexpected(error_text(path));
    }
    if (auto checked = check_private(file.get(), path); !checked) {
        return unexpected(std::move(checked.error()));
    }
    const auto text = read_all(read_from(file.get(), nullptr), kMaxFileBytes);
    if (!text) {
        return unexpected(path + ": " + text.error().text);
    }
    auto contexts = parse_contexts(path, *text);
    if (contexts && !contexts->selected.empty() &&
        !contexts->by_name.contains(contexts->selected)) {
        return unexpected(
            fmt::format("{}: there is no context '{}', which is selected", path, contexts->selected)
        );
    }
    return contexts;
}

Result<net::UniqueFd, std::string> lock_contexts(const std::string& path) {
    auto folder = create_folder(path);
    if (!folder) {
        return unexpected(std::move(folder.error()));
    }
    net::UniqueFd lock(::open(folder->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (lock.get() < 0 || ::flock(lock.get(), LOCK_EX) != 0) {
        return unexpected(error_text(*folder));
    }
    return lock;
}

Result<void, std::string> write_contexts(const std::string& path, const Contexts& contexts) {
    if (auto folder = create_folder(path); !folder) {
        return unexpected(std::move(folder.error()));
    }
    const std::string draft = fmt::format("{}.{}", path, ::getpid());
    if (auto written = create_private_file(draft, contexts_text(contexts)); !written) {
        return written;
    }
    if (std::rename(draft.c_str(), path.c_str()) != 0) {
        const std::string why = error_text(path);
        ::unlink(draft.c_str());
        return unexpected(why);
    }
    return {};
}

}  // namespace telex::cli
