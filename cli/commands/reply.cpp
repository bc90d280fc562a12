// `telex reply`: replies to requests with an echo, a fixed text, or a shell command's output.
//
// Workers take requests from one subscription and reply to them; the main thread waits for the end.
// A stop ends the subscription first: requests that have arrived still get their replies.
#include "cli/commands/commands.hpp"
#include "cli/commands/shell_command.hpp"
#include "cli/connection/connection.hpp"
#include "cli/exit_code.hpp"
#include "cli/options/common_options.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/print_error.hpp"

#include <fmt/format.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace telex::cli {
namespace {

constexpr std::string_view kReply = "reply";
constexpr std::chrono::milliseconds kUntilEnd = std::chrono::hours(24 * 365);
constexpr std::chrono::milliseconds kDefaultCommandTime{10000};
constexpr std::uint64_t kMaxParallel = 256;
// The default group: responders of one subject share its requests.
constexpr const char* kSharedGroup = "telex-reply";
// Space for the fields of a reply other than the payload.
constexpr std::size_t kEnvelopeRoom = 4096;

// Removes one LF or CR LF from the end.
void remove_newline(std::string& text) {
    if (text.ends_with('\n')) {
        text.pop_back();
        if (text.ends_with('\r')) {
            text.pop_back();
        }
    }
}

struct ReplyOptions {
    SharedConnection connection;
    std::string subject;
    bool echo = false;
    std::optional<std::string> text;
    std::string command;
    bool keep_newline = false;
    Headers headers;
    SubscribeOptions subscribe;
    std::optional<std::uint64_t> parallel;
    std::optional<std::chrono::milliseconds> command_time;
    std::optional<std::uint64_t> count;
    bool each = false;
    bool verbose = false;

    // The subscription's options, with the tool's defaults.
    SubscribeOptions subscription() const {
        SubscribeOptions result = subscribe;
        result.max_messages = count;
        if (each) {
            return result;
        }
        if (result.queue_group.empty()) {
            result.queue_group = kSharedGroup;
        }
        if (!command.empty() && !result.credit) {
            // Lets the queue group prefer idle responders: no more requests than workers are sent
            // ahead.
            result.credit = workers();
        }
        return result;
    }

    std::uint64_t workers() const {
        return command.empty()
                   ? 1
                   : parallel.value_or(std::max(1U, std::thread::hardware_concurrency()));
    }
};

class Responder {
public:
    Responder(const ReplyOptions& options, Connection& connection, Subscription& subscription)
        : options_(options),
          connection_(connection),
          subscription_(subscription),
          limits_{
              options.command_time.value_or(kDefaultCommandTime), max_output(connection.client)
          } {}

    // Until the subscription ends.
    void work() {
        for (;;) {
            const auto request = subscription_.next(kUntilEnd);
            if (!request) {
                if (request.error().code != Errc::subscription_ended &&
                    request.error().code != Errc::closed) {
                    connection_.errors->add(request.error());
                }
                return;
            }
            // A plain message needs no reply.
            if (request->wants_reply()) {
                reply_to(*request);
            }
        }
    }

    std::uint64_t replies() const { return replies_; }

private:
    static std::size_t max_output(const Client& client) {
        const auto server = client.server_info();
        const std::uint64_t frame = server ? server->max_frame_bytes : 0;
        return frame > 2 * kEnvelopeRoom ? frame - kEnvelopeRoom : kEnvelopeRoom;
    }

    void reply_to(const Message& request) {
        PublishOptions message;
        message.headers = options_.headers;
        std::string payload;
        if (options_.echo) {
            payload = request.payload;
            message.content_type = request.content_type;
            message.type = request.type;
            message.headers.insert(
                message.headers.end(), request.headers.begin(), request.headers.end()
            );
        } else if (options_.text) {
            payload = *options_.text;
        } else {
            payload = run_command(request, message.headers);
        }
        const auto sent = connection_.client.respond(request, payload, message);
        if (!sent) {
            connection_.errors->add(sent.error());
            return;
        }
        ++replies_;
    }

    std::string run_command(const Message& request, Headers& headers) {
        ShellResult result =
            run_shell_command(options_.command, request.subject, request.payload, limits_);
        if (!result.error.empty()) {
            print_error(
                kReply, fmt::format("{}: command failed: {}", request.subject, result.error)
            );
            headers.push_back({std::string(kErrorHeader), std::move(result.error)});
        }
        if (!options_.keep_newline) {
            remove_newline(result.output);
        }
        return std::move(result.output);
    }

