#include "admin/query.hpp"

#include "base/units.hpp"
#include "base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace telex::admin {

namespace {

using http::Request;
using Names = std::span<const std::string_view>;

// Each of them once at most, and text that a message of the bus can have.
void expect_only(const Request& request, Names known) {
    for (const auto& [name, value] : request.query) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            throw BadParameter{
                known.empty()
                    ? "this page has no parameters"
                    : fmt::format("no such parameter; this page has {}", fmt::join(known, ", "))
            };
        }
        if (request.query.count(name) > 1) {
            throw BadParameter{name + ": is given more than once"};
        }
        if (!is_utf8(value)) {
            throw BadParameter{name + ": is not UTF-8"};
        }
    }
}

void expect_given(const Request& request, std::string_view name) {
    if (request.parameter(name).empty()) {
        throw BadParameter{std::string(name) + ": must be given"};
    }
}

// Absent is 0.
std::uint64_t number_in(const Request& request, std::string_view name) {
    const std::string_view text = request.parameter(name);
    if (text.empty()) {
        return 0;
    }
    const auto value = parse_count(text);
    if (!value) {
        throw BadParameter{std::string(name) + ": " + value.error()};
    }
    return *value;
}

std::uint32_t limit_in(const Request& request) {
    // The server has a smaller one of its own.
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(number_in(request, "limit"), UINT32_MAX)
    );
}

bool flag_in(const Request& request, std::string_view name) {
    const std::string_view text = request.parameter(name);
    if (request.query.contains(name) && text != "true" && text != "false") {
        throw BadParameter{std::string(name) + ": true or false"};
    }
    return text == "true";
}

v1::ListConnections::Order order_in(const Request& request) {
    static constexpr std::array<std::pair<std::string_view, v1::ListConnections::Order>, 7> kNames{{
        {"", v1::ListConnections::BY_NUMBER},
        {"number", v1::ListConnections::BY_NUMBER},
        {"pending", v1::ListConnections::BY_PENDING_BYTES},
        {"received", v1::ListConnections::BY_RECEIVED_BYTES},
        {"sent", v1::ListConnections::BY_SENT_BYTES},
        {"subscriptions", v1::ListConnections::BY_SUBSCRIPTIONS},
        {"dropped", v1::ListConnections::BY_DROPPED_MESSAGES},
    }};
    for (const auto& [name, order] : kNames) {
        if (name == request.parameter("sort")) {
            return order;
        }
    }
    throw BadParameter{"sort: one of number, pending, received, sent, subscriptions, dropped"};
}

}  // namespace

v1::ListConnections connections_query(const Request& request) {
    static constexpr std::array<std::string_view, 5> kKnown = {
        "sort", "limit", "listener", "number", "closed"
    };
    expect_only(request, kKnown);
    v1::ListConnections query;
    query.set_order(order_in(request));
    query.set_limit(limit_in(request));
    query.set_listener(std::string(request.parameter("listener")));
    query.set_number(number_in(request, "number"));
    query.set_closed(flag_in(request, "closed"));
    return query;
}

v1::ListSubscriptions subscriptions_query(const Request& request) {
    static constexpr std::array<std::string_view, 3> kKnown = {"limit", "connection", "subject"};
    expect_only(request, kKnown);
    v1::ListSubscriptions query;
    query.set_limit(limit_in(request));
    query.set_connection(number_in(request, "connection"));
    query.set_subject(std::string(request.parameter("subject")));
    return query;
}

v1::ListSubjects subjects_query(const Request& request) {
    static constexpr std::array<std::string_view, 1> kKnown = {"limit"};
    expect_only(request, kKnown);
    v1::ListSubjects query;
    query.set_limit(limit_in(request));
    return query;
}

v1::Kick kick_order(const Request& request) {
    static constexpr std::array<std::string_view, 2> kKnown = {"connection", "reason"};
    expect_only(request, kKnown);
    expect_given(request, "connection");
    v1::Kick order;
    order.set_connection(number_in(request, "connection"));
    order.set_reason(std::string(request.parameter("reason")));
    return order;
}

v1::SetLogLevel log_level_order(const Request& request) {
    static constexpr std::array<std::string_view, 1> kKnown = {"level"};
    expect_only(request, kKnown);
    expect_given(request, "level");
    v1::SetLogLevel order;
    order.set_level(std::string(request.parameter("level")));
    return order;
}

v1::Reload reload_order(const Request& request) {
    static constexpr std::array<std::string_view, 1> kKnown = {"dry_run"};
    expect_only(request, kKnown);
    v1::Reload order;
    order.set_dry_run(flag_in(request, "dry_run"));
    return order;
}

void expect_no_query(const Request& request) {
    expect_only(request, {});
}

}  // namespace telex::admin
