#include "cli/options/common_options.hpp"

#include "cli/messages/header_text.hpp"
#include "cli/options/values.hpp"
#include "wire/slow_policy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace telex::cli {
namespace {

std::vector<std::string> slow_policy_names() {
    std::vector<std::string> names;
    names.reserve(wire::kSlowPolicies.size());
    for (const auto& policy : wire::kSlowPolicies) {
        names.emplace_back(policy.name);
    }
    return names;
}

// `name` is one of slow_policy_names(). libtelex's values are those of the protocol.
SlowPolicy slow_policy(const std::string& name) {
    const auto found = std::ranges::find(wire::kSlowPolicies, name, &wire::NamedSlowPolicy::name);
    return static_cast<SlowPolicy>(found->value);
}

Value header_list(Headers& headers) {
    return {
        .kind = Value::Kind::list,
        .store = [&headers](const std::string& line) -> Result<void, std::string> {
            auto header = parse_header(line);
            if (!header) {
                return unexpected(header.error());
            }
            headers.push_back(*std::move(header));
            return {};
        },
        .choices = {},
    };
}

}  // namespace

Option& add_format(OptionSet& options, Format& target, const std::string& for_people) {
    return options.add(
        {"--format",
         for_people + "|json",
         "Output format: " + for_people + " (default), or one JSON object per line",
         value::choice(
             {for_people, "json"},
             [&target](const std::string& name) {
                 target = name == "json" ? Format::json : Format::text;
             }
         )}
    );
}

void add_proto_file(OptionSet& options, ProtoSource& source) {
    options.add(
        {"--proto",
         "FILE",
         "Read message definitions from this .proto file",
         value::text(source.file)}
    );
    options.add(
        {"--proto-path",
         "DIR",
         "Search this folder for imports (repeatable)",
         value::texts(source.paths)}
    );
}

void add_headers(OptionSet& options, Headers& headers) {
    options.add(
        {"-H,--header",
         "'NAME: VALUE'",
         "Add a header to the message (repeatable)",
         header_list(headers)}
    );
}

void add_subscription(OptionSet& options, SubscribeOptions& target) {
    options.begin_section("Subscription");
    options.add(
        {"-q,--queue",
         "GROUP",
         "Join a queue group, whose clients share the messages",
         value::text(target.queue_group)}
    );
    options.add(
        {"--policy",
         "POLICY",
         fmt::format(
             "Handling of messages that arrive faster than they are read: {} (default: set by the "
             "listener)",
             fmt::join(slow_policy_names(), ", ")
         ),
         value::choice(
             slow_policy_names(),
             [&target](const std::string& name) { target.slow_policy = slow_policy(name); }
         )}
    );
    options.add(
        {"--credit",
         "N",
         "Maximum messages that the exchange sends ahead",
         value::count(target.credit)}
    );
    options.end_section();
}

}  // namespace telex::cli