    const ReplyOptions& options_;
    Connection& connection_;
    Subscription& subscription_;
    ShellLimits limits_;
    std::atomic<std::uint64_t> replies_{0};
};

int run_reply(const ReplyOptions& options) {
    SignalWaiter signals;
    auto connection = open_connection(kReply, *options.connection, signals);
    if (!connection) {
        return connection.error();
    }
    auto subscription = connection->client.subscribe(options.subject, options.subscription());
    if (!subscription) {
        return fail(kReply, subscription.error());
    }
    print_note(fmt::format("listening on '{}'", options.subject));
    Responder responder(options, *connection, *subscription);
    std::vector<std::thread> workers;
    std::atomic<std::uint64_t> working = options.workers();
    for (std::uint64_t left = options.workers(); left > 0; --left) {
        workers.emplace_back([&] {
            responder.work();
            if (--working == 0) {
                signals.notify();
            }
        });
    }
    // Standard output is not used: its end is ignored.
    signals.wait(std::nullopt, Watch::signals_only);
    const bool lost = connection->client.status() == Status::closed;
    if (!subscription->drain()) {
        // Fails only if the subscription has already ended.
        (void)subscription->unsubscribe();
    }
    for (std::thread& worker : workers) {
        worker.join();
    }
    const auto flushed = connection->client.flush();
    connection->close();
    if (options.verbose) {
        print_note(fmt::format("{} replies sent", responder.replies()));
    }
    const int errors = connection->errors->finish();
    if (lost) {
        return kUnavailable;
    }
    return flushed ? errors : fail(kReply, flushed.error());
}

void add_reply_source(OptionSet& set, ReplyOptions& options) {
    set.begin_exactly_one("Reply (exactly one is required)");
    set.add({"--echo", "", "Reply with the payload of the request", value::flag(options.echo)});
    set.add({"--text", "TEXT", "Reply with this text", value::text(options.text)});
    set.add(
        {"--command",
         "COMMAND",
         "Reply with the output of this shell command, which reads the payload from standard input "
         "and the subject from TELEX_SUBJECT",
         value::text(options.command)}
    );
    set.end_section();
}

void add_command_limits(OptionSet& set, ReplyOptions& options) {
    set.add({"--keep-newline",
             "",
             "Keep the newline at the end of a command's output",
             value::flag(options.keep_newline)})
        .needs = {"--command"};
    set.add(
        {"--parallel",
         "N",
         "Maximum commands at the same time (default: number of processors)",
         value::count(options.parallel, kMaxParallel)}
    );
    set.add(
        {"--command-timeout",
         "DURATION",
         "Kill a command after this time (default: 10s)",
         value::duration(options.command_time)}
    );
}

}  // namespace

Command reply_command(const SharedConnection& connection) {
    auto options = std::make_shared<ReplyOptions>();
    options->connection = connection;
    Command command{
        .name = "reply",
        .summary = "Reply to requests with an echo, a text or a command's output",
    };
    OptionSet& set = command.options;
    set.add({"SUBJECT",
             "",
             "Subject of the requests; may contain wildcards",
             value::text(options->subject)})
        .required = true;
    add_reply_source(set, *options);
    add_command_limits(set, *options);
    add_headers(set, options->headers);
    add_subscription(set, options->subscribe);
    set.add({"--each",
             "",
             "Reply to every request, without a queue group; the requester takes the first reply",
             value::flag(options->each)})
        .excludes = {"--queue"};
    set.add({"-n,--count", "N", "Exit after this many requests", value::count(options->count)});
    set.add(
        {"-v,--verbose", "", "Print the number of replies at the end", value::flag(options->verbose)
        }
    );
    command.examples = {
        {"Reply with a text", "telex reply shop.price --text 42"},
        {"Reply with a command's output", "telex reply host.load --command uptime"},
    };
    command.footer =
        "Prints \"listening on 'SUBJECT'\" on standard error when it is ready. Ctrl-C\n"
        "replies to the requests that have arrived and exits with 0.\n"
        "\n"
        "Responders of one subject share the requests as the queue group telex-reply;\n"
        "--queue sets another group.\n"
        "\n"
        "One newline at the end of a command's output is removed. If a command fails or\n"
        "is killed, the reply is its output with the header Telex-Error, for example\n"
        "\"exit status 3\". The header Telex-No-Answer (-H 'Telex-No-Answer: yes') tells\n"
        "raw listeners to write nothing, Telex-Close to close the connection after the\n"
        "reply.";
    command.run = [options] { return run_reply(*options); };
    return command;
}

}  // namespace telex::cli
