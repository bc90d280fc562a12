#include "cli/options/subscribe_options.hpp"

#include "cli/options/option_types.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <string>

namespace telex::cli {
namespace {

const std::map<std::string, SlowPolicy>& policies() {
    static const std::map<std::string, SlowPolicy> names{
        {"block", SlowPolicy::block},
        {"drop-oldest", SlowPolicy::drop_oldest},
        {"drop-newest", SlowPolicy::drop_newest},
        {"disconnect", SlowPolicy::disconnect},
    };
    return names;
}

}  // namespace

void add_subscribe(CLI::App& app, SubscribeOptions& options) {
    app.add_option("-q,--queue", options.queue_group, "Share the messages with the group's others")
        ->type_name("GROUP");
    app.add_option_function<std::string>(
           "--policy",
           [&options](const std::string& name) { options.slow_policy = policies().at(name); },
           "When messages come faster than they are read: block, drop-oldest, drop-newest or "
           "disconnect (the listener's policy)"
    )
        ->check(CLI::IsMember({"block", "drop-oldest", "drop-newest", "disconnect"}))
        ->type_name("POLICY");
    add_count(app, "--credit", options.credit, "Messages that the exchange may send ahead");
}

}  // namespace telex::cli
