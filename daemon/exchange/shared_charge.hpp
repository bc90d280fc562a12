#pragma once
// The charge of one large body that is under way to several reactors: its bytes exist once, so they
// are charged once, until the last of the batches has come back.
//
// Thread: the shard's that sends the batches. A batch that is destroyed elsewhere releases nothing:
// then the shard has ended, too.
#include "exchange/forward_charges.hpp"

#include <cstddef>
#include <memory>

namespace telex::exchange {

class SharedCharge {
public:
    // Smaller bodies are charged for each batch: that is cheaper than to share.
    static constexpr std::size_t kLeast = 64U << 10U;

    SharedCharge(ForwardCharges& charges, std::size_t bytes) : charges_(charges), bytes_(bytes) {
        charges_.add(bytes_);
    }

    SharedCharge(const SharedCharge&) = delete;
    SharedCharge& operator=(const SharedCharge&) = delete;

    void add_batch() { ++batches_; }

    // A batch has come back.
    void remove_batch() {
        if (--batches_ == 0) {
            charges_.remove(bytes_);
        }
    }

private:
    ForwardCharges& charges_;
    const std::size_t bytes_;
    std::size_t batches_ = 0;
};

using SharedChargePtr = std::shared_ptr<SharedCharge>;

}  // namespace telex::exchange
