// `telex consumer`: lists, shows, pauses and removes the consumers of streams.
#include "cli/commands/commands.hpp"
#include "cli/commands/consumer_text.hpp"
#include "cli/commands/stream.hpp"
#include "cli/exit_code.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace telex::cli {
namespace {

constexpr std::string_view kConsumer = "consumer";

struct ConsumerOptions {
    AdminOptions common;
    std::string account;
    std::string stream;
    std::string name;
    bool confirmed = false;
    std::optional<std::chrono::milliseconds> time;
    std::uint32_t limit = 0;

    template <class Request>
    Request request() const {
        Request request;
        request.set_account(account);
        request.set_stream(stream);
        request.set_name(name);
        return request;
    }
};

std::shared_ptr<ConsumerOptions> consumer_options(const SharedConnection& connection) {
    auto options = std::make_shared<ConsumerOptions>();
    options->common.connection = connection;
    return options;
}

void add_stream_name(OptionSet& set, ConsumerOptions& options) {
    set.add({"STREAM", "", "Name of the stream", value::text(options.stream)}).required = true;
}

// STREAM NAME
void add_consumer(OptionSet& set, ConsumerOptions& options) {
    add_stream_name(set, options);
    set.add({"NAME", "", "Name of the consumer", value::text(options.name)}).required = true;
}

std::string report_of_consumer(const v1::ConsumerReport& report) {
    return consumer_text(report.consumer());
}

Command consumer_ls_command(const SharedConnection& connection) {
    auto options = consumer_options(connection);
    Command command{.name = "ls", .summary = "List the consumers of a stream"};
    OptionSet& set = command.options;
    add_stream_name(set, *options);
    add_account(set, options->account);
    add_limit(set, [target = options.get()](std::uint32_t limit) { target->limit = limit; }, "100");
    add_admin(set, options->common);
    command.run = [options] {
        v1::ListConsumers request;
        request.set_account(options->account);
        request.set_stream(options->stream);
        request.set_limit(options->limit);
        return run_named_command<v1::ConsumerList>(
            kConsumer, "consumers", options->common, request, consumers_text
        );
    };
    return command;
}

Command consumer_info_command(const SharedConnection& connection) {
    auto options = consumer_options(connection);
    Command command{.name = "info", .summary = "Show the settings and the state of a consumer"};
    add_consumer(command.options, *options);
    add_account(command.options, options->account);
    add_admin(command.options, options->common);
    command.run = [options] {
        return run_named_command<v1::ConsumerReport>(
            kConsumer,
            kConsumer,
            options->common,
            options->request<v1::GetConsumer>(),
            report_of_consumer
        );
    };
    return command;
}

Command consumer_rm_command(const SharedConnection& connection) {
    auto options = consumer_options(connection);
    Command command{.name = "rm", .summary = "Remove a consumer and end its members"};
    add_consumer(command.options, *options);
    add_account(command.options, options->account);
    add_confirmation(command.options, options->confirmed);
    add_admin(command.options, options->common);
    command.run = [options] {
        const int code = check_confirmed(
            kConsumer, options->confirmed, fmt::format("the consumer '{}'", options->name)
        );
        if (code != kOk) {
            return code;
        }
        return run_named_command<v1::ConsumerRemoved>(
            kConsumer,
            "consumer-remove",
            options->common,
            options->request<v1::RemoveConsumer>(),
            [&options](const v1::ConsumerRemoved&) {
                return fmt::format("consumer {} removed\n", options->name);
            }
        );
    };
    return command;
}

// Without a time, deliveries go on.
int run_pause(const ConsumerOptions& options) {
    auto request = options.request<v1::PauseConsumer>();
    const auto time = options.time.value_or(std::chrono::milliseconds{});
    request.set_time_ms(static_cast<std::uint64_t>(time.count()));
    return run_named_command<v1::ConsumerReport>(
        kConsumer, "consumer-pause", options.common, request, report_of_consumer
    );
}

Command consumer_pause_command(const SharedConnection& connection) {
    auto options = consumer_options(connection);
    Command command{.name = "pause", .summary = "Stop the deliveries of a consumer for a time"};
    add_consumer(command.options, *options);
    command.options
        .add(
            {"DURATION",
             "",
             "Time of the pause from now on, in place of an earlier one",
             value::duration(options->time)}
        )
        .required = true;
    add_account(command.options, options->account);
    add_admin(command.options, options->common);
    command.examples = {
        {"Let a database be repaired", "telex consumer pause orders billing 10m"},
    };
    command.run = [options] { return run_pause(*options); };
    return command;
}

Command consumer_resume_command(const SharedConnection& connection) {
    auto options = consumer_options(connection);
    Command command{.name = "resume", .summary = "End the pause of a consumer"};
    add_consumer(command.options, *options);
    add_account(command.options, options->account);
    add_admin(command.options, options->common);
    command.run = [options] { return run_pause(*options); };
    return command;
}

}  // namespace

Command consumer_command(const SharedConnection& connection) {
    Command command{
        .name = std::string(kConsumer), .summary = "List, show, pause and remove consumers"
    };
    for (const auto& make : {
             consumer_ls_command,
             consumer_info_command,
             consumer_rm_command,
             consumer_pause_command,
             consumer_resume_command,
         }) {
        command.commands.push_back(make(connection));
        command.commands.back().footer = kAdminFooter;
        command.commands.back().connects = true;
    }
    return command;
}

}  // namespace telex::cli
