#include "admin/commands.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace telex::admin {
namespace {

using ::testing::HasSubstr;

using Query = decltype(http::Request::query);

// Reads the query of `/api/v1/NAME`.
template <class Message>
[[nodiscard]] wire::AdminResult<Message> read(std::string_view name, bool post, Query query) {
    const Command* const command = find_command(name);
    http::Request request;
    request.query = std::move(query);
    Message message;
    return read_parameters(request, post ? command->post.value() : command->get.value(), message)
        .map([&] { return message; });
}

[[nodiscard]] wire::AdminResult<v1::ListConnections> connections(Query query) {
    return read<v1::ListConnections>("connections", false, std::move(query));
}

[[nodiscard]] wire::AdminResult<v1::ListSubscriptions> subscriptions(Query query) {
    return read<v1::ListSubscriptions>("subscriptions", false, std::move(query));
}

[[nodiscard]] wire::AdminResult<v1::ListSubjects> subjects(Query query) {
    return read<v1::ListSubjects>("subjects", false, std::move(query));
}

[[nodiscard]] wire::AdminResult<v1::ListListeners> listeners(Query query) {
    return read<v1::ListListeners>("listeners", false, std::move(query));
}

[[nodiscard]] wire::AdminResult<v1::Kick> kick(Query query) {
    return read<v1::Kick>("kick", true, std::move(query));
}

[[nodiscard]] wire::AdminResult<v1::SetLogLevel> log_level(Query query) {
    return read<v1::SetLogLevel>("log-level", true, std::move(query));
}

[[nodiscard]] wire::AdminResult<v1::Reload> reload(Query query) {
    return read<v1::Reload>("reload", true, std::move(query));
}

template <class Function>
std::string error_of(Function read, Query query) {
    const auto result = read(std::move(query));
    if (result) {
        return "";
    }
    EXPECT_EQ(result.error().code(), v1::AdminError::INVALID_ARGUMENT);
    return result.error().message();
}

TEST(Commands, AreFoundByName) {
    for (const Command& command : commands()) {
        EXPECT_EQ(find_command(command.name), &command) << "each name once";
        EXPECT_EQ(command.subject(), "$SYS.admin." + std::string(command.name));
    }
    EXPECT_EQ(find_command("unknown"), nullptr);
    EXPECT_EQ(find_command(""), nullptr);
}

TEST(Parameters, SetFieldsOfNestedMessages) {
    const auto add = read<v1::AddStream>(
        "stream-add",
        true,
        {{"name", "orders"},
         {"subjects", "orders.>"},
         {"subjects", "bills.*"},
         {"discard", "newest"},
         {"max_messages", "5"},
         {"duplicate_window_ms", "0"},
         {"allow_ttl", "true"}}
    );
    ASSERT_TRUE(add);
    const v1::StreamConfig& config = add->config();
    EXPECT_EQ(config.name(), "orders");
    ASSERT_EQ(config.subjects_size(), 2);
    EXPECT_EQ(config.subjects(1), "bills.*");
    EXPECT_EQ(config.discard(), v1::StreamConfig::NEWEST);
    EXPECT_EQ(config.max_messages(), 5U);
    EXPECT_TRUE(config.has_duplicate_window_ms()) << "0 is not the default";
    EXPECT_TRUE(config.allow_ttl());
}

TEST(Parameters, OfStreamsAreChecked) {
    const auto add = [](Query query) {
        return read<v1::AddStream>("stream-add", true, std::move(query));
    };
    EXPECT_EQ(error_of(add, {{"subjects", "a"}}), "name: must be given");
    EXPECT_EQ(error_of(add, {{"name", "s"}}), "subjects: must be given");
    EXPECT_EQ(
        error_of(add, {{"name", "s"}, {"name", "t"}, {"subjects", "a"}}),
        "name: is given more than once"
    );
    EXPECT_THAT(
        error_of(add, {{"name", "s"}, {"subjects", "a"}, {"force", "true"}}),
        HasSubstr("unknown parameter")
    );
    const auto change = [](Query query) {
        return read<v1::ChangeStream>("stream-change", true, std::move(query));
    };
    EXPECT_EQ(error_of(change, {{"name", "s"}, {"subjects", "a"}, {"force", "true"}}), "");
}

TEST(Parameters, OfConsumersAreChecked) {
    const auto pause = [](Query query) {
        return read<v1::PauseConsumer>("consumer-pause", true, std::move(query));
    };
    EXPECT_EQ(error_of(pause, {{"stream", "s"}, {"name", "c"}}), "time_ms: must be given");
    EXPECT_EQ(error_of(pause, {{"stream", "s"}, {"name", "c"}, {"time_ms", "0"}}), "");
    const auto remove = [](Query query) {
        return read<v1::RemoveConsumer>("consumer-remove", true, std::move(query));
    };
    EXPECT_EQ(error_of(remove, {{"name", "c"}}), "stream: must be given");
    EXPECT_EQ(error_of(remove, {{"stream", "s"}, {"name", "c"}}), "");
    EXPECT_THAT(
        error_of(remove, {{"stream", "s"}, {"name", "c"}, {"time_ms", "1"}}),
        HasSubstr("unknown parameter")
    );
}

TEST(Commands, OfStreamsReadByGetAndChangeByPost) {
    for (const char* name : {"streams", "stream", "storage", "consumers", "consumer"}) {
        EXPECT_TRUE(find_command(name)->get) << name;
        EXPECT_FALSE(find_command(name)->post) << name;
    }
    for (const char* name :
         {"stream-add",
          "stream-change",
          "stream-remove",
          "stream-purge",
          "stream-erase",
          "consumer-remove",
          "consumer-pause"}) {
        EXPECT_FALSE(find_command(name)->get) << name;
        EXPECT_TRUE(find_command(name)->post) << name;
    }
    EXPECT_FALSE(find_command("stream-get")->get) << "messages are not for every process";
}

TEST(Commands, WithoutARouteAreNotServedOverHttp) {
    EXPECT_FALSE(find_command("trace")->get) << "it starts something";
    EXPECT_FALSE(find_command("kick")->get) << "GET changes nothing";
}

TEST(Parameters, SelectConnections) {
    const auto query = connections(
        {{"sort", "pending"},
         {"limit", "5"},
         {"listener", "native"},
         {"number", "42"},
         {"closed", "true"}}
    );
    ASSERT_TRUE(query);
    EXPECT_EQ(query->order(), v1::ListConnections::BY_PENDING_BYTES);
    EXPECT_EQ(query->limit(), 5U);
    EXPECT_EQ(query->listener(), "native");
    EXPECT_EQ(query->number(), 42U);
    EXPECT_TRUE(query->closed());
}

TEST(Parameters, SelectEachOrder) {
    const std::pair<const char*, v1::ListConnections::Order> words[] = {
        {"number", v1::ListConnections::BY_NUMBER},
        {"pending", v1::ListConnections::BY_PENDING_BYTES},
        {"received", v1::ListConnections::BY_RECEIVED_BYTES},
        {"sent", v1::ListConnections::BY_SENT_BYTES},
        {"subscriptions", v1::ListConnections::BY_SUBSCRIPTIONS},
        {"dropped", v1::ListConnections::BY_DROPPED_MESSAGES},
        {"receives", v1::ListConnections::BY_RECEIVED_BYTES_PER_SECOND},
        {"sends", v1::ListConnections::BY_SENT_BYTES_PER_SECOND},
    };
    for (const auto& [word, order] : words) {
        EXPECT_EQ(connections({{"sort", word}})->order(), order) << word;
    }
}

TEST(Parameters, SelectSubscriptionsAndSubjects) {
    const auto query =
        subscriptions({{"limit", "5"}, {"connection", "42"}, {"subject", "orders.new"}});
    ASSERT_TRUE(query);
    EXPECT_EQ(query->limit(), 5U);
    EXPECT_EQ(query->connection(), 42U);
    EXPECT_EQ(query->subject(), "orders.new");
    EXPECT_EQ(subjects({{"limit", "7"}})->limit(), 7U);
    EXPECT_EQ(subjects({{"limit", "99999999999"}})->limit(), UINT32_MAX);
}

TEST(Parameters, SelectTheRangeOfTheHistory) {
    const auto history = [](Query query) {
        return read<v1::GetHistory>("history", false, std::move(query));
    };
    EXPECT_EQ(history({})->range(), v1::GetHistory::LAST_5_MINUTES);
    const std::pair<const char*, v1::GetHistory::Range> words[] = {
        {"5m", v1::GetHistory::LAST_5_MINUTES},
        {"15m", v1::GetHistory::LAST_15_MINUTES},
        {"1h", v1::GetHistory::LAST_HOUR},
        {"6h", v1::GetHistory::LAST_6_HOURS},
        {"24h", v1::GetHistory::LAST_24_HOURS},
    };
    for (const auto& [word, range] : words) {
        EXPECT_EQ(history({{"range", word}})->range(), range) << word;
    }
    EXPECT_EQ(error_of(history, {{"range", "7d"}}), "range: one of 5m, 15m, 1h, 6h, 24h");
}

TEST(Parameters, SelectPages) {
    const auto query = connections({{"search", "a b"}, {"after", "1-2-3"}, {"reverse", "true"}});
    ASSERT_TRUE(query);
    EXPECT_EQ(query->search(), "a b");
    EXPECT_EQ(query->after(), "1-2-3");
    EXPECT_TRUE(query->reverse());
    const auto other = subscriptions({{"sort", "held"}, {"search", "x"}, {"reverse", "true"}});
    ASSERT_TRUE(other);
    EXPECT_EQ(other->order(), v1::ListSubscriptions::BY_HELD_MESSAGES);
    EXPECT_EQ(other->search(), "x");
    EXPECT_TRUE(other->reverse());
}

TEST(Parameters, SelectATrace) {
    const auto trace =
        read<v1::Trace>("trace", true, {{"connection", "7"}, {"filter", "a.>"}, {"sample", "10"}});
    ASSERT_TRUE(trace);
    EXPECT_EQ(trace->connection(), 7U);
    EXPECT_EQ(trace->filter(), "a.>");
    EXPECT_EQ(trace->sample(), 10U);
    EXPECT_TRUE(read<v1::Trace>("trace", true, {{"trace", "1"}, {"end", "true"}})->end());
}

TEST(Parameters, FillCommands) {
    const auto request = kick({{"connection", "42"}, {"reason", "too loud"}});
    ASSERT_TRUE(request);
    EXPECT_EQ(request->connection(), 42U);
    EXPECT_EQ(request->reason(), "too loud");
    EXPECT_EQ(log_level({{"level", "debug"}})->level(), "debug");
    EXPECT_FALSE(reload({})->dry_run());
    EXPECT_TRUE(reload({{"dry_run", "true"}})->dry_run());
}

TEST(Parameters, OfACommandAreAllChecked) {
    EXPECT_EQ(error_of(kick, {}), "connection: must be given");
    EXPECT_EQ(error_of(kick, {{"connection", ""}}), "connection: must be given");
    EXPECT_THAT(error_of(kick, {{"connection", "x"}}), HasSubstr("connection: "));
    EXPECT_THAT(error_of(kick, {{"number", "1"}}), HasSubstr("allowed are connection, reason"));
    EXPECT_EQ(error_of(kick, {{"connection", "1"}, {"reason", "\xff"}}), "reason: is not UTF-8");
    EXPECT_EQ(error_of(log_level, {}), "level: must be given");
    EXPECT_EQ(error_of(reload, {{"dry_run", "yes"}}), "dry_run: true or false");
    EXPECT_THAT(error_of(reload, {{"dry-run", "true"}}), HasSubstr("allowed are dry_run"));
}

TEST(Parameters, MayBeAbsent) {
    EXPECT_FALSE(connections({})->closed());
    EXPECT_EQ(subscriptions({})->limit(), 0U);
    EXPECT_TRUE(listeners({}));
}

TEST(Parameters, OfFlagsAreTrueOrFalse) {
    EXPECT_FALSE(connections({{"closed", "false"}})->closed());
    for (const char* value : {"1", "0", "yes", "TRUE", "true ", ""}) {
        EXPECT_EQ(error_of(connections, {{"closed", value}}), "closed: true or false") << value;
    }
}

TEST(Parameters, WithInvalidNumbersAndWordsAreRejected) {
    EXPECT_THAT(error_of(connections, {{"limit", "many"}}), HasSubstr("limit: "));
    EXPECT_THAT(error_of(connections, {{"number", "-1"}}), HasSubstr("number: "));
    EXPECT_THAT(
        error_of(connections, {{"sort", "size"}}), HasSubstr("sort: one of number, pending")
    );
    EXPECT_THAT(error_of(subscriptions, {{"connection", "1e3"}}), HasSubstr("connection: "));
}

TEST(Parameters, OfOtherCommandsAreRejected) {
    EXPECT_THAT(
        error_of(connections, {{"subject", "a"}}),
        HasSubstr("allowed are sort, limit, listener, number, closed, search, after, reverse")
    );
    EXPECT_THAT(
        error_of(subscriptions, {{"closed", "true"}}),
        HasSubstr("allowed are sort, limit, connection, subject, search, after, reverse")
    );
    EXPECT_THAT(error_of(subjects, {{"Limit", "1"}}), HasSubstr("allowed are limit"));
    EXPECT_EQ(error_of(listeners, {{"limit", "1"}}), "no parameters are allowed here");
}

TEST(Parameters, AreGivenOnce) {
    EXPECT_EQ(
        error_of(connections, {{"limit", "1"}, {"limit", "2"}}), "limit: is given more than once"
    );
}

}  // namespace
}  // namespace telex::admin
