#include "cli/options/common_options.hpp"

#include "cli/messages/header_text.hpp"
#include "cli/options/values.hpp"

#include <map>
#include <utility>

namespace telex::cli {
namespace {

const std::map<std::string, SlowPolicy>& slow_policies() {
    static const std::map<std::string, SlowPolicy> policies{
        {"block", SlowPolicy::block},
        {"drop-oldest", SlowPolicy::drop_oldest},
        {"drop-newest", SlowPolicy::drop_newest},
        {"disconnect", SlowPolicy::disconnect},
    };
    return policies;
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

void add_format(OptionSet& options, Format& target, const std::string& for_people) {
    options.add(
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
    options.add(
        {"-q,--queue",
         "GROUP",
         "Join a queue group, whose clients share the messages",
         value::text(target.queue_group)}
    );
    options.add(
        {"--policy",
         "POLICY",
         "Handling of messages that arrive faster than they are read: block, drop-oldest, "
         "drop-newest or disconnect (default: set by the listener)",
         value::choice(
             {"block", "drop-oldest", "drop-newest", "disconnect"},
             [&target](const std::string& name) { target.slow_policy = slow_policies().at(name); }
         )}
    );
    options.add(
        {"--credit",
         "N",
         "Maximum messages that the exchange sends ahead",
         value::count(target.credit)}
    );
}

}  // namespace telex::cli
