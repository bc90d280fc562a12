#include "exchange/secrets.hpp"

#include <sys/random.h>

#include <cerrno>
#include <system_error>

namespace telex::exchange {

std::uint64_t Secrets::next() {
    if (left_ == 0) {
        // Up to 256 bytes come whole (getrandom(2)).
        const auto got = ::getrandom(numbers_.data(), sizeof numbers_, 0);
        if (got != static_cast<ssize_t>(sizeof numbers_)) {
            throw std::system_error(errno, std::generic_category(), "getrandom");
        }
        left_ = numbers_.size();
    }
    return numbers_[--left_];
}

}  // namespace telex::exchange
