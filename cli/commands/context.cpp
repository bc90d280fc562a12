// `telex context`: names exchanges, so that commands need no connection options.
#include "cli/commands/commands.hpp"
#include "cli/contexts/chosen_exchange.hpp"
#include "cli/contexts/contexts_file.hpp"
#include "cli/exit_code.hpp"
#include "cli/options/common_options.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/json_line.hpp"
#include "cli/terminal/output.hpp"
#include "cli/terminal/print_error.hpp"
#include "cli/terminal/table.hpp"
#include "client/endpoint.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::string_view kContext = "context";

struct ContextOptions {
    std::string name;
    ConnectionOptions connection;
    bool select = false;
    Format format = Format::text;
    bool names_only = false;
};

using Edit = std::function<Result<void, std::string>(Contexts&)>;

[[nodiscard]] Result<std::string, std::string> required_path() {
    std::string path = contexts_path();
    if (path.empty()) {
        return unexpected(std::string("HOME is not set, so there is no folder for contexts"));
    }
    return path;
}

int report(const Result<void, std::string>& done) {
    if (!done) {
        print_error(kContext, done.error());
        return kUsage;
    }
    return kOk;
}

// Changes the file, or leaves it if `edit` fails.
int change(const Edit& edit) {
    const auto path = required_path();
    if (!path) {
        return report(unexpected(path.error()));
    }
    const auto lock = lock_contexts(*path);
    if (!lock) {
        return report(unexpected(lock.error()));
    }
    auto contexts = read_contexts(*path);
    if (!contexts) {
        return report(unexpected(contexts.error()));
    }
    if (auto edited = edit(*contexts); !edited) {
        return report(edited);
    }
    return report(write_contexts(*path, *contexts));
}

[[nodiscard]] Result<void, std::string> require(const Contexts& contexts, const std::string& name) {
    if (!contexts.by_name.contains(name)) {
        return unexpected(
            fmt::format("there is no context '{}'; `telex context list` lists them", name)
        );
    }
    return {};
}

// The command may run in any folder.
void make_absolute(std::string& file) {
    if (!file.empty()) {
        file = std::filesystem::absolute(file).string();
    }
}

ConnectionOptions stored_form(ConnectionOptions options) {
    for (std::string* const file :
         {&options.tls.ca_file,
          &options.tls.certificate_file,
          &options.tls.key_file,
          &options.password_file,
          &options.token_file,
          &options.identity_file}) {
        make_absolute(*file);
    }
    return options;
}

[[nodiscard]] Result<void, std::string> add(const ContextOptions& options, Contexts& contexts) {
    if (!is_context_name(options.name)) {
        return unexpected(
            fmt::format("'{}' is not a name; use letters, digits, '-', '_' and '.'", options.name)
        );
    }
    if (const auto servers = client::parse_servers(options.connection.servers); !servers) {
        return unexpected(servers.error().text);
    }
    const bool is_new =
        contexts.by_name.try_emplace(options.name, stored_form(options.connection)).second;
    if (!is_new) {
        return unexpected(fmt::format(
            "context '{}' exists; remove it first: telex context remove {}",
            options.name,
            options.name
        ));
    }
    if (options.select) {
        contexts.selected = options.name;
    }
    return {};
}

[[nodiscard]] Result<void, std::string> select(const std::string& name, Contexts& contexts) {
    if (!name.empty()) {
        if (auto exists = require(contexts, name); !exists) {
            return exists;
        }
    }
    contexts.selected = name;
    return {};
}

[[nodiscard]] Result<void, std::string> remove(const std::string& name, Contexts& contexts) {
    if (auto exists = require(contexts, name); !exists) {
        return exists;
    }
    contexts.by_name.erase(name);
    if (contexts.selected == name) {
        contexts.selected.clear();
    }
    return {};
}

std::string credentials_of(const ConnectionOptions& options) {
    return !options.user.empty()            ? "user " + options.user
           : !options.token_file.empty()    ? "token " + options.token_file
           : !options.identity_file.empty() ? "key " + options.identity_file
                                            : std::string();
}

