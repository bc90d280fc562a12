#pragma once
// Which server is tried next, and when: rounds over the servers with growing, random delays between
// them. Without I/O or clock.
#include "base/time.hpp"
#include "client/backoff.hpp"
#include "client/endpoint.hpp"
#include "client/server_round.hpp"
#include <telex/error.hpp>
#include <telex/options.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace telex::client {

class ServerSearch {
public:
    ServerSearch(std::vector<Endpoint> servers, const ReconnectOptions& options);

    ServerRound& round() { return round_; }

    const ServerRound& round() const { return round_; }

    // The delay before the next round; nullopt: give up. `failure` is why the round failed,
    // `rounds` the number of failed rounds in a row.
    [[nodiscard]] std::optional<std::chrono::milliseconds> after_round(
        Errc failure, std::uint32_t rounds
    );
    // The delay after the loss of a connection that had lasted for `lifetime`. `announced`: the
    // server asked to reconnect. Zero if another server can be tried at once.
    [[nodiscard]] std::chrono::milliseconds after_loss(Clock::duration lifetime, bool announced);
    // Returns the servers skipped as untrusted, once per change; else an empty text.
    [[nodiscard]] std::string take_untrusted();

private:
    double random();

    const ReconnectOptions options_;
    ServerRound round_;
    Backoff backoff_;
    std::minstd_rand random_;
    std::string reported_untrusted_;
};

}  // namespace telex::client
