// `telex connections`: who is connected, or has been.
#include "cli/commands/verb.hpp"
#include "cli/connection/operator.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/table.hpp"
#include "telex/v1/admin.pb.h"

#include <CLI/CLI.hpp>

#include <map>
#include <memory>

namespace telex::cli {
namespace {

using v1::ListConnections;

struct ConnectionsOptions {
    OperatorOptions common;
    ListConnections query;
};

const std::map<std::string, ListConnections::Order>& orders() {
    static const std::map<std::string, ListConnections::Order> names{
        {"number", ListConnections::BY_NUMBER},
        {"pending", ListConnections::BY_PENDING_BYTES},
        {"received", ListConnections::BY_RECEIVED_BYTES},
        {"sent", ListConnections::BY_SENT_BYTES},
        {"subscriptions", ListConnections::BY_SUBSCRIPTIONS},
        {"dropped", ListConnections::BY_DROPPED_MESSAGES},
    };
    return names;
}

std::string open_table(const v1::ConnectionList& list) {
    Table table({
        {"NUMBER", Align::right},
        {"LISTENER"},
        {"PEER"},
        {"USER"},
        {"CLIENT"},
        {"IDLE", Align::right},
        {"RECEIVED", Align::right},
        {"SENT", Align::right},
        {"PENDING", Align::right},
        {"SUBS", Align::right},
        {"DROPPED", Align::right},
    });
    for (const v1::ConnectionInfo& row : list.connections()) {
        table.add({
            std::to_string(row.number()),
            row.listener(),
            row.peer(),
            row.user(),
            row.client_name(),
            clock_text(row.idle_nanoseconds()),
            short_size(row.received_bytes()),
            short_size(row.sent_bytes()),
            short_size(row.pending_bytes()),
            std::to_string(row.subscriptions()),
            std::to_string(row.dropped_messages()),
        });
    }
    return table.text();
}

std::string closed_table(const v1::ConnectionList& list) {
    Table table({
        {"NUMBER", Align::right},
        {"LISTENER"},
        {"PEER"},
        {"USER"},
        {"CLIENT"},
        {"ENDED (UTC)"},
        {"AFTER", Align::right},
        {"RECEIVED", Align::right},
        {"SENT", Align::right},
        {"REASON"},
        {"DETAIL"},
    });
    for (const v1::ConnectionInfo& row : list.connections()) {
        table.add({
            std::to_string(row.number()),
            row.listener(),
            row.peer(),
            row.user(),
            row.client_name(),
            date_text(row.closed_unix_nanoseconds()),
            clock_text(row.closed_unix_nanoseconds() - row.opened_unix_nanoseconds()),
            short_size(row.received_bytes()),
            short_size(row.sent_bytes()),
            row.close_reason(),
            row.close_detail(),
        });
    }
    return table.text();
}

int run_connections(const ConnectionsOptions& options) {
    constexpr std::string_view kVerb = "connections";
    v1::ConnectionList list;
    const int code =
        ask_operators_or_complain(kVerb, "connections", options.common, options.query, list);
    if (code != kOk) {
        return code;
    }
    if (options.common.format == Format::json) {
        return print(kVerb, json_line(list));
    }
    const std::string text = options.query.closed() ? closed_table(list) : open_table(list);
    return print(kVerb, text + cut_note(list.connections_size(), list.total()));
}

}  // namespace

Action add_connections(CLI::App& app) {
    auto options = std::make_shared<ConnectionsOptions>();
    app.add_option_function<std::string>(
           "--sort",
           [options](const std::string& name) { options->query.set_order(orders().at(name)); },
           "What comes first: the lowest number (the default), or the most of something"
    )
        ->check(CLI::IsMember(orders()))
        ->type_name("number|pending|received|sent|subscriptions|dropped");
    add_limit(app, [options](std::uint32_t limit) { options->query.set_limit(limit); }, "100");
    app.add_option_function<std::string>(
           "--listener",
           [options](const std::string& name) { options->query.set_listener(name); },
           "Only those of one listener"
    )
        ->type_name("NAME");
    app.add_flag_callback(
        "--closed",
        [options] { options->query.set_closed(true); },
        "The last ones that ended, newest first, and why"
    );
    add_operator(app, options->common);
    return [options] { return run_connections(*options); };
}

}  // namespace telex::cli
