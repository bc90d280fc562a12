#pragma once
// The charges of one shard for messages that are under way to other reactors. When memory is short
// they count apart from the memory of clients: they are about to be freed, or held by clients
// there.
//
// Thread: the shard's.
#include "exchange/memory_budget.hpp"

#include <cstddef>

namespace telex::exchange {

class ForwardCharges {
public:
    explicit ForwardCharges(BudgetAccount& account) : account_(account) {}

    void add(std::size_t bytes) {
        account_.charge(bytes);
        bytes_ += bytes;
    }

    void remove(std::size_t bytes) {
        account_.release(bytes);
        bytes_ -= bytes;
    }

    std::size_t bytes() const { return bytes_; }

private:
    BudgetAccount& account_;
    std::size_t bytes_ = 0;
};

}  // namespace telex::exchange
