#include "client/server_search.hpp"

#include <utility>

namespace telex::client {

ServerSearch::ServerSearch(std::vector<Endpoint> servers, const ReconnectOptions& options)
    : options_(options),
      round_(std::move(servers)),
      backoff_(options),
      random_(std::random_device{}()) {}

std::optional<std::chrono::milliseconds> ServerSearch::after_round(
    Errc failure, std::uint32_t rounds
) {
    if (failure == Errc::not_authenticated || !options_.enabled ||
        (options_.max_rounds && rounds >= *options_.max_rounds)) {
        return std::nullopt;
    }
    return backoff_.next(random());
}

std::chrono::milliseconds ServerSearch::after_loss(Clock::duration lifetime, bool announced) {
    backoff_.connection_lived(std::chrono::duration_cast<Backoff::Milliseconds>(lifetime));
    if (announced) {
        backoff_.connection_ended_in_order();
    }
    round_.leave(announced);
    const bool elsewhere = announced && round_.size() > 1;
    return elsewhere ? std::chrono::milliseconds(0) : backoff_.next(random());
}

std::string ServerSearch::take_untrusted() {
    if (round_.untrusted() == reported_untrusted_) {
        return {};
    }
    if (!round_.untrusted().empty()) {
        reported_untrusted_ = round_.untrusted();
    }
    return round_.untrusted();
}

double ServerSearch::random() {
    return std::uniform_real_distribution<double>(0.0, 1.0)(random_);
}

}  // namespace telex::client
