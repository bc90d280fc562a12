#pragma once
// The key of the tests of nkeys.
#include "auth/signing_key.hpp"

#include <numeric>

namespace telex::auth {

// The bytes 0, 1, 2 … 31.
inline SigningKey::Seed vector_seed() {
    SigningKey::Seed seed{};
    std::iota(seed.begin(), seed.end(), static_cast<unsigned char>(0));
    return seed;
}

}  // namespace telex::auth
