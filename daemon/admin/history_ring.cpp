#include "admin/history_ring.hpp"

#include <algorithm>

namespace telex::admin {

HistoryRing::HistoryRing(std::chrono::seconds step, std::size_t points)
    : step_(step), points_(points) {}

void HistoryRing::add(TimePoint now, const v1::ServerStats& stats) {
    if (!before_) {
        first_ = now;
        before_ = Sample{0, now, stats};
        return;
    }
    const std::uint32_t step = step_at(now);
    if (step <= before_->step) {
        return;
    }
    if (step == before_->step + 1) {
        points_[step % points_.size()] = {
            step, figures_between(before_->stats, stats, now - before_->taken)
        };
    }
    before_ = Sample{step, now, stats};
}

std::optional<TimePoint> HistoryRing::describe(
    TimePoint now, std::chrono::seconds range, v1::History& to
) const {
    to.set_step_seconds(static_cast<std::uint32_t>(step_.count()));
    if (!before_) {
        return std::nullopt;
    }
    // The current step has its sample at its end.
    const std::uint32_t current = step_at(now);
    const std::uint32_t newest = std::max(before_->step, current == 0 ? 0 : current - 1);
    if (newest == 0) {
        return std::nullopt;
    }
    for (std::uint32_t step = oldest(newest, range); step <= newest; ++step) {
        add_figures(to, figures_of(step));
    }
    return end_of(newest);
}

// Rounded, so that a sample may come a little early or late.
std::uint32_t HistoryRing::step_at(TimePoint when) const {
    const auto since = std::max(when - first_, TimePoint::duration::zero());
    return static_cast<std::uint32_t>((since + step_ / 2) / step_);
}

HistoryFigures HistoryRing::figures_of(std::uint32_t step) const {
    const Point& point = points_[step % points_.size()];
    return point.step == step ? point.figures : HistoryFigures{};
}

std::uint32_t HistoryRing::oldest(std::uint32_t newest, std::chrono::seconds range) const {
    const auto wanted = std::min(static_cast<std::size_t>(range / step_), points_.size());
    return newest < wanted ? 1 : newest - static_cast<std::uint32_t>(wanted) + 1;
}

}  // namespace telex::admin
