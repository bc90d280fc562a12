#pragma once
// Owning file descriptor: closed exactly once, by the object that holds it last.
//
// Every descriptor of telex is opened with CLOEXEC; the functions of this module see to it.
#include <utility>

namespace telex::net {

class UniqueFd {
public:
    UniqueFd() = default;

    // Takes over the caller's descriptor; any negative number is "none".
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

    // The caller closes it from now on.
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

    // Closes what is held. Keeps errno, so that it can stand between a failure and its report.
    void reset(int fd = -1) noexcept;

private:
    int fd_ = -1;
};

}  // namespace telex::net
