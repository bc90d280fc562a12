#include "cli/commands/top_screen.hpp"

#include "base/time.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::cli {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

const TopColumn& kPending = kTopColumns[0];
const TopColumn& kReceived = kTopColumns[1];

Snapshot snapshot_at(std::chrono::seconds time, std::uint64_t messages) {
    Snapshot snapshot;
    snapshot.at = TimePoint(time);
    snapshot.info.set_server_name("telex");
    snapshot.stats.set_received_messages(messages);
    (*snapshot.stats.mutable_dropped_messages())["slow_newest"] = messages / 2;
    auto& reactor = *snapshot.stats.add_reactors();
    reactor.set_cpu_nanoseconds(static_cast<std::int64_t>(messages) * 1'000'000);
    auto& connection = *snapshot.connections.add_connections();
    connection.set_number(7);
    connection.set_client_name("sensor\x1b[31m");
    connection.set_received_bytes(messages * 1024);
    auto& subject = *snapshot.subjects.add_subjects();
    subject.set_subject("a.b");
    subject.set_messages(messages);
    return snapshot;
}

TEST(TopScreen, ShowsRatesBetweenTwoSnapshots) {
    const std::string text = top_screen(snapshot_at(10s, 1000), snapshot_at(12s, 3000), kPending);
    EXPECT_THAT(text, HasSubstr("received 1.0k/s"));
    EXPECT_THAT(text, HasSubstr("dropped 500/s"));
    EXPECT_THAT(text, HasSubstr("reactors   0: 100 %\n"));
    EXPECT_THAT(text, HasSubstr("connections, by pending\n"));
    EXPECT_THAT(text, HasSubstr("1000 KiB"));
    EXPECT_THAT(text, HasSubstr("1.0k   3000  a.b\n"));
}

TEST(TopScreen, SortsByTheRateNotByTheTotal) {
    Snapshot before = snapshot_at(10s, 1000);
    Snapshot now = before;
    now.at += 1s;
    for (Snapshot* const snapshot : {&before, &now}) {
        auto& busy = *snapshot->connections.add_connections();
        busy.set_number(8);
        busy.set_client_name("busy");
    }
    now.connections.mutable_connections(1)->set_received_bytes(10);
    now.connections.mutable_connections(1)->set_received_frames(2);
    const std::string text = top_screen(before, now, kReceived);
    EXPECT_THAT(text, HasSubstr("connections, by received\n"));
    EXPECT_LT(text.find("busy"), text.find("sensor"));
    EXPECT_THAT(text, HasSubstr("     2  10 B"));
}

TEST(TopScreen, StartsAtZeroAfterARestart) {
    const std::string text =
        top_screen(snapshot_at(10s, 1'000'000), snapshot_at(11s, 50), kPending);
    EXPECT_THAT(text, HasSubstr("received 50/s"));
}

TEST(TopScreen, EscapesClientNames) {
    EXPECT_THAT(
        top_screen(snapshot_at(1s, 1), snapshot_at(2s, 2), kPending), Not(HasSubstr("\x1b"))
    );
}

TEST(Fitted, CutsBetweenCharacters) {
    EXPECT_EQ(fitted("abc\nøøø\nx\n", 2, 2), "ab\nøø\n");
    EXPECT_EQ(fitted("a", 5, 5), "a\n");
    EXPECT_EQ(fitted("", 5, 5), "");
    EXPECT_EQ(fitted("a\n", 0, 5), "");
}

}  // namespace
}  // namespace telex::cli
