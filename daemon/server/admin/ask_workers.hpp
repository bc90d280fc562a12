#pragma once
// Queries of operators to all workers, and the errors that they share.
//
// Thread: the server's.
#include "server/workers/workers.hpp"
#include "wire/admin_error.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::server {

// Maximum time that operators wait for the reactors.
inline constexpr std::chrono::seconds kAdminPatience{1};

v1::AdminError unresponsive();
v1::AdminError no_connection(std::uint64_t number);
// `known`: the names of all listeners.
v1::AdminError no_listener(std::string_view name, const std::vector<std::string_view>& known);

// Returns the reply of each worker, or UNRESPONSIVE (Workers::ask_all).
template <class Part, class Query>
[[nodiscard]] wire::AdminResult<std::vector<Part>> ask_workers(
    Workers& workers, const Query& query
) {
    auto parts = workers.ask_all<Part>(kAdminPatience, query);
    if (!parts) {
        return unexpected(unresponsive());
    }
    return *std::move(parts);
}

// The same for a query that takes long (Workers::ask_all_in_slices).
template <class Part, class Maker>
[[nodiscard]] wire::AdminResult<std::vector<Part>> ask_workers_in_slices(
    Workers& workers, const Maker& make_job
) {
    auto parts = workers.ask_all_in_slices<Part>(kAdminPatience, make_job);
    if (!parts) {
        return unexpected(unresponsive());
    }
    return *std::move(parts);
}

}  // namespace telex::server
