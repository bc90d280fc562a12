// `telex pub`: publishes, and ends when the exchange has routed everything.
#include "cli/commands/verb.hpp"
#include "cli/connection/connection.hpp"
#include "cli/exit_code.hpp"
#include "cli/frames/reader.hpp"
#include "cli/messages/payload.hpp"
#include "cli/options/option_types.hpp"
#include "cli/terminal/complain.hpp"
#include "cli/terminal/progress.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <memory>

namespace telex::cli {
namespace {

constexpr std::string_view kPub = "pub";
// How often a long run looks for Ctrl-C and the clock.
constexpr std::uint64_t kLookEvery = 256;

struct PubOptions {
    ConnectionOptions connection;
    std::string subject;
    PayloadOptions payload;
    std::string reply;
    bool lines = false;
    std::optional<std::uint64_t> count;
};

class Publisher {
public:
    Publisher(const PubOptions& options, Client& client, Stop& stop, const ProtoType* type)
        : options_(options),
          client_(client),
          stop_(stop),
          type_(type),
          message_(message_options<PublishOptions>(options.payload)) {
        message_.reply = options.reply;
    }

    // All of these return the exit code; kOk: go on.
    int publish_all() { return options_.lines ? publish_lines() : publish_one_payload(); }

    std::uint64_t published() const { return published_; }

private:
    int publish(std::string_view payload) {
        if (const auto sent = client_.publish(options_.subject, payload, message_); !sent) {
            return fail(kPub, sent.error());
        }
        if (++published_ % kLookEvery == 0) {
            if (stop_.interrupted()) {
                return kInterrupted;
            }
            if (progress_.due()) {
                progress_.show(fmt::format("{} messages published", published_));
            }
        }
        return kOk;
    }

    int publish_one_payload() {
        const auto payload = read_payload(options_.payload, type_, read_from(STDIN_FILENO, &stop_));
        if (!payload) {
            return refuse(payload.error());
        }
        int code = kOk;
        for (std::uint64_t left = options_.count.value_or(1); left > 0 && code == kOk; --left) {
            code = publish(*payload);
        }
        return code;
    }

    int publish_lines() {
        FrameReader lines(line_framing(kMaxPayloadBytes), read_from(STDIN_FILENO, &stop_));
        for (;;) {
            const FrameEvent event = lines.next();
            switch (event.kind) {
                case FrameEvent::Kind::frame:
                    if (const int code = publish_line(event.payload); code != kOk) {
                        return code;
                    }
                    break;
                case FrameEvent::Kind::interrupted:
                    return kInterrupted;
                case FrameEvent::Kind::failed:
                    return refuse({kNoInput, "standard input: " + event.text});
                case FrameEvent::Kind::bad:
                    return refuse({kBadData, fmt::format("line {} is too long", published_ + 1)});
                case FrameEvent::Kind::skipped:
                case FrameEvent::Kind::end:
                    return kOk;
            }
        }
    }

    int publish_line(ByteView line) {
        const auto payload = encode_payload(type_, std::string(line));
        if (!payload) {
            return refuse(
                {kBadData, fmt::format("line {}: {}", published_ + 1, payload.error().text)}
            );
        }
        return publish(*payload);
    }

    static int refuse(const InputError& error) {
        if (error.exit_code != kInterrupted) {
            complain(kPub, error.text);
        }
        return error.exit_code;
    }

    const PubOptions& options_;
    Client& client_;
    Stop& stop_;
    const ProtoType* type_;
    PublishOptions message_;
    Progress progress_;
    std::uint64_t published_ = 0;
};

int run_pub(const PubOptions& options) {
    const auto type = load_payload_type(kPub, options.payload);
    if (!type) {
        return type.error();
    }
    Stop stop;
    auto connection = open_connection(kPub, options.connection, stop);
    if (!connection) {
        return connection.error();
    }
    Publisher publisher(options, connection->client, stop, *type ? &**type : nullptr);
    int code = publisher.publish_all();
    // What was accepted is routed also when the rest failed.
    const auto flushed = connection->client.flush();
    connection->close();
    if (code == kInterrupted) {
        complain(kPub, fmt::format("interrupted, {} messages published", publisher.published()));
    }
    if (!flushed && code == kOk) {
        code = fail(kPub, flushed.error());
    }
    const int refused = connection->errors->finish();
    return code != kOk ? code : refused;
}

}  // namespace

Action add_pub(CLI::App& app) {
    auto options = std::make_shared<PubOptions>();
    app.add_option("SUBJECT", options->subject, "Where to")->required();
    add_payload(app, options->payload);
    auto* lines =
        app.add_flag("--lines", options->lines, "Each line of standard input is a message");
    lines->excludes("DATA")->excludes("--file")->excludes("--json");
    add_count(app, "-n,--count", options->count, "Publish the payload so many times")
        ->excludes(lines);
    app.add_option("--reply", options->reply, "Subject on which answers are wanted")
        ->type_name("SUBJECT");
    add_connection(app, options->connection);
    app.footer(
        "Ends with 0 when the exchange has routed everything, with 1 when it refused a message."
    );
    return [options] { return run_pub(*options); };
}

}  // namespace telex::cli
