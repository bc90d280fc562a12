#pragma once
// Helpers of the socket tests: a temporary directory, a child process, waiting without sleeping.
#include "net/address.hpp"
#include "net/listen.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace telex::net {

// The longest wait for something that comes at once.
inline constexpr std::chrono::seconds kPatience{10};

}  // namespace telex::net

namespace telex::net::testing {

// Removed with everything in it.
class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "telex-net-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data()) == nullptr ? "" : pattern;
    }

    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    const std::string& path() const { return path_; }

    std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

// Readable within a generous time.
inline bool readable(int fd) {
    pollfd waiting{fd, POLLIN, 0};
    return ::poll(&waiting, 1, 10'000) == 1;
}

inline Address address(const std::string& text) {
    auto parsed = parse_address(text);
    if (!parsed) {
        ADD_FAILURE() << parsed.error();
        return {};
    }
    return *parsed;
}

// Listens or fails the test.
inline std::vector<Bound> listening(
    const Address& where, const ListenOptions& options = {}, unsigned count = 1
) {
    auto bound = listen_on(where, options, count);
    if (!bound) {
        ADD_FAILURE() << bound.error().what;
        return {};
    }
    return *std::move(bound);
}

// Runs `body` in a child process; returns its exit status (128 + signal when it was killed).
template <class Body>
int exit_code_of_child(Body body) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(body());
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child) {
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

inline std::size_t open_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry :
         std::filesystem::directory_iterator("/proc/self/fd")) {
        ++count;
    }
    return count;
}

inline bool has_cloexec(int fd) {
    return (::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0;
}

inline bool is_nonblocking(int fd) {
    return (::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0;
}

inline mode_t mode_of(const std::string& path) {
    struct stat info{};
    return ::lstat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0;
}

}  // namespace telex::net::testing
