#include "server/connection/send_progress.hpp"

#include "base/time.hpp"

#include <gtest/gtest.h>

namespace telex::server {
namespace {

using std::chrono::seconds;

constexpr TimePoint kObservedAt{seconds(100)};
constexpr TimePoint kNeverTaken{};

TEST(SendProgress, NeedsNoObservationOfAnIdlePeer) {
    SendProgress progress;
    EXPECT_FALSE(progress.needs_observation(0, false));
    EXPECT_TRUE(progress.needs_observation(100, false));
    progress.observe(kObservedAt, 100, 0, false);
    EXPECT_FALSE(progress.needs_observation(100, false));
    EXPECT_TRUE(progress.needs_observation(100, true));
}

TEST(SendProgress, SeesABacklogBeingTaken) {
    SendProgress progress;
    progress.observe(kObservedAt, 1'000, 1'000, true);
    EXPECT_EQ(progress.last_taken(), kNeverTaken);
    progress.observe(kObservedAt + seconds(1), 1'000, 400, true);
    EXPECT_EQ(progress.last_taken(), kObservedAt + seconds(1));
    progress.observe(kObservedAt + seconds(2), 1'000, 400, true);
    EXPECT_EQ(progress.last_taken(), kObservedAt + seconds(1));
}

// The system of a dead peer's host may take what is written without the program.
TEST(SendProgress, DoesNotCountWhatIsTakenWithoutABacklog) {
    SendProgress progress;
    progress.observe(kObservedAt, 100, 0, false);
    progress.observe(kObservedAt + seconds(1), 200, 0, false);
    EXPECT_EQ(progress.last_taken(), kNeverTaken);
}

}  // namespace
}  // namespace telex::server
