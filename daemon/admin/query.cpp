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

unexpected<v1::AdminError> bad_parameter(std::string message) {
    return unexpected(wire::admin_error(v1::AdminError::INVALID_ARGUMENT, std::move(message)));
}

// Each of them once at most, and text that a message of the bus can have.
[[nodiscard]] wire::AdminResult<void> expect_only(const Request& request, Names known) {
    for (const auto& [name, value] : request.query) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            return bad_parameter(
                known.empty()
                    ? "this page has no parameters"
                    : fmt::format("no such parameter; this page has {}", fmt::join(known, ", "))
            );
        }
        if (request.query.count(name) > 1) {
            return bad_parameter(name + ": is given more than once");
        }
        if (!is_utf8(value)) {
            return bad_parameter(name + ": is not UTF-8");
        }
    }
    return {};
}

[[nodiscard]] wire::AdminResult<void> expect_given(const Request& request, std::string_view name) {
    if (request.parameter(name).empty()) {
        return bad_parameter(std::string(name) + ": must be given");
    }
    return {};
}

// Absent is 0.
[[nodiscard]] wire::AdminResult<std::uint64_t> number_in(
    const Request& request, std::string_view name
) {
    const std::string_view text = request.parameter(name);
    if (text.empty()) {
        return 0;
    }
    const auto value = parse_count(text);
    if (!value) {
        return bad_parameter(std::string(name) + ": " + value.error());
    }
    return *value;
}

[[nodiscard]] wire::AdminResult<std::uint32_t> limit_in(const Request& request) {
    // The server has a smaller one of its own.
    return number_in(request, "limit").map([](std::uint64_t limit) {
        return static_cast<std::uint32_t>(std::min<std::uint64_t>(limit, UINT32_MAX));
    });
}

[[nodiscard]] wire::AdminResult<bool> flag_in(const Request& request, std::string_view name) {
    const std::string_view text = request.parameter(name);
    if (request.query.contains(name) && text != "true" && text != "false") {
        return bad_parameter(std::string(name) + ": true or false");
    }
    return text == "true";
}

[[nodiscard]] wire::AdminResult<v1::ListConnections::Order> order_in(const Request& request) {
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
    return bad_parameter("sort: one of number, pending, received, sent, subscriptions, dropped");
}

// Sets a field from what was read, or keeps the first error.
class QueryReader {
public:
    QueryReader(const Request& request, Names known) : state_(expect_only(request, known)) {}

    template <class Value, class Set>
    void read(wire::AdminResult<Value> value, Set set) {
        if (state_ && value) {
            set(*value);
        } else if (state_) {
            state_ = unexpected(std::move(value.error()));
        }
    }

    void expect(wire::AdminResult<void> condition) {
        if (state_) {
            state_ = std::move(condition);
        }
    }

    template <class Query>
    [[nodiscard]] wire::AdminResult<Query> finish(Query query) && {
        if (!state_) {
            return unexpected(std::move(state_.error()));
        }
        return query;
    }

private:
    wire::AdminResult<void> state_;
};

}  // namespace

wire::AdminResult<v1::ListConnections> connections_query(const Request& request) {
    static constexpr std::array<std::string_view, 5> kKnown = {
        "sort", "limit", "listener", "number", "closed"
    };
    v1::ListConnections query;
    query.set_listener(std::string(request.parameter("listener")));
    QueryReader reader(request, kKnown);
    reader.read(order_in(request), [&](auto order) { query.set_order(order); });
    reader.read(limit_in(request), [&](auto limit) { query.set_limit(limit); });
    reader.read(number_in(request, "number"), [&](auto number) { query.set_number(number); });
    reader.read(flag_in(request, "closed"), [&](bool closed) { query.set_closed(closed); });
    return std::move(reader).finish(std::move(query));
}

wire::AdminResult<v1::ListSubscriptions> subscriptions_query(const Request& request) {
    static constexpr std::array<std::string_view, 3> kKnown = {"limit", "connection", "subject"};
    v1::ListSubscriptions query;
    query.set_subject(std::string(request.parameter("subject")));
    QueryReader reader(request, kKnown);
    reader.read(limit_in(request), [&](auto limit) { query.set_limit(limit); });
    reader.read(number_in(request, "connection"), [&](auto number) {
        query.set_connection(number);
    });
    return std::move(reader).finish(std::move(query));
}

wire::AdminResult<v1::ListSubjects> subjects_query(const Request& request) {
    static constexpr std::array<std::string_view, 1> kKnown = {"limit"};
    v1::ListSubjects query;
    QueryReader reader(request, kKnown);
    reader.read(limit_in(request), [&](auto limit) { query.set_limit(limit); });
    return std::move(reader).finish(std::move(query));
}

wire::AdminResult<v1::Kick> kick_order(const Request& request) {
    static constexpr std::array<std::string_view, 2> kKnown = {"connection", "reason"};
    v1::Kick order;
    order.set_reason(std::string(request.parameter("reason")));
    QueryReader reader(request, kKnown);
    reader.expect(expect_given(request, "connection"));
    reader.read(number_in(request, "connection"), [&](auto number) {
        order.set_connection(number);
    });
    return std::move(reader).finish(std::move(order));
}

wire::AdminResult<v1::SetLogLevel> log_level_order(const Request& request) {
    static constexpr std::array<std::string_view, 1> kKnown = {"level"};
    v1::SetLogLevel order;
    order.set_level(std::string(request.parameter("level")));
    QueryReader reader(request, kKnown);
    reader.expect(expect_given(request, "level"));
    return std::move(reader).finish(std::move(order));
}

wire::AdminResult<v1::Reload> reload_order(const Request& request) {
    static constexpr std::array<std::string_view, 1> kKnown = {"dry_run"};
    v1::Reload order;
    QueryReader reader(request, kKnown);
    reader.read(flag_in(request, "dry_run"), [&](bool dry_run) { order.set_dry_run(dry_run); });
    return std::move(reader).finish(std::move(order));
}

wire::AdminResult<void> expect_no_query(const Request& request) {
    return expect_only(request, {});
}

}  // namespace telex::admin
