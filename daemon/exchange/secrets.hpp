#pragma once
// Unguessable numbers from the kernel's generator, fetched many at a time.
#include <array>
#include <cstddef>
#include <cstdint>

namespace telex::exchange {

class Secrets {
public:
    // Throws std::system_error when the kernel has no random bytes to give.
    std::uint64_t next();

private:
    std::array<std::uint64_t, 32> numbers_{};
    std::size_t left_ = 0;
};

}  // namespace telex::exchange
