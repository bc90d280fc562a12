#pragma once
// Reads all of a store on a disk and names each damage.
#include "store/rocks_reading.hpp"
#include "store/store.hpp"

namespace telex::store {

// Thread-safe. See Store::verify().
[[nodiscard]] Expected<VerifyProgress> verify_rocks(
    const RocksReading& reading, const VerifyHooks& hooks
);

}  // namespace telex::store
