#include "cli/publisher/publisher.hpp"

#include "cli/connection/connection.hpp"
#include "cli/exit_code.hpp"
#include "cli/frames/reader.hpp"
#include "cli/publisher/template.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace telex::cli {
namespace {

// Messages between two checks for Ctrl-C and for the progress line.
constexpr std::uint64_t kCheckEvery = 256;
// Durable publications without an outcome; the exchange may allow fewer.
constexpr std::size_t kMostUnderWay = 1'024;

DurableOptions durable_options(const DurablePublishing& durable, const PublishOptions& message) {
    DurableOptions options;
    options.timeout = durable.timeout;
    options.reply_to = message.reply_to;
    options.headers = message.headers;
    options.id = message.id;
    options.content_type = message.content_type;
    options.type = message.type;
    options.ttl = durable.ttl;
    options.expected_last_sequence = durable.expected_last_sequence;
    options.expected_subject_sequence = durable.expected_subject_sequence;
    options.roll_up = durable.roll_up;
    return options;
}

}  // namespace

Publisher::Publisher(
    const PublisherOptions& options, Client& client, SignalWaiter& signals, const ProtoType* type
)
    : options_(options),
      client_(client),
      signals_(signals),
      type_(type),
      message_(message_options<PublishOptions>(options.payload)),
      outcomes_(signals, options.durable.format) {
    message_.reply_to = options.reply;
}

// Also prints the outcomes of messages before one that failed.
int Publisher::publish_all() {
    const int code = options_.lines ? publish_lines() : publish_one_payload();
    if (code == kInterrupted) {
        return code;
    }
    const int outcome = outcomes_.wait_below(1);
    return code == kOk ? outcome : code;
}

int Publisher::publish_one_payload() {
    const auto text = read_payload_text(options_.payload, signals_);
    if (!text) {
        return fail(kPubCommand, text.error());
    }
    const auto payload = options_.is_template ? text : encode_payload(type_, *text);
    if (!payload) {
        return fail(kPubCommand, payload.error());
    }
    begin_ = Clock::now();
    int code = kOk;
    for (std::uint64_t left = options_.count.value_or(1); left > 0 && code == kOk; --left) {
        code = options_.is_template ? publish_template(*text) : publish(*payload);
    }
    return code;
}

int Publisher::publish_lines() {
    note_terminal("Reading lines from the terminal; Ctrl-D ends them.");
    FrameReader lines(line_framing(kMaxPayloadBytes), read_from(STDIN_FILENO, &signals_));
    for (;;) {
        const FrameEvent event = lines.next();
        switch (event.kind) {
            case FrameEvent::Kind::frame:
                if (const int code = publish_line(std::string(event.payload)); code != kOk) {
                    return code;
                }
                break;
            case FrameEvent::Kind::interrupted:
                return kInterrupted;
            case FrameEvent::Kind::failed:
                return fail(kPubCommand, InputError{kNoInput, "standard input: " + event.text});
            case FrameEvent::Kind::bad:
                return fail(
                    kPubCommand,
                    InputError{
                        kBadData,
                        fmt::format("line {} is longer than the maximum payload", published_ + 1)
                    }
                );
            case FrameEvent::Kind::skipped:
            case FrameEvent::Kind::end:
                return kOk;
        }
    }
}

int Publisher::publish_line(const std::string& line) {
    if (options_.is_template) {
        return publish_template(line);
    }
    const auto payload = encode_payload(type_, line);
    if (!payload) {
        return fail(
            kPubCommand,
            InputError{kBadData, fmt::format("line {}: {}", published_ + 1, payload.error().text)}
        );
    }
    return publish(*payload);
}

int Publisher::publish_template(const std::string& text) {
    // Placeholders such as {{time}} are those of the moment of publishing.
    if (const int code = wait_for_turn(); code != kOk) {
        return code;
    }
    PublishOptions message = message_;
    std::size_t room = kMaxPayloadBytes;
    for (Header& header : message.headers) {
        auto value = fill(header.value, room);
        if (!value) {
            return fail(kPubCommand, value.error());
        }
        header.value = *std::move(value);
    }
    auto payload = fill(text, room);
    payload = payload ? encode_payload(type_, *std::move(payload)) : std::move(payload);
    return payload ? send(*payload, message) : fail(kPubCommand, payload.error());
}

int Publisher::publish(std::string_view payload) {
    const int code = wait_for_turn();
    return code == kOk ? send(payload, message_) : code;
}

int Publisher::send_durably(std::string_view payload, const PublishOptions& message) {
    const auto server = client_.server_info();
    const std::size_t allowed = server ? server->max_durable_publications : 0;
    const std::size_t limit = allowed == 0 ? kMostUnderWay : std::min(kMostUnderWay, allowed);
    if (const int code = outcomes_.wait_below(limit); code != kOk) {
        return code;
    }
    const auto sent = client_.publish_durable_async(
        options_.subject, payload, outcomes_.next(), durable_options(options_.durable, message)
    );
    if (!sent) {
        outcomes_.forget_last();
        return fail(kPubCommand, sent.error());
    }
    return after_sending();
}

int Publisher::send(std::string_view payload, const PublishOptions& message) {
    if (options_.durable.enabled) {
        return send_durably(payload, message);
    }
    if (const auto sent = client_.publish(options_.subject, payload, message); !sent) {
        return fail(kPubCommand, sent.error());
    }
    return after_sending();
}

int Publisher::after_sending() {
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

int Publisher::wait_for_turn() {
    if (!options_.pace) {
        return kOk;
    }
    const auto wait = options_.pace->wait(published_, Clock::now() - begin_);
    const bool interrupted =
        wait.count() > 0 && signals_.wait(wait, Watch::signals_only) == Wake::interrupted;
    return interrupted ? kInterrupted : kOk;
}

Result<std::string, InputError> Publisher::fill(std::string_view text, std::size_t& room) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    auto result = filled(
        text,
        {.count = published_ + 1,
         .unix_nanoseconds = std::chrono::nanoseconds(now).count(),
         .random = [this] { return random_(); }},
        room
    );
    if (!result) {
        return unexpected(InputError{kUsage, std::move(result.error())});
    }
    room -= result->size();
    return *std::move(result);
}

}  // namespace telex::cli
