// `telex reply`: answers requests by echo, with a fixed text, or with a command's output.
//
// Workers take requests from one subscription and answer them; the command's own thread waits for
// the end. A stop ends the subscription first: what the exchange had sent is still answered.
#include "cli/commands/command_runner.hpp"
#include "cli/commands/verb.hpp"
#include "cli/connection/connection.hpp"
#include "cli/exit_code.hpp"
#include "cli/options/option_types.hpp"
#include "cli/options/subscribe_options.hpp"
#include "cli/terminal/complain.hpp"

#include <CLI/CLI.hpp>
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
constexpr std::chrono::milliseconds kUntilItEnds = std::chrono::hours(24 * 365);
constexpr std::chrono::milliseconds kDefaultCommandTime{10000};
constexpr std::uint64_t kMaxParallel = 256;
// The repliers of one subject share its requests, unless they are told otherwise.
constexpr const char* kSharedGroup = "telex-reply";
// What the envelope of an answer may need besides the payload.
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
    ConnectionOptions connection;
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

    // What the tool asks for where the options leave it open.
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
            // The group then sees who is busy, and gives no more than is worked on and comes next.
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
            const auto request = subscription_.next(kUntilItEnds);
            if (!request) {
                if (request.error().code != Errc::subscription_ended &&
                    request.error().code != Errc::closed) {
                    connection_.errors->add(request.error());
                }
                return;
            }
            // A plain message wants no answer.
            if (request->wants_answer()) {
                answer(*request);
            }
        }
    }

    std::uint64_t answered() const { return answered_; }

private:
    static std::size_t max_output(const Client& client) {
        const auto server = client.server_info();
        const std::uint64_t frame = server ? server->max_frame_bytes : 0;
        return frame > 2 * kEnvelopeRoom ? frame - kEnvelopeRoom : kEnvelopeRoom;
    }

    void answer(const Message& request) {
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
            payload = run(request, message.headers);
        }
        const auto sent = connection_.client.respond(request, payload, message);
        if (!sent) {
            connection_.errors->add(sent.error());
            return;
        }
        ++answered_;
    }

    std::string run(const Message& request, Headers& headers) {
        CommandResult result =
            run_command(options_.command, request.subject, request.payload, limits_);
        if (!result.error.empty()) {
            complain(kReply, fmt::format("{}: command: {}", request.subject, result.error));
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
    CommandLimits limits_;
    std::atomic<std::uint64_t> answered_{0};
};

int run_reply(const ReplyOptions& options) {
    Stop stop;
    auto connection = open_connection(kReply, options.connection, stop);
    if (!connection) {
        return connection.error();
    }
    auto subscription = connection->client.subscribe(options.subject, options.subscription());
    if (!subscription) {
        return fail(kReply, subscription.error());
    }
    tell(fmt::format("listening on '{}'", options.subject));
    Responder responder(options, *connection, *subscription);
    std::vector<std::thread> workers;
    std::atomic<std::uint64_t> working = options.workers();
    for (std::uint64_t left = options.workers(); left > 0; --left) {
        workers.emplace_back([&] {
            responder.work();
            if (--working == 0) {
                stop.notify();
            }
        });
    }
    // Nothing is written to standard output, so that its end means nothing.
    stop.wait(std::nullopt, Watch::signals_only);
    const bool lost = connection->client.status() == Status::closed;
    if (!subscription->drain()) {
        // Fails only where the subscription has ended already.
        (void)subscription->unsubscribe();
    }
    for (std::thread& worker : workers) {
        worker.join();
    }
    const auto flushed = connection->client.flush();
    connection->close();
    if (options.verbose) {
        tell(fmt::format("{} requests answered", responder.answered()));
    }
    const int errors = connection->errors->finish();
    if (lost) {
        return kUnavailable;
    }
    return flushed ? errors : fail(kReply, flushed.error());
}

}  // namespace

Action add_reply(CLI::App& app) {
    auto options = std::make_shared<ReplyOptions>();
    app.add_option("SUBJECT", options->subject, "Requests to answer; wildcards are allowed")
        ->required();
    auto* kind = app.add_option_group("answer", "What to answer (one of these)");
    kind->add_flag("--echo", options->echo, "The payload of the request");
    kind->add_option("--text", options->text, "This text")->type_name("TEXT");
    kind->add_option(
            "--command",
            options->command,
            "What this shell command writes; it reads the payload, and the subject is in "
            "TELEX_SUBJECT"
    )
        ->type_name("COMMAND");
    kind->require_option(1);
    app.add_flag(
           "--keep-newline",
           options->keep_newline,
           "The newline that ends a command's output is part of the answer"
    )
        ->needs("--command");
    add_headers(app, options->headers);
    add_subscribe(app, options->subscribe);
    app.add_flag(
           "--each",
           options->each,
           "Answer every request, instead of sharing them with the other repliers of the group "
           "(telex-reply, or --queue)"
    )
        ->excludes("--queue");
    add_count(app, "-n,--count", options->count, "End after so many requests");
    add_count(
        app,
        "--parallel",
        options->parallel,
        "Commands that run at the same time (as many as processors)"
    )
        ->check(CLI::Range(std::uint64_t{1}, kMaxParallel));
    add_duration(
        app, "--command-timeout", options->command_time, "A command is killed after this time (10s)"
    );
    app.add_flag("-v,--verbose", options->verbose, "Tell at the end how many requests came");
    add_connection(app, options->connection);
    app.footer(
        "Of a command's output one newline at its end is removed (--keep-newline). A command that "
        "fails,\n"
        "or is killed, answers with what it wrote and the header Telex-Error (\"exit status 3\"). "
        "The header\n"
        "Telex-No-Answer (-H 'Telex-No-Answer: yes') makes a raw listener write no answer.\n"
        "Writes \"listening on 'SUBJECT'\" to standard error when it is "
        "ready.\n"
        "Ctrl-C answers what has arrived and ends with 0.\n"
        "Several repliers on one subject share the requests: each is answered once. With --each "
        "all of them\n"
        "run, and the first answer counts."
    );
    return [options] { return run_reply(*options); };
}

}  // namespace telex::cli
