// `telex connections`: lists open or closed connections.
#include "cli/commands/commands.hpp"
#include "cli/connection/admin_request.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/table.hpp"
#include "telex/v1/admin.pb.h"

#include <map>
#include <memory>

namespace telex::cli {
namespace {

using v1::ListConnections;

struct ConnectionsOptions {
    AdminOptions common;
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
        {"receives", ListConnections::BY_RECEIVED_BYTES_PER_SECOND},
        {"sends", ListConnections::BY_SENT_BYTES_PER_SECOND},
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
        {"IN/s", Align::right},
        {"OUT/s", Align::right},
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
            short_size(row.received_bytes_per_second()),
            short_size(row.sent_bytes_per_second()),
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
        {"CLOSED (UTC)"},
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

}  // namespace

Command connections_command(const SharedConnection& connection) {
    auto options = std::make_shared<ConnectionsOptions>();
    options->common.connection = connection;
    Command command{.name = "connections", .summary = "List open or closed connections"};
    OptionSet& set = command.options;
    set.add(
        {"--sort",
         "ORDER",
         "Order: number (default, lowest first), pending, received, sent, subscriptions, dropped, "
         "or receives or sends, the bytes a second (highest first)",
         value::choice(
             {"number",
              "pending",
              "received",
              "sent",
              "subscriptions",
              "dropped",
              "receives",
              "sends"},
             [options](const std::string& name) { options->query.set_order(orders().at(name)); }
         )}
    );
    add_limit(set, [options](std::uint32_t limit) { options->query.set_limit(limit); }, "100");
    set.add(
        {"--listener",
         "NAME",
         "List connections of this listener only",
         value::text([options](const std::string& name) { options->query.set_listener(name); })}
    );
    set.add(
        {"--search",
         "TEXT",
         "List connections whose peer, listener, user or client name contains this text only",
         value::text([options](const std::string& text) { options->query.set_search(text); })}
    );
    set.add({"--reverse", "", "Reverse the order", value::flag([options] {
                 options->query.set_reverse(true);
             })});
    set.add(
        {"--closed",
         "",
         "List the connections that closed last, newest first, with the reason",
         value::flag([options] { options->query.set_closed(true); })}
    );
    add_admin(set, options->common);
    command.examples = {
        {"Find slow consumers", "telex connections --sort pending --limit 10"},
        {"Find out why a client was disconnected", "telex connections --closed"},
    };
    command.footer = kAdminFooter;
    command.run = [options] {
        return run_admin_command<v1::ConnectionList>(
            "connections",
            options->common,
            options->query,
            [&options](const v1::ConnectionList& list) {
                return (options->query.closed() ? closed_table(list) : open_table(list)) +
                       truncation_note(list.connections_size(), list.total());
            }
        );
    };
    return command;
}

}  // namespace telex::cli
