// `telex pub`: publishes messages and waits until the exchange has routed them.
#include "cli/commands/commands.hpp"
#include "cli/connection/connection.hpp"
#include "cli/exit_code.hpp"
#include "cli/frames/reader.hpp"
#include "cli/messages/payload.hpp"
#include "cli/options/common_options.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/print_error.hpp"
#include "cli/terminal/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>

namespace telex::cli {
namespace {

constexpr std::string_view kPub = "pub";
// Messages between two checks for Ctrl-C and for the progress line.
constexpr std::uint64_t kCheckEvery = 256;

struct PubOptions {
    SharedConnection connection;
    std::string subject;
    PayloadOptions payload;
    std::string reply;
    bool lines = false;
    std::optional<std::uint64_t> count;
};

class Publisher {
public:
    Publisher(
        const PubOptions& options, Client& client, SignalWaiter& signals, const ProtoType* type
    )
        : options_(options),
          client_(client),
          signals_(signals),
          type_(type),
          message_(message_options<PublishOptions>(options.payload)) {
        message_.reply_to = options.reply;
    }

    // Returns the exit code. So do the functions below; kOk means continue.
    int publish_all() { return options_.lines ? publish_lines() : publish_one_payload(); }

    std::uint64_t published() const { return published_; }

private:
    int publish(std::string_view payload) {
        if (const auto sent = client_.publish(options_.subject, payload, message_); !sent) {
            return fail(kPub, sent.error());
        }
        if (++published_ % kCheckEvery == 0) {
            if (signals_.interrupted()) {
                return kInterrupted;
            }
            if (progress_.due()) {
                progress_.show(fmt::format("{} messages published", published_));
            }
        }
        return kOk;
    }

    int publish_one_payload() {
        const auto payload =
            read_payload(options_.payload, type_, read_from(STDIN_FILENO, &signals_));
        if (!payload) {
            return reject(payload.error());
        }
        int code = kOk;
        for (std::uint64_t left = options_.count.value_or(1); left > 0 && code == kOk; --left) {
            code = publish(*payload);
        }
        return code;
    }

    int publish_lines() {
        FrameReader lines(line_framing(kMaxPayloadBytes), read_from(STDIN_FILENO, &signals_));
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
                    return reject({kNoInput, "standard input: " + event.text});
                case FrameEvent::Kind::bad:
                    return reject(
                        {kBadData,
                         fmt::format("line {} is longer than the maximum payload", published_ + 1)}
                    );
                case FrameEvent::Kind::skipped:
                case FrameEvent::Kind::end:
                    return kOk;
            }
        }
    }

    int publish_line(ByteView line) {
        const auto payload = encode_payload(type_, std::string(line));
        if (!payload) {
            return reject(
                {kBadData, fmt::format("line {}: {}", published_ + 1, payload.error().text)}
            );
        }
        return publish(*payload);
    }

    static int reject(const InputError& error) {
        if (error.exit_code != kInterrupted) {
            print_error(kPub, error.text);
        }
        return error.exit_code;
    }

    const PubOptions& options_;
    Client& client_;
    SignalWaiter& signals_;
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
    SignalWaiter signals;
    auto connection = open_connection(kPub, *options.connection, signals);
    if (!connection) {
        return connection.error();
    }
    Publisher publisher(options, connection->client, signals, *type ? &**type : nullptr);
    int code = publisher.publish_all();
    // Messages that were sent before an error are routed, too.
    const auto flushed = connection->client.flush();
    connection->close();
    if (code == kInterrupted) {
        print_error(
            kPub, fmt::format("interrupted; messages published: {}", publisher.published())
        );
    }
    if (!flushed && code == kOk) {
        code = fail(kPub, flushed.error());
    }
    const int error_code = connection->errors->finish();
    return code != kOk ? code : error_code;
}

}  // namespace

Command pub_command(const SharedConnection& connection) {
    auto options = std::make_shared<PubOptions>();
    options->connection = connection;
    Command command{.name = "pub", .summary = "Publish messages"};
    OptionSet& set = command.options;
    set.add({"SUBJECT", "", "Subject to publish to", value::text(options->subject)}).required =
        true;
    add_payload(set, options->payload);
    set.add({"--lines", "", "Publish each line of standard input", value::flag(options->lines)})
        .excludes = {"DATA", "--file", "--json"};
    set.add({"-n,--count",
             "N",
             "Publish the payload this many times (default: 1)",
             value::count(options->count)})
        .excludes = {"--lines"};
    set.begin_section("Message");
    set.add({"--reply", "SUBJECT", "Subject for replies", value::text(options->reply)});
    set.end_section();
    command.examples = {
        {"Publish a text", "telex pub notes \"one message\""},
        {"Publish a file", "telex pub photos --file cat.jpg --content-type image/jpeg"},
        {"Publish each line of a program's output", "tail -f app.log | telex pub log.app --lines"},
    };
    command.footer =
        "Exits with 0 when the exchange has routed all messages, with 1 if it rejected\n"
        "one.";
    command.run = [options] { return run_pub(*options); };
    return command;
}

}  // namespace telex::cli
