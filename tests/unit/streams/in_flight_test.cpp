#include "streams/in_flight.hpp"

#include "simulation_seeds.hpp"

#include <gtest/gtest.h>

#include <iterator>
#include <set>

namespace telex::streams {
namespace {

TEST(InFlight, AgreesWithASet) {
    test::Dice dice(5);
    InFlight flights;
    std::set<Sequence> model;
    Sequence last = 0;
    for (int step = 0; step < 20'000; ++step) {
        if (dice.one_in(2) || model.empty()) {
            last += 1 + (dice.one_in(5) ? dice.below(9) : 0);
            flights.add({.sequence = last});
            model.insert(last);
        } else {
            const auto distance = static_cast<std::ptrdiff_t>(dice.below(model.size()));
            const auto chosen = std::next(model.begin(), distance);
            flights.settle(*flights.find(*chosen));
            EXPECT_EQ(flights.find(*chosen), nullptr);
            model.erase(chosen);
        }
        ASSERT_EQ(flights.size(), model.size());
        if (!model.empty()) {
            ASSERT_EQ(flights.first(), *model.begin());
            const Sequence probe = *model.begin() + dice.below(last);
            ASSERT_EQ(flights.find(probe) != nullptr, model.contains(probe));
        }
    }
    std::set<Sequence> listed;
    flights.for_each([&](const Flight& flight) { listed.insert(flight.sequence); });
    EXPECT_EQ(listed, model);
}

// One record that is never settled does not hold the memory of those after it.
TEST(InFlight, SettledFlightsTakeNoMemory) {
    InFlight flights;
    flights.add({.sequence = 1});
    for (Sequence sequence = 2; sequence < 100'000; ++sequence) {
        flights.settle(flights.add({.sequence = sequence}));
    }
    EXPECT_EQ(flights.first(), 1U);
    EXPECT_LT(flights.memory_bytes(), 20'000U);
}

}  // namespace
}  // namespace telex::streams
