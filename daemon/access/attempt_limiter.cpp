#include "access/attempt_limiter.hpp"

#include <algorithm>

namespace telex::access {

namespace {

constexpr auto kFailureTime =
    Clock::duration(std::chrono::seconds(1)) / AttemptLimiter::kFailuresPerSecond;
constexpr auto kAtOnceTime = kFailureTime * AttemptLimiter::kFailuresAtOnce;

// When the next attempt of all sources may be checked; in the past if it may be now.
TimePoint next_turn(TimePoint used_until) {
    return used_until + kFailureTime - kAtOnceTime;
}

}  // namespace

std::optional<AttemptLimiter::Turn> AttemptLimiter::take_turn(
    const std::string& source, TimePoint now
) {
    if (is_penalised(source, now)) {
        return std::nullopt;
    }
    const TimePoint turn = next_turn(used_until_);
    if (turn <= now) {
        return Turn{.at = now, .reserved = false};
    }
    if (turn - now > kLongestWait) {
        return std::nullopt;
    }
    used_until_ += kFailureTime;
    return Turn{.at = turn, .reserved = true};
}

void AttemptLimiter::give_back_turn() {
    used_until_ -= kFailureTime;
}

bool AttemptLimiter::may_try(const std::string& source, TimePoint now) const {
    return !is_penalised(source, now) && next_turn(used_until_) <= now;
}

void AttemptLimiter::has_failed(const std::string& source, TimePoint now, bool reserved) {
    if (!reserved) {
        used_until_ = std::max(used_until_, now) + kFailureTime;
    }
    if (source.empty()) {
        return;
    }
    if (forgiven_at_.size() >= kMostSources && !forgiven_at_.contains(source)) {
        forget_some(now);
    }
    TimePoint& forgiven = forgiven_at_.try_emplace(source, now).first->second;
    forgiven = std::max(forgiven, now) + kForgiveness;
}

bool AttemptLimiter::is_penalised(const std::string& source, TimePoint now) const {
    const auto found = forgiven_at_.find(source);
    return found != forgiven_at_.end() && found->second > now + (kFailures - 1) * kForgiveness;
}

// A source without remaining failures; otherwise the one that recovers first.
void AttemptLimiter::forget_some(TimePoint now) {
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
