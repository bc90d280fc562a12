#include "exchange/overload_manager.hpp"

#include "exchange/emergency_reserve.hpp"
#include "exchange/exchange.hpp"

namespace telex::exchange {

void OverloadManager::begin(Shard& requester) {
    if (under_way_.exchange(true)) {
        return;
    }
    // Touched on the requester's thread alone, where the answers come home.
    auto search = std::make_shared<Search>();
    search->missing = exchange_.shard_count();
    for (std::size_t i = 0; i < exchange_.shard_count(); ++i) {
        Shard& asked = exchange_.shard(i);
        asked.reactor().post([this, &asked, &requester, search] {
            requester.reactor().post([this, &asked, search, held = asked.largest_holding()] {
                compare(*search, asked, held);
            });
        });
    }
}

void OverloadManager::compare(Search& search, Shard& shard, std::size_t held) {
    if (held > search.largest) {
        search.largest = held;
        search.owner = &shard;
    }
    if (--search.missing == 0) {
        finish(search);
    }
}

void OverloadManager::finish(const Search& search) {
    if (search.owner == nullptr) {
        static_cast<void>(EmergencyReserve::refill());
        under_way_ = false;
        return;
    }
    search.owner->reactor().post([this, &owner = *search.owner] {
        // The initiator may have read the total before the last round lowered it.
        if (exchange_.budget().exceeded() || !EmergencyReserve::refill()) {
            owner.shed_largest_holder();
            // Freed memory is counted before the next check.
            owner.account().settle();
        }
        under_way_ = false;
    });
}

}  // namespace telex::exchange
