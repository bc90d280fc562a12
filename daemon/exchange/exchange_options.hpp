#pragma once
#include <cstddef>

namespace telex::exchange {

struct ExchangeOptions {
    std::size_t memory_budget_bytes = 256U << 20U;
    // Pending requests on each reactor.
    std::size_t max_open_requests = 100'000;
};

}  // namespace telex::exchange
