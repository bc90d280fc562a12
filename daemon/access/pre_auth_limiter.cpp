#include "access/pre_auth_limiter.hpp"

#include <algorithm>

namespace telex::access {

bool PreAuthLimiter::enter(const std::string& source) {
    if (present_ >= slots_) {
        return false;
    }
    if (!source.empty()) {
        std::uint32_t& of_source = present_of_[source];
        if (of_source >= std::max(1U, slots_ / 4)) {
            return false;
        }
        ++of_source;
    }
    ++present_;
    return true;
}

void PreAuthLimiter::leave(const std::string& source) {
    --present_;
    const auto found = present_of_.find(source);
    if (found != present_of_.end() && --found->second == 0) {
        present_of_.erase(found);
    }
}

bool PreAuthLimiter::may_try(const std::string& source, TimePoint now) const {
    const auto found = forgiven_at_.find(source);
    return found == forgiven_at_.end() || found->second <= now + (kFailures - 1) * kForgiveness;
}

void PreAuthLimiter::has_failed(const std::string& source, TimePoint now) {
    if (source.empty()) {
        return;
    }
    if (forgiven_at_.size() >= kMostSources && !forgiven_at_.contains(source)) {
        forget_some(now);
    }
    TimePoint& forgiven = forgiven_at_.try_emplace(source, now).first->second;
    forgiven = std::max(forgiven, now) + kForgiveness;
}

// A source without remaining failures; otherwise the one that recovers first.
void PreAuthLimiter::forget_some(TimePoint now) {
    std::erase_if(forgiven_at_, [now](const auto& entry) { return entry.second <= now; });
    if (forgiven_at_.size() >= kMostSources) {
        forgiven_at_.erase(std::min_element(
            forgiven_at_.begin(),
            forgiven_at_.end(),
            [](const auto& left, const auto& right) { return left.second < right.second; }
        ));
    }
}

}  // namespace telex::access
