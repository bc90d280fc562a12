#include "config/keys/limit_keys.hpp"

#include "codec/framing.hpp"
#include "config/keys/units.hpp"

#include <fmt/format.h>

namespace telex::config {

namespace {

using Draft = ListenerDraft;

constexpr Applies kNeedsHello{&session::Capabilities::has_hello};
constexpr Applies kNeedsSubscribe{&session::Capabilities::client_subscribes};
constexpr Applies kNeedsRequests{&session::Capabilities::client_requests};
constexpr Applies kNeedsHeaders{&session::Capabilities::has_headers};

constexpr std::uint64_t kMillion = 1'000'000;

// Limit of the subject trie.
constexpr std::uint64_t kMaxSubjectTokens = 128;

constexpr Range kFrame{1, codec::kMaxFrameBytesCeiling};
constexpr Range kIdle{kSecond, 7 * kDay};
constexpr std::string_view kOff = "off";

void read_max_frame(Draft& draft, const Node& node, const std::string& path, Reader& reader) {
    if (const auto bytes = reader.size(node, path, kFrame)) {
        draft.max_frame_bytes = static_cast<std::size_t>(*bytes);
    }
}

void read_idle_timeout(Draft& draft, const Node& node, const std::string& path, Reader& reader) {
    if (node.text == kOff) {
        // Marks the key as given.
        (void)reader.text(node, path);
        draft.idle_timeout_is_off = true;
    } else if (const auto time = reader.duration<std::chrono::milliseconds>(node, path, kIdle)) {
        draft.options.session.idle_timeout = *time;
    }
}

Key<Draft> idle_timeout_key() {
    DurationKind kind = duration_kind<std::chrono::milliseconds>(kIdle);
    kind.word = kOff;
    auto key = special<Draft>(
        "limits.idle_timeout",
        kind,
        {"How long a peer may be silent. It is pinged after this time and closed after twice this "
         "time. With a protocol without pings (see Protocols) it is closed after this time; only "
         "then "
         "`off` is allowed, and the default, since TCP keep-alive detects dead peers, and a full "
         "listener closes the connection that has been silent for longest."},
        read_idle_timeout
    );
    key.show = [](const Draft& draft) {
        const auto timeout = draft.options.session.idle_timeout;
        return timeout ? format_duration(*timeout) : std::string(kOff);
    };
    return key;
}

// NOLINTNEXTLINE(readability-function-size): a table, row by row
void add_connection_limits(Table<Draft>& table) {
    table.push_back(section<Draft>("limits", {"Limits of the listener and of its connections."}));
    table.push_back(count_key<Draft>(
        "limits.max_connections",
        [](auto& d) -> auto& { return d.options.max_connections; },
        {1, kMillion},
        {"Maximum concurrent connections. Others are refused with TOO_MANY_CONNECTIONS. With a "
         "protocol without pings (see Protocols) the connection that has been silent for longest "
         "is "
         "closed for a new one."}
    ));
    table.push_back(count_key<Draft>(
        "limits.max_unauthenticated",
        [](auto& d) -> auto& { return d.options.max_unauthenticated; },
        {4, kMillion},
        {"Maximum concurrent connections before authentication. Others are refused. One network "
         "(an IPv4 address without its last byte, the first 56 bits of an IPv6 address) may have a "
         "quarter of them."}
    ));
    table.push_back(count_key<Draft>(
        "limits.backlog",
        [](auto& d) -> auto& { return d.options.backlog; },
        {1, 65'535},
        {"Maximum connections that wait in the kernel until they are accepted, see listen(2).",
         Reload::restart}
    ));
    table.push_back(special<Draft>(
        "limits.max_frame",
        SizeKind{kFrame},
        {.doc = "Maximum size of a frame, without the bytes that the framing adds. Overrides "
                "`max_frame` of the framing.",
         .reload = Reload::restart,
         .unset = "of the framing"},
        read_max_frame
    ));
    table.push_back(size_key<Draft>(
        "limits.max_frame_before_hello",
        [](auto& d) -> auto& { return d.options.session.max_frame_bytes_before_hello; },
        {64, kMiB},
        {"Maximum size of a frame before the client's Hello is accepted. A larger frame closes the "
         "connection.",
         Reload::hot,
         kNeedsHello}
    ));
    table.push_back(count_key<Draft>(
        "limits.max_subscriptions",
        [](auto& d) -> auto& { return d.options.session.max_subscriptions; },
        {1, kMillion},
        {"Maximum subscriptions of a connection. Further subscriptions are refused.",
         Reload::hot,
         kNeedsSubscribe}
    ));
    table.push_back(count_key<Draft>(
        "limits.max_wildcard_patterns",
        [](auto& d) -> auto& { return d.options.session.max_wildcard_patterns; },
        {1, 10'000},
        {"Maximum different places of wildcards in the filters of a connection: a.* and b.* have "
         "one "
         "pattern, a.* and *.a two. Further subscriptions are refused. Each pattern costs all who "
         "publish subjects with as many tokens.",
         Reload::hot,
         kNeedsSubscribe}
    ));
    table.push_back(count_key<Draft>(
        "limits.max_requests",
        [](auto& d) -> auto& { return d.options.session.max_pending_requests; },
        {1, kMillion},
        {"Maximum pending requests of a connection. Further requests are refused."}
    ));
    table.push_back(count_key<Draft>(
        "limits.max_durable_publications",
        [](auto& d) -> auto& { return d.options.session.max_durable_publications; },
        {1, kMillion},
        {"Maximum durable publications of a connection that wait until they are stored. Further "
         "ones are refused."}
    ));
}

void add_message_limits(Table<Draft>& table) {
    table.push_back(count_key<Draft>(
        "limits.max_headers",
        [](auto& d) -> auto& { return d.options.session.max_headers; },
        {1, 1'024},
        {"Maximum headers of a message. A message with more is refused.", Reload::hot, kNeedsHeaders
        }
    ));
    table.push_back(size_key<Draft>(
        "limits.max_header_bytes",
        [](auto& d) -> auto& { return d.options.session.max_header_bytes; },
        {16, kMiB},
        {"Maximum size of the names and values of all headers of a message.",
         Reload::hot,
         kNeedsHeaders}
    ));
    table.push_back(size_key<Draft>(
        "limits.max_subject_bytes",
        [](auto& d) -> auto& { return d.options.session.subject.max_bytes; },
        {16, 64 * kKiB},
        {"Maximum length of a subject or filter."}
    ));
    table.push_back(count_key<Draft>(
        "limits.max_subject_tokens",
        [](auto& d) -> auto& { return d.options.session.subject.max_tokens; },
        {1, kMaxSubjectTokens},
        {"Maximum tokens of a subject or filter."}
    ));
}

void add_time_limits(Table<Draft>& table) {
    table.push_back(duration_key<Draft>(
        "limits.hello_timeout",
        [](auto& d) -> auto& { return d.options.session.hello_timeout; },
        {100, 3'600 * kSecond},
        {"How long a new client may take to send its Hello. The connection is closed after it.",
         Reload::hot,
         kNeedsHello}
    ));
    table.push_back(duration_key<Draft>(
        "limits.frame_timeout",
        [](auto& d) -> auto& { return d.options.frame_timeout; },
        {100, kDay},
        {"How long a peer may take to send one frame on a stream, plus one second for each KiB "
         "received. The connection is closed after it. Peers that send nothing are subject to "
         "`idle_timeout`."}
    ));
    table.push_back(idle_timeout_key());
    table.push_back(duration_key<Draft>(
        "limits.default_request_timeout",
        [](auto& d) -> auto& { return d.options.session.default_request_timeout; },
        {1, kDay},
        {"Time-out of requests that do not specify one.", Reload::hot, kNeedsRequests}
    ));
    table.push_back(duration_key<Draft>(
        "limits.max_request_timeout",
        [](auto& d) -> auto& { return d.options.session.max_request_timeout; },
        {1, kDay},
        {"Maximum time-out that a request may specify. A request with a longer one is refused.",
         Reload::hot,
         kNeedsRequests}
    ));
}

}  // namespace

void add_limit_keys(Table<Draft>& table) {
    add_connection_limits(table);
    add_message_limits(table);
    add_time_limits(table);
}

}  // namespace telex::config
