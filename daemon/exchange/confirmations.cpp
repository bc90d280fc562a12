#include "exchange/confirmations.hpp"

namespace telex::exchange {

std::optional<Confirmations::Outcome> Confirmations::receive(
    std::uint64_t number, std::uint64_t receivers
) {
    const auto found = pending_.find(number);
    if (found == pending_.end()) {
        return std::nullopt;
    }
    found->second.outcome.receivers += receivers;
    if (--found->second.missing > 0) {
        return std::nullopt;
    }
    const Outcome outcome = found->second.outcome;
    pending_.erase(found);
    return outcome;
}

}  // namespace telex::exchange
