#include "cli/commands/status_text.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace telex::cli {
namespace {

v1::ServerInfo sample_info() {
    v1::ServerInfo info;
    info.set_server_name("telex");
    info.set_server_version("1.0.0");
    info.set_process_id(42);
    info.set_reactors(2);
    info.set_memory_budget_bytes(std::uint64_t{256} << 20U);
    info.set_started_unix_nanoseconds(1'000'000'000);
    v1::ListenerInfo* listener = info.add_listeners();
    listener->set_name("native");
    listener->set_protocol("telex");
    listener->set_framing("protobuf-delimited");
    listener->add_addresses("tcp://127.0.0.1:4650");
    listener->add_addresses("unix:///run/telex.sock");
    return info;
}

v1::ServerStats sample_stats() {
    v1::ServerStats stats;
    stats.set_connections(3);
    stats.set_connections_total(5);
    (*stats.mutable_dropped_messages())["slow_oldest"] = 7;
    (*stats.mutable_dropped_messages())["slow_newest"] = 0;
    (*stats.mutable_refusals())["BAD_SUBJECT"] = 2;
    stats.set_captured_messages(9);
    (*stats.mutable_refused_publications())["STREAM_FULL"] = 4;
    return stats;
}

TEST(StatusText, ShowsAllAddressesOfAListener) {
    const auto now = std::chrono::seconds(1) + std::chrono::hours(25) + std::chrono::seconds(3);
    const std::string text = status_text(sample_info(), sample_stats(), now);
    EXPECT_THAT(
        text,
        testing::StartsWith(
            "telex 1.0.0  pid 42  up 1d 01:00:03  2 reactors  memory budget 256MiB\n"
        )
    );
    EXPECT_THAT(
        text,
        testing::HasSubstr("native          telex     protobuf-delimited  tcp://127.0.0.1:4650\n"
                           "                                              unix:///run/telex.sock\n")
    );
}

TEST(StatusText, OmitsZeroCounts) {
    const std::string text = status_text(sample_info(), sample_stats(), std::chrono::seconds(1));
    EXPECT_THAT(
        text, testing::HasSubstr("connections                              3  5 in total\n")
    );
    EXPECT_THAT(
        text, testing::HasSubstr("dropped messages\n  slow_oldest                              7\n")
    );
    EXPECT_THAT(text, testing::Not(testing::HasSubstr("slow_newest")));
    EXPECT_THAT(
        text, testing::HasSubstr("refusals\n  BAD_SUBJECT                              2\n")
    );
    EXPECT_THAT(text, testing::HasSubstr("captured messages                        9\n"));
    EXPECT_THAT(
        text,
        testing::HasSubstr("refused publications\n  STREAM_FULL                              4\n")
    );
    EXPECT_THAT(text, testing::HasSubstr("closed connections: none\n"));
}

TEST(StatusText, EscapesTheServersName) {
    v1::ServerInfo info = sample_info();
    info.set_server_name("\x1B[2J");
    const std::string text = status_text(info, sample_stats(), std::chrono::seconds(1));
    EXPECT_EQ(text.find('\x1B'), std::string::npos);
}

TEST(StatusJson, IsOneLineWithZeros) {
    const std::string json = status_json(sample_info(), sample_stats());
    EXPECT_EQ(std::count(json.begin(), json.end(), '\n'), 1);
    EXPECT_THAT(json, testing::StartsWith("{\"info\":{"));
    EXPECT_THAT(json, testing::HasSubstr("\"unroutedMessages\":\"0\""));
    EXPECT_THAT(json, testing::HasSubstr("\"slow_oldest\":\"7\""));
}

}  // namespace
}  // namespace telex::cli
