#include "cli/subscriber/follow.hpp"

#include "cli/connection/connection.hpp"
#include "cli/exit_code.hpp"
#include "cli/subscriber/subscriber.hpp"
#include "cli/terminal/print_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

namespace telex::cli {
namespace {

int exit_code_of(const FollowOptions& options, Wake wake, std::uint64_t messages) {
    if (wake != Wake::timed_out || messages >= options.count.value_or(0)) {
        return kOk;
    }
    print_error(
        options.command,
        fmt::format("received {} of {} messages before the time-out", messages, *options.count)
    );
    return kRefused;
}

int exit_code_of(std::string_view command, const Subscriber& subscriber, const MessageSink& sink) {
    if (const auto error = subscriber.error(); error && error->code != Errc::closed) {
        return fail(command, *error);
    }
    if (const auto error = sink.error()) {
        print_error(command, *error);
        return kOutputError;
    }
    return kOk;
}

void print_counts(const MessageSink& sink, const SubscriptionStatistics& statistics) {
    print_note(fmt::format(
        "{} messages received, {} dropped by this client, {} dropped by the exchange",
        sink.messages(),
        statistics.dropped,
        statistics.dropped_by_exchange
    ));
}

// Returns the first code that is not kOk.
int first_of(std::initializer_list<int> codes) {
    const auto* const found = std::ranges::find_if(codes, [](int code) { return code != kOk; });
    return found == codes.end() ? kOk : *found;
}

}  // namespace

int follow(
    const ConnectionOptions& given,
    const FollowOptions& options,
    MessageSink& sink,
    const Output& output
) {
    SignalWaiter signals;
    auto connection = open_connection(options.command, given, signals);
    if (!connection) {
        return connection.error();
    }
    Subscriber subscriber(connection->client, sink, signals);
    for (const std::string& filter : options.filters) {
        if (const auto added = subscriber.add(filter, options.subscribe); !added) {
            return fail(options.command, added.error());
        }
    }
    print_note(fmt::format("listening on '{}'", fmt::join(options.filters, "', '")));
    subscriber.start();
    const Wake wake = signals.wait(options.timeout);
    const bool lost = connection->client.status() == Status::closed;
    // Messages that had arrived are still printed, unless the pipe is closed.
    subscriber.stop(wake != Wake::output_closed);
    connection->close();
    if (options.verbose) {
        print_counts(sink, subscriber.statistics());
    }
    const int errors = connection->errors->finish();
    if (lost) {
        return first_of({errors, kUnavailable});
    }
    return first_of(
        {exit_code_of(options.command, subscriber, sink),
         exit_code_of(options, wake, sink.messages()),
         output.exit_code(options.command),
         errors}
    );
}

}  // namespace telex::cli
