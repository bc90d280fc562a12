#pragma once
// Owning file descriptor: closed exactly once.
//
// All descriptors of telex are opened with CLOEXEC, by the functions of this module.
#include <utility>

namespace telex::net {

class UniqueFd {
public:
    UniqueFd() = default;

    // Takes ownership of the caller's descriptor; a negative number means none.
    explicit UniqueFd(int fd) noexcept : fd_(fd) {}

    UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}

    UniqueFd& operator=(UniqueFd&& other) noexcept {
        reset(other.release());
        return *this;
    }

    UniqueFd(const UniqueFd&) = delete;
    UniqueFd& operator=(const UniqueFd&) = delete;

    ~UniqueFd() { reset(); }

    int get() const { return fd_; }

    explicit operator bool() const { return fd_ >= 0; }

    // Passes ownership to the caller.
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

    // Closes the descriptor, if any. Preserves errno, so that it can run between a failure and its
    // report.
    void reset(int fd = -1) noexcept;

private:
    int fd_ = -1;
};

}  // namespace telex::net
