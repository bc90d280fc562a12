#include "router/deadline_heap.hpp"

#include "base/time.hpp"
#include "match/random.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <vector>

namespace telex::router {
namespace {

TEST(DeadlineHeap, AgreesWithASortedMapUnderRandomChurn) {
    match::SplitMix64 random(3);
    DeadlineHeap heap;
    std::vector<std::uint32_t> positions(500);
    std::multimap<TimePoint, std::uint32_t> model;
    std::vector<std::uint32_t> free_slots;
    for (std::uint32_t slot = 0; slot < positions.size(); ++slot) {
        free_slots.push_back(slot);
    }
    const auto moved = [&](std::uint32_t slot, std::uint32_t position) {
        positions[slot] = position;
    };
    for (int step = 0; step < 20'000; ++step) {
        const bool add = model.empty() || (!free_slots.empty() && random.below(2) == 0);
        if (add) {
            const TimePoint deadline{std::chrono::milliseconds(random.below(1000))};
            model.emplace(deadline, free_slots.back());
            heap.push({deadline, free_slots.back()}, moved);
            free_slots.pop_back();
        } else {
            auto at = model.begin();
            std::advance(at, static_cast<std::ptrdiff_t>(random.below(model.size())));
            heap.erase(positions[at->second], moved);
            free_slots.push_back(at->second);
            model.erase(at);
        }
        ASSERT_EQ(heap.size(), model.size());
        if (!heap.empty()) {
            ASSERT_EQ(heap.front().deadline, model.begin()->first);
            ASSERT_EQ(positions[heap.front().slot], 0U);
        }
    }
}

}  // namespace
}  // namespace telex::router
