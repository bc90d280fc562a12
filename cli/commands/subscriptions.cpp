// `telex subscriptions`: who listens to what.
#include "cli/commands/verb.hpp"
#include "cli/connection/operator.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/table.hpp"
#include "telex/v1/admin.pb.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace telex::cli {
namespace {

struct SubscriptionsOptions {
    OperatorOptions common;
    v1::ListSubscriptions query;
};

std::string table_of(const v1::SubscriptionList& list) {
    Table table({
        {"CONNECTION", Align::right},
        {"ID", Align::right},
        {"FILTER"},
        {"GROUP"},
        {"USER"},
        {"CLIENT"},
        {"DELIVERED", Align::right},
        {"DROPPED", Align::right},
        {"HELD", Align::right},
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

int run_subscriptions(const SubscriptionsOptions& options) {
    constexpr std::string_view kVerb = "subscriptions";
    v1::SubscriptionList list;
    const int code =
        ask_operators_or_complain(kVerb, "subscriptions", options.common, options.query, list);
    if (code != kOk) {
        return code;
    }
    if (options.common.format == Format::json) {
        return print(kVerb, json_line(list));
    }
    return print(kVerb, table_of(list) + cut_note(list.subscriptions_size(), list.total()));
}

}  // namespace

Action add_subscriptions(CLI::App& app) {
    auto options = std::make_shared<SubscriptionsOptions>();
    app.add_option_function<std::string>(
           "--subject",
           [options](const std::string& subject) { options->query.set_subject(subject); },
           "Only those that a message on this subject reaches"
    )
        ->type_name("SUBJECT");
    add_number(
        app,
        "--connection",
        [options](std::uint64_t number) { options->query.set_connection(number); },
        "Only those of one connection"
    );
    add_limit(app, [options](std::uint32_t limit) { options->query.set_limit(limit); }, "100");
    add_operator(app, options->common);
    return [options] { return run_subscriptions(*options); };
}

}  // namespace telex::cli
