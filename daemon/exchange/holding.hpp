#pragma once
// The memory that some clients of one shard hold: those of one owner (a user, or where the peers
// come from) whose memory is of one magnitude. When memory is short, the owner that holds the most
// relative to its share gives way, and of its clients those that hold the most together: a crowd of
// small ones as well as a single large one.
//
// All owners that hold memory have equal shares of the budget, but at least what the configuration
// lets a user queue.
#include <cstddef>
#include <string>

namespace telex::exchange {

struct HolderKey {
    std::string owner;
    unsigned magnitude = 0;  // log2 of what each of them holds

    friend auto operator<=>(const HolderKey&, const HolderKey&) = default;
};

struct Holding {
    HolderKey holders{};
    std::size_t bytes = 0;
    // The owner's share at least; 0: an equal one.
    std::size_t granted = 0;
    // They are being told that they are disconnected: these bytes are about to be freed.
    bool leaving = false;
};

}  // namespace telex::exchange
