// `telex subscriptions`: lists subscriptions.
#include "cli/commands/commands.hpp"
#include "cli/connection/admin_request.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/table.hpp"
#include "telex/v1/admin.pb.h"

#include <map>
#include <memory>
#include <string>

namespace telex::cli {
namespace {

struct SubscriptionsOptions {
    AdminOptions common;
    v1::ListSubscriptions query;
};

const std::map<std::string, v1::ListSubscriptions::Order>& subscription_orders() {
    static const std::map<std::string, v1::ListSubscriptions::Order> names{
        {"connection", v1::ListSubscriptions::BY_CONNECTION},
        {"delivered", v1::ListSubscriptions::BY_DELIVERED_MESSAGES},
        {"dropped", v1::ListSubscriptions::BY_DROPPED_MESSAGES},
        {"held", v1::ListSubscriptions::BY_HELD_MESSAGES},
    };
    return names;
}

std::string subscription_table(const v1::SubscriptionList& list) {
    Table table({
        {"CONNECTION", Align::right},
        {"ID", Align::right},
        {"FILTER"},
        {"GROUP"},
        {"USER"},
        {"CLIENT"},
        {"DELIVERED", Align::right},
        {"DROPPED", Align::right},
        {"WAITING", Align::right},
    });
    for (const v1::SubscriptionInfo& row : list.subscriptions()) {
        table.add({
            std::to_string(row.connection()),
            std::to_string(row.id()),
            row.filter(),
            row.queue_group(),
            row.user(),
            row.client_name(),
            std::to_string(row.delivered_messages()),
            std::to_string(row.dropped_messages()),
            std::to_string(row.held_messages()),
        });
    }
    return table.text();
}

std::string subscriptions_text(const v1::SubscriptionList& list) {
    return subscription_table(list) + truncation_note(list.subscriptions_size(), list.total());
}

}  // namespace

Command subscriptions_command(const SharedConnection& connection) {
    auto options = std::make_shared<SubscriptionsOptions>();
    options->common.connection = connection;
    Command command{.name = "subscriptions", .summary = "List subscriptions"};
    OptionSet& set = command.options;
    set.add(
        {"--subject",
         "SUBJECT",
         "List subscriptions that match this subject only",
         value::text([options](const std::string& subject) { options->query.set_subject(subject); })
        }
    );
    set.add(
        {"--connection",
         "NUMBER",
         "List subscriptions of this connection only",
         value::count([options](std::uint64_t number) { options->query.set_connection(number); })}
    );
    set.add(
        {"--sort",
         "ORDER",
         "Order: connection (default, lowest first), delivered, dropped, or held, the messages "
         "that "
         "wait for credit (highest first)",
         value::choice(
             {"connection", "delivered", "dropped", "held"},
             [options](const std::string& name) {
                 options->query.set_order(subscription_orders().at(name));
             }
         )}
    );
    set.add(
        {"--search",
         "TEXT",
         "List subscriptions whose filter, queue group, user or client name contains this text "
         "only",
         value::text([options](const std::string& text) { options->query.set_search(text); })}
    );
    set.add({"--reverse", "", "Reverse the order", value::flag([options] {
                 options->query.set_reverse(true);
             })});
    add_limit(set, [options](std::uint32_t limit) { options->query.set_limit(limit); }, "100");
    add_admin(set, options->common);
    command.footer = kAdminFooter;
    command.run = [options] {
        return run_admin_command<v1::SubscriptionList>(
            "subscriptions", options->common, options->query, subscriptions_text
        );
    };
    return command;
}

}  // namespace telex::cli
