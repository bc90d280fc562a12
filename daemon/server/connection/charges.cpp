#include "server/connection/charges.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace telex::server {

namespace {

// Returns what all connections of the user hold.
std::int64_t change(access::Usage& usage, std::size_t more, std::size_t less) {
    const auto difference = static_cast<std::int64_t>(more) - static_cast<std::int64_t>(less);
    return usage.pending_bytes.fetch_add(difference, std::memory_order_relaxed) + difference;
}

}  // namespace

void Charges::update(std::size_t bytes, const access::User* user) {
    if (bytes > bytes_) {
        account_.charge(bytes - bytes_);
        account_.settle_growth();
    } else {
        account_.release(bytes_ - bytes);
    }
    update_user(bytes, user);
    bytes_ = bytes;
}

void Charges::update_user(std::size_t bytes, const access::User* user) {
    const bool limited = user != nullptr && user->limits.max_pending_bytes;
    if (usage_ && (!limited || usage_ != user->usage)) {
        change(*usage_, 0, bytes_);
        usage_ = nullptr;
    }
    pending_limit_ = usual_limit_;
    if (limited) {
        const std::int64_t all = change(*user->usage, bytes, usage_ ? bytes_ : 0);
        usage_ = user->usage;
        if (all > static_cast<std::int64_t>(*user->limits.max_pending_bytes)) {
            pending_limit_ = std::min(usual_limit_, kPendingOverUserLimit);
        }
    }
}

}  // namespace telex::server