std::string table_of(const Contexts& contexts) {
    Table table({{"SELECTED"}, {"NAME"}, {"SERVERS"}, {"CREDENTIALS"}});
    for (const auto& [name, options] : contexts.by_name) {
        table.add({
            name == contexts.selected ? "yes" : "",
            name,
            fmt::format("{}", fmt::join(options.servers, " ")),
            credentials_of(options),
        });
    }
    return table.text();
}

std::string lines_of(const Contexts& contexts) {
    std::string lines;
    for (const auto& [name, options] : contexts.by_name) {
        const nlohmann::ordered_json line{
            {"name", name},
            {"selected", name == contexts.selected},
            {"servers", options.servers},
            {"credentials", credentials_of(options)},
        };
        lines += json_line(line);
    }
    return lines;
}

std::string names_of(const Contexts& contexts) {
    std::string names;
    for (const auto& [name, options] : contexts.by_name) {
        names += name + "\n";
    }
    return names;
}

int list(const ContextOptions& options) {
    const auto path = required_path();
    const auto contexts = path ? read_contexts(*path) : unexpected(path.error());
    if (!contexts) {
        return report(unexpected(contexts.error()));
    }
    if (options.names_only) {
        return print(kContext, names_of(*contexts));
    }
    if (!environment_url().empty()) {
        print_note("TELEX_URL is set: it is used instead of the selected context.");
    }
    return print(
        kContext, options.format == Format::json ? lines_of(*contexts) : table_of(*contexts)
    );
}

Command add_command() {
    auto options = std::make_shared<ContextOptions>();
    Command command{.name = "add", .summary = "Name an exchange"};
    OptionSet& set = command.options;
    set.add({"NAME", "", "Name of the new context", value::text(options->name)}).required = true;
    set.add({"--select", "", "Select the new context", value::flag(options->select)});
    set.begin_section("Connection");
    add_connection(set, options->connection);
    set.require("--server");
    command.examples = {
        {"Name an exchange and use it from now on",
         "telex context add prod -s tls://bus.example --user anna --select"},
    };
    command.footer =
        "Secrets stay in their files: the context contains the names of these files only.";
    command.run = [options] {
        return change([&](Contexts& contexts) { return add(*options, contexts); });
    };
    return command;
}

Command select_command() {
    auto options = std::make_shared<ContextOptions>();
    Command command{.name = "select", .summary = "Use a context in commands that name no exchange"};
    command.options.add(
        {"NAME",
         "",
         "Name of the context; without it no context is selected",
         value::listed_name(options->name, std::string(kContextNames))}
    );
    command.run = [options] {
        return change([&](Contexts& contexts) { return select(options->name, contexts); });
    };
    return command;
}

Command list_command() {
    auto options = std::make_shared<ContextOptions>();
    Command command{.name = "list", .summary = "List the contexts"};
    add_format(command.options, options->format, "table");
    command.options.add({"--names", "", "Print the names only", value::flag(options->names_only)})
        .excludes = {"--format"};
    command.run = [options] { return list(*options); };
    return command;
}

Command remove_command() {
    auto options = std::make_shared<ContextOptions>();
    Command command{.name = "remove", .summary = "Remove a context"};
    command.options
        .add(
            {"NAME",
             "",
             "Name of the context",
             value::listed_name(options->name, std::string(kContextNames))}
        )
        .required = true;
    command.run = [options] {
        return change([&](Contexts& contexts) { return remove(options->name, contexts); });
    };
    return command;
}

}  // namespace

Command context_command() {
    Command command{
        .name = "context", .summary = "Name exchanges, and select the one that commands use"
    };
    command.commands = {add_command(), select_command(), list_command(), remove_command()};
    command.footer = "Contexts are stored in ~/.config/telex/contexts.yaml, for their user only.";
    return command;
}

}  // namespace telex::cli
