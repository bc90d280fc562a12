#pragma once
// The charge of one large body that is under way to several reactors: its bytes exist once, so they
// are charged once, until the last of the batches has come back.
//
// Thread: the shard's that sends the batches. A batch that is destroyed elsewhere releases nothing:
// then the shard has ended, too.
#include "exchange/memory_budget.hpp"

#include <cstddef>
#include <memory>

namespace telex::exchange {

class SharedCharge {
public:
    // Smaller bodies are charged for each batch: that is cheaper than to share.
    static constexpr std::size_t kLeast = 64U << 10U;

    SharedCharge(BudgetAccount& account, std::size_t bytes) : account_(account), bytes_(bytes) {
        account_.charge(bytes_);
    }

    SharedCharge(const SharedCharge&) = delete;
    SharedCharge& operator=(const SharedCharge&) = delete;

    void add_batch() { ++batches_; }

    // A batch has come back.
    void remove_batch() {
        if (--batches_ == 0) {
            account_.release(bytes_);
        }
    }

private:
    BudgetAccount& account_;
    const std::size_t bytes_;
    std::size_t batches_ = 0;
};

using SharedChargePtr = std::shared_ptr<SharedCharge>;

}  // namespace telex::exchange
