#include "server/admin/trace_slots.hpp"

#include "base/time.hpp"

#include <gtest/gtest.h>

namespace telex::server {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kTraceStart{};
constexpr auto kForgotten = exchange::Tracer::kForgottenAfter;

TEST(TraceSlots, EveryTraceHasAnotherNumberAndAFreeSlot) {
    TraceSlots slots;
    for (unsigned i = 0; i < exchange::Tracer::kSlots; ++i) {
        const auto running = slots.take(kTraceStart);
        ASSERT_TRUE(running);
        EXPECT_EQ(running->slot, i);
        EXPECT_EQ(running->trace, i + 1);
    }
    EXPECT_FALSE(slots.take(kTraceStart));
    slots.release(2);
    const auto next = slots.take(kTraceStart);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->slot, 2U);
    EXPECT_EQ(next->trace, exchange::Tracer::kSlots + 1);
    EXPECT_FALSE(slots.find(3, kTraceStart)) << "the slot has another trace now";
}

TEST(TraceSlots, ReleaseTheSlotOfAnUnpolledTrace) {
    TraceSlots slots;
    for (unsigned i = 0; i < exchange::Tracer::kSlots; ++i) {
        ASSERT_TRUE(slots.take(kTraceStart));
    }
    EXPECT_TRUE(slots.find(1, kTraceStart + kForgotten));
    EXPECT_FALSE(slots.find(2, kTraceStart + kForgotten + 1ms));
    EXPECT_EQ(slots.take(kTraceStart + kForgotten + 1ms)->slot, 1U);
    EXPECT_TRUE(slots.find(1, kTraceStart + kForgotten + 1ms)) << "it was asked for meanwhile";
}

TEST(Tracer, EndsUnpolledTraces) {
    exchange::Tracer tracer;
    EXPECT_TRUE(tracer.idle());
    tracer.begin(1, {.filter = "a"}, kTraceStart);
    tracer.begin(3, {.filter = "a"}, kTraceStart);
    (void)tracer.collect(3, kTraceStart + 1ms);
    tracer.tick(kTraceStart + kForgotten);
    EXPECT_FALSE(tracer.idle());
    tracer.tick(kTraceStart + kForgotten + 1ms);
    EXPECT_FALSE(tracer.idle()) << "one was asked for later";
    tracer.tick(kTraceStart + kForgotten + 2ms);
    EXPECT_TRUE(tracer.idle());
}

}  // namespace
}  // namespace telex::server
