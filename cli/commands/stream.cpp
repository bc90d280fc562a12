// `telex stream`: lists, creates, changes and removes streams, and reads their messages.
#include "cli/commands/stream.hpp"

#include "cli/commands/commands.hpp"
#include "cli/commands/stream_settings.hpp"
#include "cli/commands/stream_text.hpp"
#include "cli/connection/admin_request.hpp"
#include "cli/exit_code.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/print_error.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::string_view kStream = "stream";

struct StreamOptions {
    AdminOptions common;
    std::string account;
    std::string name;
    bool confirmed = false;
};

template <class Options>
std::shared_ptr<Options> options_of(const SharedConnection& connection) {
    auto options = std::make_shared<Options>();
    options->common.connection = connection;
    return options;
}

// NAME and --account
void add_stream(OptionSet& set, StreamOptions& options) {
    set.add({"NAME", "", "Name of the stream", value::text(options.name)}).required = true;
    add_account(set, options.account);
}

// Sends `request` to $SYS.admin.`name`, and prints its reply.
template <class Reply>
int run_stream_command(
    std::string_view name,
    const AdminOptions& options,
    const google::protobuf::Message& request,
    const std::function<std::string(const Reply&)>& text_of
) {
    return run_named_command<Reply>(kStream, name, options, request, text_of);
}

std::string report_of_stream(const v1::StreamReport& report) {
    return stream_text(report.stream());
}

int check_removal(const StreamOptions& options, std::string_view removal) {
    return check_confirmed(
        kStream, options.confirmed, fmt::format("{} '{}'", removal, options.name)
    );
}

struct ListOptions {
    AdminOptions common;
    std::string account;
    v1::ListStreams query;
};

Command ls_command(const SharedConnection& connection) {
    auto options = options_of<ListOptions>(connection);
    Command command{.name = "ls", .summary = "List streams"};
    OptionSet& set = command.options;
    add_account(set, options->account);
    set.add({"--all-accounts", "", "List the streams of every account", value::flag([options] {
                 options->query.set_all_accounts(true);
             })}
    ).excludes = {"--account"};
    add_limit(set, [options](std::uint32_t limit) { options->query.set_limit(limit); }, "100");
    add_admin(set, options->common);
    command.run = [options] {
        options->query.set_account(options->account);
        return run_stream_command<v1::StreamList>(
            "streams", options->common, options->query, streams_text
        );
    };
    return command;
}

Command info_command(const SharedConnection& connection) {
    auto options = options_of<StreamOptions>(connection);
    Command command{.name = "info", .summary = "Show the settings and the state of a stream"};
    add_stream(command.options, *options);
    add_admin(command.options, options->common);
    command.run = [options] {
        v1::GetStream request;
        request.set_account(options->account);
        request.set_name(options->name);
        return run_stream_command<v1::StreamReport>(
            kStream, options->common, request, report_of_stream
        );
    };
    return command;
}

struct AddOptions : StreamOptions {
    std::vector<std::string> subjects;
    StreamEdits edits;
    bool force = false;
};

void apply(const AddOptions& options, v1::StreamConfig& config) {
    if (!options.subjects.empty()) {
        config.clear_subjects();
    }
    for (const std::string& subject : options.subjects) {
        config.add_subjects(subject);
    }
    for (const auto& edit : options.edits) {
        edit(config);
    }
}

Command stream_add_command(const SharedConnection& connection) {
    auto options = options_of<AddOptions>(connection);
    Command command{.name = "add", .summary = "Create a stream"};
    OptionSet& set = command.options;
    add_stream(set, *options);
    set.add({"SUBJECT", "", "Filters of the subjects to store", value::texts(options->subjects)})
        .required = true;
    add_stream_settings(set, options->edits);
    add_admin(set, options->common);
    command.examples = {
        {"Store messages for a week", "telex stream add orders 'orders.>' --max-age 7d"},
    };
    command.run = [options] {
        v1::AddStream request;
        request.mutable_config()->set_account(options->account);
        request.mutable_config()->set_name(options->name);
        apply(*options, *request.mutable_config());
        return run_stream_command<v1::StreamReport>(
            "stream-add", options->common, request, report_of_stream
        );
    };
    return command;
}

// Reads the settings in force, and sends them back with the changes.
int run_change(const AddOptions& options) {
    SignalWaiter signals;
    auto connection = open_connection(kStream, *options.common.connection, signals);
    if (!connection) {
        return connection.error();
    }
    SignalWaiter::release();
    v1::GetStream query;
    query.set_account(options.account);
    query.set_name(options.name);
    v1::StreamReport report;
    const auto timeout = options.common.timeout;
    auto done = request_admin(connection->client, kStream, query, report, timeout);
    if (done) {
        v1::ChangeStream request;
        *request.mutable_config() = report.stream().config();
        apply(options, *request.mutable_config());
        request.set_force(options.force);
        done = request_admin(connection->client, "stream-change", request, report, timeout);
    }
    connection->close();
    if (!done) {
        return fail(kStream, done.error());
    }
    return print(
        kStream,
        options.common.format == Format::json ? json_line(report) : report_of_stream(report)
    );
}

