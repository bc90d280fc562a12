#include "protocols/raw/raw_options.hpp"

#include "session/publish_option.hpp"
#include "session/subject_template.hpp"
#include "wire/subject.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <utility>

namespace telex::session::raw {
namespace {

constexpr std::chrono::hours kMaxRequestTimeout{24};
constexpr std::size_t kMaxGreeting = 4'096;
constexpr std::size_t kMaxStoredAnswer = 1'024;

std::optional<std::string> check_group(std::string_view text) {
    const auto error = wire::check_queue_group(text);
    return error ? std::optional(fmt::format("is not a queue group: it {}", wire::text_of(*error)))
                 : std::nullopt;
}

TextOption raw_template(std::optional<std::string> RawOptions::* member, std::string_view type) {
    return template_option(option_access<std::string>(member), type);
}

// Of frames that a stream must store.
std::vector<OptionRow> stored_rows() {
    return {
        {"ack",
         "Frame that answers each frame of `publish` once a stream has stored it, in the order of "
         "the frames. `{stream}` and `{sequence}` stand for the place of the message. A stream "
         "must store the subject. Not on datagram sockets.",
         BytesOption{
             option_access<std::string>(&RawOptions::ack), "1 to 1,024 bytes", kMaxStoredAnswer
         }},
        {"nak",
         "Frame that answers a frame that was refused; `{code}` stands for the error code. "
         "Without this key, and if the disk has failed, the connection is closed after the "
         "answers to earlier frames. Requires `ack`.",
         BytesOption{
             option_access<std::string>(&RawOptions::nak), "1 to 1,024 bytes", kMaxStoredAnswer
         }},
    };
}

std::vector<OptionRow> make_rows() {
    std::vector<OptionRow> rows{
        publish_row(option_access<std::string>(&RawOptions::publish)),
        {"subscribe",
         "Filter of the messages that are written as frames. Not on datagram sockets.",
         raw_template(&RawOptions::subscribe, "filter template")},
        {"request",
         "Subject to which each frame is sent as a request. Replies are written in the order of "
         "the "
         "frames. Excludes `publish` and `subscribe`.",
         raw_template(&RawOptions::request, "subject template")},
        {"queue_group",
         "Queue group of `subscribe`: each message goes to one member of the group.",
         TextOption{
             option_access<std::string>(&RawOptions::queue_group),
             "queue group",
             "a subject of at most 255 bytes",
             check_group
         }},
        {"greeting",
         "Bytes that are written when a peer connects, before anything else, without the framing: "
         "`\"220 ready\\r\\n\"`, `hex:0a00`. Not on datagram sockets.",
         BytesOption{
             option_access<std::string>(&RawOptions::greeting), "1 to 4,096 bytes", kMaxGreeting
         }},
        {"connect",
         "Subject of a request that is sent when a peer connects. Its reply is written to the "
         "peer, for protocols in which the server speaks first. Headers name the connection "
         "(`Telex-Connection`, `Telex-Transport`, `Telex-Peer`, `Telex-Port`, `Telex-Listener`). "
         "Nothing is read from the peer until the reply; a responder with nothing to say replies "
         "with the header `Telex-No-Answer`. Without a reply the connection is closed. Not on "
         "datagram sockets.",
         template_option(option_access<std::string>(&RawOptions::connect), "subject template")},
        {"disconnect",
         "Subject of a message that is published when a connection ends, with the headers of "
         "`connect` and `Telex-Reason`, the reason as in the log. Not on datagram sockets.",
         template_option(option_access<std::string>(&RawOptions::disconnect), "subject template")},
        {"echo",
         "Whether a peer receives its own messages. Requires `publish` and `subscribe`.",
         FlagOption{option_access<bool>(&RawOptions::echo)}},
        {"close_after_reply",
         "Whether the connection is closed when the reply to a frame is written, for protocols "
         "with one request in each connection (whois, finger, HTTP/1.0). Otherwise a responder "
         "closes it with the header `Telex-Close` in its reply. Requires `request`. Not on "
         "datagram sockets.",
         FlagOption{option_access<bool>(&RawOptions::close_after_reply)}},
        {"close_by_message",
         "Whether a message of `subscribe` with the header `Telex-Close` is the last that is "
         "written, and closes the connection. Everyone who may publish to a subject that matches "
         "`subscribe` can then close connections. Requires `subscribe`.",
         FlagOption{option_access<bool>(&RawOptions::close_by_message)}},
        {"request_timeout",
         "How long to wait for the reply to a `request` or `connect`. The connection is closed "
         "after it, because the peer could not tell which reply is missing.",
         DurationOption{
             option_access<std::chrono::milliseconds>(&RawOptions::request_timeout),
             std::chrono::milliseconds(1),
             kMaxRequestTimeout
         }},
    };
    std::ranges::copy(stored_rows(), std::back_inserter(rows));
    return rows;
}

struct Template {
    std::string_view key;
    std::optional<std::string> RawOptions::* text;
    SubjectTemplate::Use use;
};

constexpr std::array kTemplates = {
    Template{"publish", &RawOptions::publish, SubjectTemplate::Use::publish},
    Template{"subscribe", &RawOptions::subscribe, SubjectTemplate::Use::subscribe},
    Template{"request", &RawOptions::request, SubjectTemplate::Use::request},
    Template{"connect", &RawOptions::connect, SubjectTemplate::Use::request},
    Template{"disconnect", &RawOptions::disconnect, SubjectTemplate::Use::publish},
};

void check_templates(const ListenerFacts& facts, std::vector<ListenerError>& errors) {
    const auto& raw = options_of<RawOptions>(facts.options.protocol);
    for (const Template& row : kTemplates) {
        const auto& text = raw.*row.text;
        if (!text || !facts.good(row.key)) {
            continue;
        }
        const auto parsed = SubjectTemplate::parse(*text, row.use, facts.options.subject);
        if (!parsed) {
            errors.push_back({row.key, parsed.error()});
        }
    }
}

std::optional<std::string> check_combination(const RawOptions& raw) {
    if (!raw.publish && !raw.subscribe && !raw.request) {
        return "a raw listener needs publish, subscribe or request";
    }
    if (raw.request && (raw.publish || raw.subscribe)) {
        return "request excludes publish and subscribe: the peer could not tell replies from other "
               "messages";
    }
    if (raw.ack && (!raw.publish || raw.subscribe)) {
        return "ack needs publish, without subscribe: the peer could not tell answers from other "
               "messages";
    }
    if (raw.nak && !raw.ack) {
        return "nak needs ack";
    }
    if (!raw.queue_group.empty() && !raw.subscribe) {
        return "queue_group needs subscribe";
    }
    if (raw.close_after_reply && !raw.request) {
        return "close_after_reply needs request";
    }
    if (raw.close_by_message && !raw.subscribe) {
        return "close_by_message needs subscribe";
    }
    if (raw.echo && !(raw.publish && raw.subscribe)) {
        return "echo needs publish and subscribe";
    }
    return std::nullopt;
}

void check_no_connection_keys(const RawOptions& raw, std::vector<ListenerError>& errors) {
    const std::array<std::pair<std::string_view, bool>, 5> keys{{
        {"greeting", !raw.greeting.empty()},
        {"connect", raw.connect.has_value()},
        {"disconnect", raw.disconnect.has_value()},
        {"close_after_reply", raw.close_after_reply},
        {"ack", raw.ack.has_value()},
    }};
    for (const auto& [key, given] : keys) {
        if (given) {
            errors.push_back({key, "datagram peers do not connect"});
        }
    }
}

}  // namespace

std::span<const OptionRow> raw_option_rows() {
    static const std::vector<OptionRow> rows = make_rows();
    return rows;
}

std::vector<ListenerError> check_raw_listener(const ListenerFacts& facts) {
    std::vector<ListenerError> errors;
    check_templates(facts, errors);
    const std::span<const OptionRow> rows = raw_option_rows();
    if (!std::all_of(rows.begin(), rows.end(), [&](const OptionRow& row) {
            return facts.good(row.key);
        })) {
        return errors;
    }
    const auto& raw = options_of<RawOptions>(facts.options.protocol);
    if (auto wrong = check_combination(raw)) {
        errors.push_back({"", *std::move(wrong)});
    } else if (facts.given("request_timeout") && !raw.request && !raw.connect) {
        errors.push_back({"request_timeout", "has no effect without 'request' or 'connect'"});
    }
    if (raw.subscribe && facts.datagrams) {
        errors.push_back(
            {"subscribe", "datagram peers cannot subscribe: their addresses are not proved"}
        );
    }
    if (facts.datagrams) {
        check_no_connection_keys(raw, errors);
    }
    return errors;
}

}  // namespace telex::session::raw
