#pragma once
// An error of the store: its kind for the program, and a sentence for the operator.
#include "base/result.hpp"
#include "store/store_types.hpp"

#include <cstdint>
#include <string>

namespace telex::store {

enum class StoreFault : std::uint8_t {
    full,          // no room: the reserve of the disk is reached; nothing was written
    failed,        // a write failed: the outcome of this commit is unknown, or the store is failed
    damaged,       // stored bytes are not those that were written
    lost_commits,  // opening: acknowledged commits are missing at the end
    locked,        // opening: another process has the store
    newer_format,  // opening: a newer telexd wrote the store
    unusable,      // opening: the folder, its owner or its rights
    invalid,       // the caller's request breaks a rule of the interface; nothing was written
    stopped,       // the caller's stop flag was set
};

struct StoreError {
    StoreFault fault = StoreFault::failed;
    std::string text;  // names the file or the sequences, and what to do
    // Damage: the records that cannot be read. `last` is at least `first`; it is the largest number
    // if no later record can be read. All zero if the damage is not in records.
    StreamId stream = 0;
    Sequence first = 0;
    Sequence last = 0;
};

template <class T>
using Expected = Result<T, StoreError>;

inline unexpected<StoreError> store_error(StoreFault fault, std::string text) {
    return unexpected(StoreError{fault, std::move(text)});
}

}  // namespace telex::store