Command change_command(const SharedConnection& connection) {
    auto options = options_of<AddOptions>(connection);
    Command command{.name = "change", .summary = "Change the settings of a stream"};
    OptionSet& set = command.options;
    add_stream(set, *options);
    set.add(
        {"--subject",
         "FILTER",
         "Filter of subjects to store, in place of all present ones (repeatable)",
         value::texts(options->subjects)}
    );
    set.add(
        {"--force", "", "Allow changes that remove stored messages", value::flag(options->force)}
    );
    add_stream_settings(set, options->edits);
    add_admin(set, options->common);
    command.run = [options] { return run_change(*options); };
    return command;
}

Command rm_command(const SharedConnection& connection) {
    auto options = options_of<StreamOptions>(connection);
    Command command{.name = "rm", .summary = "Remove a stream and its messages"};
    add_stream(command.options, *options);
    add_confirmation(command.options, options->confirmed);
    add_admin(command.options, options->common);
    command.run = [options] {
        if (const int code = check_removal(*options, "the stream"); code != kOk) {
            return code;
        }
        v1::RemoveStream request;
        request.set_account(options->account);
        request.set_name(options->name);
        return run_stream_command<v1::StreamRemoved>(
            "stream-remove",
            options->common,
            request,
            [&options](const v1::StreamRemoved&) {
                return fmt::format("stream {} removed\n", options->name);
            }
        );
    };
    return command;
}

struct PurgeOptions : StreamOptions {
    v1::PurgeStream request;
};

Command purge_command(const SharedConnection& connection) {
    auto options = options_of<PurgeOptions>(connection);
    Command command{.name = "purge", .summary = "Remove messages of a stream"};
    OptionSet& set = command.options;
    add_stream(set, *options);
    set.add(
        {"--filter",
         "FILTER",
         "Remove messages on these subjects only",
         value::text([options](const std::string& text) { options->request.set_filter(text); })}
    );
    set.add(
        {"--before",
         "SEQUENCE",
         "Remove messages below this sequence only",
         value::count([options](std::uint64_t number) { options->request.set_before(number); })}
    );
    set.add(
        {"--keep",
         "N",
         "Keep this many of the newest messages",
         value::count([options](std::uint64_t number) { options->request.set_keep(number); })}
    );
    add_confirmation(set, options->confirmed);
    add_admin(set, options->common);
    command.run = [options] {
        if (const int code = check_removal(*options, "messages of the stream"); code != kOk) {
            return code;
        }
        options->request.set_account(options->account);
        options->request.set_name(options->name);
        return run_stream_command<v1::StreamPurged>(
            "stream-purge",
            options->common,
            options->request,
            [](const v1::StreamPurged& reply) {
                return fmt::format("{} messages removed\n", reply.messages());
            }
        );
    };
    return command;
}

struct EraseOptions : StreamOptions {
    v1::EraseMessage request;
};

Command erase_command(const SharedConnection& connection) {
    auto options = options_of<EraseOptions>(connection);
    Command command{.name = "erase", .summary = "Remove one message of a stream"};
    OptionSet& set = command.options;
    add_stream(set, *options);
    set.add({"SEQUENCE",
             "",
             "Sequence of the message",
             value::count([options](std::uint64_t number) { options->request.set_sequence(number); }
             )}
    ).required = true;
    add_admin(set, options->common);
    command.run = [options] {
        options->request.set_account(options->account);
        options->request.set_name(options->name);
        return run_stream_command<v1::MessageErased>(
            "stream-erase",
            options->common,
            options->request,
            [&options](const v1::MessageErased&) {
                return fmt::format("message {} erased\n", options->request.sequence());
            }
        );
    };
    return command;
}

Command storage_command(const SharedConnection& connection) {
    auto options = options_of<StreamOptions>(connection);
    Command command{.name = "storage", .summary = "Show the state of the store of all streams"};
    add_admin(command.options, options->common);
    command.run = [options] {
        return run_stream_command<v1::StorageReport>(
            "storage",
            options->common,
            v1::GetStorage(),
            [](const v1::StorageReport& report) { return storage_text(report.storage()); }
        );
    };
    return command;
}

}  // namespace

int check_confirmed(std::string_view command, bool confirmed, std::string_view removal) {
    if (confirmed || ::isatty(STDOUT_FILENO) == 0) {
        return kOk;
    }
    print_error(command, fmt::format("this removes {}; confirm it by --yes", removal));
    return kUsage;
}

Command stream_command(const SharedConnection& connection) {
    Command command{
        .name = std::string(kStream), .summary = "List, create, change, read and remove streams"
    };
    for (const auto& make : {
             ls_command,
             info_command,
             stream_add_command,
             change_command,
             rm_command,
             purge_command,
             erase_command,
             storage_command,
         }) {
        command.commands.push_back(make(connection));
        command.commands.back().footer = kAdminFooter;
    }
    command.commands.push_back(stream_get_command(connection));
    for (Command& below : command.commands) {
        below.connects = true;
    }
    return command;
}

}  // namespace telex::cli
