#pragma once
// Limits replies to a datagram peer whose address may be forged: a number of bytes for each byte
// received. This host must not amplify forged traffic, so the factor is 1, and larger only for
// networks that the configuration names.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace telex::server {

class ReplyAllowance {
public:
    // Maximum that accumulates without replies: the largest datagram.
    static constexpr std::size_t kMaxBytes = std::size_t{64} << 10U;

    // Without a factor there is no limit: the address cannot be forged.
    explicit ReplyAllowance(std::optional<std::uint32_t> factor) : factor_(factor) {}

    // Adds the bytes of a received datagram.
    void add(std::size_t bytes) {
        left_ = std::min(left_ + bytes * factor_.value_or(0), kMaxBytes);
    }

    // Spends `bytes` for a reply. Returns false, and spends nothing, if they exceed the rest.
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
