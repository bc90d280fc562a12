#include "config/keys/limit_keys.hpp"

#include "codec/framing.hpp"
#include "config/keys/units.hpp"

#include <fmt/format.h>

namespace telex::config {

namespace {

using Draft = ListenerDraft;

constexpr std::uint64_t kMillion = 1'000'000;

// What the subject trie can hold.
constexpr std::uint64_t kMaxSubjectTokens = 128;

void read_max_frame(Draft& draft, const Node& node, const std::string& path, Reader& reader) {
    if (const auto bytes = reader.size(node, path, {1, codec::kMaxFrameBytesCeiling})) {
        draft.max_frame_bytes = static_cast<std::size_t>(*bytes);
    }
}

constexpr Range kIdle{kSecond, 7 * kDay};

// Raw peers cannot be asked whether they are alive, so that their silence has no default.
void read_idle_timeout(Draft& draft, const Node& node, const std::string& path, Reader& reader) {
    session::SessionOptions& session = draft.options.session;
    if (node.kind == Node::Kind::text && node.text == "off") {
        // The text is known; reading it marks the key as given.
        (void)reader.text(node, path);
        draft.idle_timeout_is_off = true;
    } else if (const auto time = reader.duration<std::chrono::milliseconds>(node, path, kIdle)) {
        session.idle_timeout = *time;
        session.raw.idle_timeout = *time;
    }
}

Key<Draft> idle_timeout_key() {
    auto key = special<Draft>(
        "limits.idle_timeout",
        "duration",
        fmt::format(
            "{} to {}; raw: or off",
            format_ticks<std::chrono::milliseconds>(kIdle.min),
            format_ticks<std::chrono::milliseconds>(kIdle.max)
        ),
        {"telex and json: a silent peer is pinged after this time and closed after twice this "
         "time. "
         "raw: a silent peer is closed after this time; defaults to `off`, since TCP keep-alive "
         "finds "
         "dead peers, and a full listener closes the connection that has been silent for longest."},
        read_idle_timeout
    );
    key.show = [](const Draft& draft) {
        const session::SessionOptions& session = draft.options.session;
        const bool raw = draft.options.protocol == "raw";
        return raw && !session.raw.idle_timeout
                   ? std::string("off")
                   : format_duration(raw ? *session.raw.idle_timeout : session.idle_timeout);
    };
    return key;
}

void add_counts_and_sizes(Table<Draft>& table) {
    table.push_back(section<Draft>("limits", {"What one listener's peers may ask for."}));
    table.push_back(count_key<Draft>(
        "limits.max_connections",
        [](auto& d) -> auto& { return d.options.max_connections; },
        {1, kMillion},
        {"Maximum concurrent connections. telex and json: others are refused with "
         "TOO_MANY_CONNECTIONS. raw: the connection that has been silent for longest is closed for "
         "a new one."}
    ));
    table.push_back(count_key<Draft>(
        "limits.max_unauthenticated",
        [](auto& d) -> auto& { return d.options.max_unauthenticated; },
        {4, kMillion},
        {"Of these, such as have not introduced themselves. A quarter of them is for one network "
         "(an IPv4 address without its last byte, 56 bits of an IPv6 address)."}
    ));
    table.push_back(count_key<Draft>(
        "limits.backlog",
        [](auto& d) -> auto& { return d.options.backlog; },
        {1, 65'535},
        {"Connections that the kernel keeps until they are accepted.", Reload::restart}
    ));
    table.push_back(special<Draft>(
        "limits.max_frame",
        "size",
        fmt::format("1B to {}", format_size(codec::kMaxFrameBytesCeiling)),
        {"The longest frame, without what the framing adds. Replaces `max_frame` of the framing.",
         Reload::restart},
        read_max_frame,
        "of the framing"
    ));
    table.push_back(size_key<Draft>(
        "limits.max_frame_before_hello",
        [](auto& d) -> auto& { return d.options.session.max_frame_bytes_before_hello; },
        {64, kMiB},
        {"The longest frame of a peer that has not introduced itself.", Reload::hot, Applies::frames
        }
    ));
    table.push_back(count_key<Draft>(
        "limits.max_subscriptions",
        [](auto& d) -> auto& { return d.options.session.max_subscriptions; },
        {1, kMillion},
        {"Subscriptions of one connection.", Reload::hot, Applies::frames}
    ));
    table.push_back(count_key<Draft>(
        "limits.max_requests",
        [](auto& d) -> auto& { return d.options.session.max_pending_requests; },
        {1, kMillion},
        {"Requests of one connection that wait for their answer."}
    ));
    table.push_back(count_key<Draft>(
        "limits.max_headers",
        [](auto& d) -> auto& { return d.options.session.max_headers; },
        {1, 1'024},
        {"Headers of one message.", Reload::hot, Applies::frames}
    ));
    table.push_back(size_key<Draft>(
        "limits.max_header_bytes",
        [](auto& d) -> auto& { return d.options.session.max_header_bytes; },
        {16, kMiB},
        {"Names and values of all headers of one message.", Reload::hot, Applies::frames}
    ));
}

void add_time_limits(Table<Draft>& table) {
    table.push_back(size_key<Draft>(
        "limits.max_subject_bytes",
        [](auto& d) -> auto& { return d.options.session.subject.max_bytes; },
        {16, 64 * kKiB},
        {"The longest subject or filter."}
    ));
    table.push_back(count_key<Draft>(
        "limits.max_subject_tokens",
        [](auto& d) -> auto& { return d.options.session.subject.max_tokens; },
        {1, kMaxSubjectTokens},
        {"The most tokens of a subject or filter."}
    ));
    table.push_back(duration_key<Draft>(
        "limits.hello_timeout",
        [](auto& d) -> auto& { return d.options.session.hello_timeout; },
        {100, 3'600 * kSecond},
        {"How long a new peer may take to introduce itself.", Reload::hot, Applies::frames}
    ));
    table.push_back(duration_key<Draft>(
        "limits.frame_timeout",
        [](auto& d) -> auto& { return d.options.frame_timeout; },
        {100, kDay},
        {"How long a peer may take for one frame on a stream, beside one second for each KiB of it "
         "that has come. A peer that sends nothing is closed by `idle_timeout`."}
    ));
    table.push_back(idle_timeout_key());
    table.push_back(duration_key<Draft>(
        "limits.default_request_timeout",
        [](auto& d) -> auto& { return d.options.session.default_request_timeout; },
        {1, kDay},
        {"For requests that name no time-out.", Reload::hot, Applies::frames}
    ));
    table.push_back(duration_key<Draft>(
        "limits.max_request_timeout",
        [](auto& d) -> auto& { return d.options.session.max_request_timeout; },
        {1, kDay},
        {"The longest time-out that a request may name.", Reload::hot, Applies::frames}
    ));
}

}  // namespace

void add_limit_keys(Table<Draft>& table) {
    add_counts_and_sizes(table);
    add_time_limits(table);
}

}  // namespace telex::config
