#include "store/ballast.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace telex::store {

Ballast::Ballast(std::string path, std::uint64_t bytes) : path_(std::move(path)), bytes_(bytes) {
    struct stat status{};
    is_full_ =
        ::stat(path_.c_str(), &status) == 0 && static_cast<std::uint64_t>(status.st_size) == bytes_;
}

void Ballast::fill() {
    const std::lock_guard lock(mutex_);
    if (is_full_ || bytes_ == 0) {
        return;
    }
    const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) {
        return;
    }
    is_full_ = ::posix_fallocate(file, 0, static_cast<off_t>(bytes_)) == 0;
    ::close(file);
    if (!is_full_) {
        ::unlink(path_.c_str());
    }
}

void Ballast::release() {
    const std::lock_guard lock(mutex_);
    ::unlink(path_.c_str());
    is_full_ = false;
}

bool Ballast::is_full() const {
    const std::lock_guard lock(mutex_);
    return is_full_;
}

}  // namespace telex::store
