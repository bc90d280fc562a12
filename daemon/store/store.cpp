#include "store/store.hpp"

namespace telex::store {

bool Commit::is_empty() const {
    return removed_blocks.empty() && removed_holes.empty() && removed_cursors.empty() &&
           blocks.empty() && streams.empty() && cursors.empty() && holes.empty();
}

void Commit::clear() {
    removed_blocks.clear();
    removed_holes.clear();
    removed_cursors.clear();
    blocks.clear();
    streams.clear();
    cursors.clear();
    holes.clear();
}

}  // namespace telex::store
