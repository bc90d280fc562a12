#pragma once
// How much may go back to a datagram peer whose address is only claimed: for each byte that came
// from it, a number of bytes. A forged sender must not make this host send much more than the
// forger did; the number is 1, and more only for networks that an operator names.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace telex::server {

class AnswerAllowance {
public:
    // What a peer may save up by sending without getting answers: the largest datagram.
    static constexpr std::size_t kMost = std::size_t{64} << 10U;

    // Without a value there is no bound: the address is known to be the peer's.
    explicit AnswerAllowance(std::optional<std::uint32_t> factor) : factor_(factor) {}

    // Adds the bytes of a datagram that came.
    void add(std::size_t bytes) { left_ = std::min(left_ + bytes * factor_.value_or(0), kMost); }

    // Spends `bytes` for an answer. Returns false, and spends nothing, when they are too many.
    bool spend(std::size_t bytes) {
        if (!factor_) {
            return true;
        }
        if (bytes > left_) {
            return false;
        }
        left_ -= bytes;
        return true;
    }

    std::size_t left() const { return left_; }

private:
    std::optional<std::uint32_t> factor_;
    std::size_t left_ = 0;
};

}  // namespace telex::server
