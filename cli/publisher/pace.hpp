#pragma once
// The times at which messages of an even rate are due. Pure. A sender that is late catches up.
#include <algorithm>
#include <chrono>
#include <cstdint>

namespace telex::cli {

class Pace {
public:
    using Seconds = std::chrono::duration<double>;

    explicit Pace(Seconds interval) : interval_(interval) {}

    static Pace of_rate(std::uint64_t messages_per_second) {
        return Pace(Seconds(1.0 / static_cast<double>(messages_per_second)));
    }

    // Returns when message `number`, from 0, is due, counted from the first.
    Seconds due(std::uint64_t number) const { return interval_ * static_cast<double>(number); }

    // Returns how long to wait for it when `elapsed` has passed.
    std::chrono::milliseconds wait(std::uint64_t number, Seconds elapsed) const {
        const auto left = std::chrono::floor<std::chrono::milliseconds>(due(number) - elapsed);
        return std::max(left, std::chrono::milliseconds(0));
    }

private:
    Seconds interval_;
};

}  // namespace telex::cli
