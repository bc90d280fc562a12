#include "cli/options/option_types.hpp"

#include "base/units.hpp"
#include "cli/messages/header_text.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <functional>
#include <map>
#include <utility>

namespace telex::cli {
namespace {

// An option whose value `parse` reads and `set` takes; zero is refused, for it never means "no
// limit".
template <class Parse, class Set>
CLI::Option* add_positive(
    CLI::App& app, const std::string& name, const std::string& help, Parse parse, const Set& set
) {
    return app.add_option_function<std::string>(
        name,
        [name, parse, set](const std::string& text) {
            const auto value = parse(text);
            if (!value) {
                throw CLI::ValidationError(name, value.error());
            }
            if (*value == decltype(*value + *value){}) {
                throw CLI::ValidationError(name, "must be more than zero");
            }
            set(*value);
        },
        help
    );
}

// The same for an option that may be left out.
template <class T, class Parse>
CLI::Option* add_positive(
    CLI::App& app,
    const std::string& name,
    std::optional<T>& target,
    const std::string& help,
    Parse parse
) {
    return add_positive(app, name, help, parse, [&target](auto value) {
        target = static_cast<T>(value);
    });
}

}  // namespace

CLI::Option* add_duration(
    CLI::App& app,
    const std::string& name,
    std::optional<std::chrono::milliseconds>& target,
    const std::string& help
) {
    return add_positive(app, name, target, help, parse_duration)->type_name("DURATION");
}

CLI::Option* add_size(
    CLI::App& app,
    const std::string& name,
    std::optional<std::size_t>& target,
    const std::string& help
) {
    return add_positive(app, name, target, help, parse_size)->type_name("SIZE");
}

CLI::Option* add_count(
    CLI::App& app,
    const std::string& name,
    std::optional<std::uint64_t>& target,
    const std::string& help
) {
    return add_positive(app, name, target, help, parse_count)->type_name("N");
}

CLI::Option* add_number(
    CLI::App& app,
    const std::string& name,
    std::function<void(std::uint64_t)> set,
    const std::string& help,
    std::uint64_t most
) {
    const auto set_checked = [name, set = std::move(set), most](std::uint64_t value) {
        if (value > most) {
            throw CLI::ValidationError(name, fmt::format("must be at most {}", most));
        }
        set(value);
    };
    return add_positive(app, name, help, parse_count, set_checked)->type_name("NUMBER");
}

void add_format(CLI::App& app, Format& target, const std::string& for_people) {
    const std::map<std::string, Format> names{{for_people, Format::text}, {"json", Format::json}};
    app.add_option_function<std::string>(
           "--format",
           [&target, names](const std::string& name) { target = names.at(name); },
           "Output for people (" + for_people +
               ", the default) or for programs (json: one object per line)"
    )
        ->check(CLI::IsMember({for_people, std::string("json")}))
        ->type_name(for_people + "|json");
}

void add_proto_file(CLI::App& app, ProtoSource& source) {
    app.add_option("--proto", source.file, "Protobuf definitions: a .proto file")
        ->type_name("FILE");
    app.add_option("--proto-path", source.paths, "Where imports are looked for (repeatable)")
        ->allow_extra_args(false)
        ->type_name("DIR");
}

void add_headers(CLI::App& app, Headers& headers) {
    app.add_option_function<std::vector<std::string>>(
           "-H,--header",
           [&headers](const std::vector<std::string>& lines) {
               for (const std::string& line : lines) {
                   auto header = parse_header(line);
                   if (!header) {
                       throw CLI::ValidationError("--header", header.error());
                   }
                   headers.push_back(*std::move(header));
               }
           },
           "Header of the message (repeatable)"
    )
        ->allow_extra_args(false)
        ->type_name("'NAME: VALUE'");
}

}  // namespace telex::cli
