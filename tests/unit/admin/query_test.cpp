#include "admin/query.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telex::admin {
namespace {

using ::testing::HasSubstr;

using Parameters = decltype(http::Request::query);

http::Request with(Parameters query) {
    http::Request request;
    request.query = std::move(query);
    return request;
}

template <class Function>
std::string problem(Function read, Parameters query) {
    const auto result = read(with(std::move(query)));
    if (result) {
        return "";
    }
    EXPECT_EQ(result.error().code(), v1::AdminError::INVALID_ARGUMENT);
    return result.error().message();
}

TEST(Query, AsksForConnections) {
    const v1::ListConnections query = connections_query(with(
                                                            {{"sort", "pending"},
                                                             {"limit", "5"},
                                                             {"listener", "native"},
                                                             {"number", "42"},
                                                             {"closed", "true"}}
                                                        ))
                                          .value();
    EXPECT_EQ(query.order(), v1::ListConnections::BY_PENDING_BYTES);
    EXPECT_EQ(query.limit(), 5U);
    EXPECT_EQ(query.listener(), "native");
    EXPECT_EQ(query.number(), 42U);
    EXPECT_TRUE(query.closed());
}

TEST(Query, AsksForSubscriptionsAndSubjects) {
    const v1::ListSubscriptions query =
        subscriptions_query(with({{"limit", "5"}, {"connection", "42"}, {"subject", "orders.new"}}))
            .value();
    EXPECT_EQ(query.limit(), 5U);
    EXPECT_EQ(query.connection(), 42U);
    EXPECT_EQ(query.subject(), "orders.new");
    EXPECT_EQ(subjects_query(with({{"limit", "7"}}))->limit(), 7U);
}

TEST(Query, OrdersWhatItSays) {
    const v1::Kick kick = kick_order(with({{"connection", "42"}, {"reason", "too loud"}})).value();
    EXPECT_EQ(kick.connection(), 42U);
    EXPECT_EQ(kick.reason(), "too loud");
    EXPECT_EQ(log_level_order(with({{"level", "debug"}}))->level(), "debug");
    EXPECT_FALSE(reload_order(with({}))->dry_run());
    EXPECT_TRUE(reload_order(with({{"dry_run", "true"}}))->dry_run());
}

TEST(Query, OrdersNothingByHalf) {
    EXPECT_EQ(problem(kick_order, {}), "connection: must be given");
    EXPECT_EQ(problem(kick_order, {{"connection", ""}}), "connection: must be given");
    EXPECT_THAT(problem(kick_order, {{"connection", "x"}}), HasSubstr("connection: "));
    EXPECT_THAT(problem(kick_order, {{"number", "1"}}), HasSubstr("has connection, reason"));
    EXPECT_EQ(
        problem(kick_order, {{"connection", "1"}, {"reason", "\xff"}}), "reason: is not UTF-8"
    );
    EXPECT_EQ(problem(log_level_order, {}), "level: must be given");
    EXPECT_EQ(problem(reload_order, {{"dry_run", "yes"}}), "dry_run: true or false");
    EXPECT_THAT(problem(reload_order, {{"dry-run", "true"}}), HasSubstr("has dry_run"));
}

TEST(Query, MayBeEmpty) {
    EXPECT_FALSE(connections_query(with({}))->closed());
    EXPECT_EQ(subscriptions_query(with({}))->limit(), 0U);
    EXPECT_TRUE(expect_no_query(with({})));
}

TEST(Query, ClosedIsTrueOrFalse) {
    EXPECT_FALSE(connections_query(with({{"closed", "false"}}))->closed());
    for (const char* value : {"1", "0", "yes", "TRUE", "true ", ""}) {
        EXPECT_EQ(problem(connections_query, {{"closed", value}}), "closed: true or false")
            << value;
    }
}

TEST(Query, NumbersAndWordsAreChecked) {
    EXPECT_THAT(problem(connections_query, {{"limit", "many"}}), HasSubstr("limit: "));
    EXPECT_THAT(problem(connections_query, {{"number", "-1"}}), HasSubstr("number: "));
    EXPECT_THAT(problem(connections_query, {{"sort", "size"}}), HasSubstr("sort: one of "));
    EXPECT_THAT(problem(subscriptions_query, {{"connection", "1e3"}}), HasSubstr("connection: "));
}

TEST(Query, APageKnowsItsOwnParametersOnly) {
    EXPECT_THAT(
        problem(connections_query, {{"subject", "a"}}),
        HasSubstr("this page has sort, limit, listener, number, closed")
    );
    EXPECT_THAT(
        problem(subscriptions_query, {{"closed", "true"}}),
        HasSubstr("this page has limit, connection, subject")
    );
    EXPECT_THAT(problem(subjects_query, {{"Limit", "1"}}), HasSubstr("this page has limit"));
    EXPECT_EQ(problem(expect_no_query, {{"limit", "1"}}), "this page has no parameters");
}

TEST(Query, NothingIsGivenTwice) {
    EXPECT_EQ(
        problem(connections_query, {{"limit", "1"}, {"limit", "2"}}),
        "limit: is given more than once"
    );
}

}  // namespace
}  // namespace telex::admin
