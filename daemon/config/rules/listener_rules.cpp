#include "config/rules/listener_rules.hpp"

#include "base/units.hpp"
#include "config/keys/listener_keys.hpp"
#include "config/keys/protocol_keys.hpp"
#include "config/keys/proxy_keys.hpp"
#include "config/keys/websocket_keys.hpp"
#include "config/parse/value_error.hpp"
#include "protocols/registry/protocols.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace telex::config {

namespace {

using codec::FramingKind;
using net::Address;
using net::Transport;

bool is_packet(const Address& address) {
    return net::is_datagram(address.transport) || address.transport == Transport::unix_seqpacket;
}

// systemd: what was passed is not known before the start.
bool is_stream(const Address& address) {
    return address.transport == Transport::tcp || address.transport == Transport::unix_stream;
}

bool is_socket_file(const Address& address) {
    return net::is_unix(address.transport) && !address.abstract;
}

bool any(const ListenerView& listener, bool (*test)(const Address&)) {
    return std::any_of(listener.options.addresses.begin(), listener.options.addresses.end(), test);
}

bool all(const ListenerView& listener, bool (*test)(const Address&)) {
    return std::all_of(listener.options.addresses.begin(), listener.options.addresses.end(), test);
}

// At the key's value, which must have been given.
void refuse(
    const ListenerView& listener, std::string_view key, Report& report, std::string_view message
) {
    value_error(listener.at(key), message, listener.origins, report);
}

void check_packet_framing(const ListenerView& listener, Report& report) {
    if (!listener.given("framing") || !listener.good("framing")) {
        return;
    }
    const FramingKind kind = listener.options.framing.kind;
    const bool packets = kind == FramingKind::datagram;
    // A syslog message in a packet is one as well: the framing takes its end off.
    const bool for_both = kind == FramingKind::syslog;
    const bool divides = listener.options.split_packets;
    if (!packets && !for_both && !divides && all(listener, is_packet)) {
        refuse(
            listener,
            "framing",
            report,
            "packet sockets keep message boundaries themselves; remove the key or write "
            "'datagram', or 'packets: split' for several frames in a datagram of a raw listener"
        );
    } else if (packets && !listener.options.websocket && any(listener, is_stream)) {
        refuse(
            listener,
            "framing",
            report,
            "'datagram' is for packet sockets and WebSocket; tcp and unix are streams and need "
            "another "
            "framing"
        );
    }
}

// The time limit of a frame runs from its first byte to its end.
void check_idle(const ListenerView& listener, Report& report) {
    const codec::Framing& framing = listener.options.framing;
    if (listener.good("framing") && framing.kind == FramingKind::idle &&
        framing.idle >= listener.options.frame_timeout) {
        refuse(
            listener,
            listener.given("framing") ? "framing" : "limits.frame_timeout",
            report,
            fmt::format(
                "idle: {} ms must be less than limits.frame_timeout, which ends a frame that takes "
                "longer",
                framing.idle.count()
            )
        );
    }
}

// `packets: split` only: the default follows from what is checked here.
void check_packets(const ListenerView& listener, Report& report) {
    if (!listener.given("packets") || !listener.good("packets") || !listener.good("framing")) {
        return;
    }
    const auto may_be_datagram = [](const Address& address) {
        return net::is_datagram(address.transport) || address.transport == Transport::systemd;
    };
    const auto is_seqpacket = [](const Address& address) {
        return address.transport == Transport::unix_seqpacket;
    };
    const session::Protocol* const protocol = session::find_protocol(listener.options.protocol);
    if (!any(listener, may_be_datagram)) {
        refuse(
            listener,
            "packets",
            report,
            "has no effect: no address of this listener is a datagram socket"
        );
    } else if (!listener.options.split_packets) {
        return;
    } else if (any(listener, is_seqpacket)) {
        refuse(listener, "packets", report, "'split' is not possible on unix-seqpacket");
    } else if (listener.options.framing.kind == FramingKind::idle) {
        refuse(listener, "packets", report, "'split' is not possible with kind idle");
    } else if (listener.options.framing.kind == FramingKind::datagram) {
        refuse(listener, "packets", report, "'split' needs a 'framing' that divides datagrams");
    } else if (listener.options.framing.has_contained()) {
        refuse(listener, "packets", report, "'split' is not possible with first, write, unframed");
    } else if (protocol != nullptr && protocol->can.content != session::FrameContent::payload) {
        refuse(
            listener,
            "packets",
            report,
            fmt::format(
                "'split' is not possible with protocol {}: a datagram is a frame", protocol->name
            )
        );
    }
}

void check_amplification(const ListenerView& listener, Report& report) {
    const auto may_be_udp = [](const Address& address) {
        return address.transport == Transport::udp || address.transport == Transport::systemd;
    };
    const bool factor = listener.given("amplification.factor");
    const bool networks = listener.given("amplification.networks");
    if (!factor && !networks) {
        return;
    }
    const std::string_view given = factor ? "amplification.factor" : "amplification.networks";
    if (!any(listener, may_be_udp)) {
        refuse(listener, given, report, "has no effect: no address of this listener is udp");
    } else if (!networks) {
        refuse(
            listener,
            given,
            report,
            "needs 'networks': larger replies are sent to listed networks only"
        );
    } else if (!factor) {
        refuse(listener, given, report, "needs 'factor'");
    }
}

void check_socket_file_keys(const ListenerView& listener, Report& report) {
    for (const std::string_view key : {"mode", "owner", "group"}) {
        if (listener.given(key) && !any(listener, is_socket_file)) {
            refuse(listener, key, report, "has no effect: no address of this listener is a file");
        }
    }
}

void check_abstract(const ListenerView& listener, Report& report) {
    if (listener.options.allow_abstract || !listener.good("allow_abstract")) {
        return;
    }
    const auto& addresses = listener.options.addresses;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        if (addresses[i].abstract) {
            const std::string element = item("address", i);
            refuse(
                listener,
                listener.given(element) ? std::string_view(element) : "address",
                report,
                "abstract names have no permissions; 'allow_abstract: true' accepts that"
            );
        }
    }
}

void check_framing_of_protocol(
    const ListenerView& listener, const session::Protocol& protocol, Report& report
) {
    if (!listener.given("framing") || !listener.good("framing") || all(listener, is_packet)) {
        return;
    }
    const auto error = [&](std::string_view text) {
        refuse(listener, "framing", report, fmt::format(fmt::runtime(text), protocol.name));
    };
    using session::FrameContent;
    const FramingKind kind = listener.options.framing.kind;
    const bool text_only = kind == FramingKind::delimiter || kind == FramingKind::syslog;
    if (protocol.has_own_framing()) {
        error("protocol {} defines its own framing; remove the key");
    } else if (kind == FramingKind::fixed && protocol.can.content != FrameContent::payload) {
        error("frames of one size cannot carry protocol {}");
    } else if (listener.options.framing.has_contained() &&
               protocol.can.content != FrameContent::payload) {
        error("protocol {} has one framing: first, write and unframed are for protocol raw");
    } else if (kind == FramingKind::idle && protocol.can.content != FrameContent::payload) {
        error("frames that end with a pause cannot carry protocol {}");
    } else if (kind == FramingKind::value && protocol.can.content == FrameContent::binary) {
        error("frames of protocol {} are not values; use a length framing");
    } else if (text_only && protocol.can.content == FrameContent::binary) {
        error("protocol {} is binary: its frames may hold the delimiter; use a length framing");
    }
}

void check_sockets_of_protocol(
    const ListenerView& listener, const session::Protocol& protocol, Report& report
) {
    if (!protocol.can.packets && listener.good("address") && any(listener, is_packet)) {
        refuse(
            listener,
            "address",
            report,
            fmt::format("protocol {} needs a byte stream: tcp or unix", protocol.name)
        );
    }
}

void run_protocol_check(
    const ListenerView& listener, const session::Protocol& protocol, Report& report
) {
    const auto is_datagram = [](const Address& address) {
        return net::is_datagram(address.transport);
    };
    const auto errors = protocol.check_listener({
        .options = listener.options.session,
        .datagrams = listener.good("address") && any(listener, is_datagram),
        .given = [&](std::string_view key) { return listener.given(key); },
        .good = [&](std::string_view key) { return listener.good(key); },
    });
    for (const session::ListenerError& error : errors) {
        if (error.key.empty()) {
            report.error(
                listener.origins.value_of(listener.path),
                fmt::format("{}: {}", listener.path, error.text)
            );
        } else {
            refuse(listener, error.key, report, error.text);
        }
    }
}

struct NotAbove {
    std::string_view key;
    std::uint64_t value;
    std::string_view limit_key;
    std::uint64_t limit;
    std::string (*format)(std::uint64_t);
};

std::string in_bytes(std::uint64_t value) {
    return format_size(value);
}

std::string in_milliseconds(std::uint64_t value) {
    return format_duration(std::chrono::milliseconds(static_cast<std::int64_t>(value)));
}

std::uint64_t number(std::chrono::milliseconds time) {
    return static_cast<std::uint64_t>(time.count());
}

void check_not_above(const ListenerView& listener, const NotAbove& rule, Report& report) {
    const bool known =
        listener.good(rule.key) && listener.good(rule.limit_key) && listener.good("framing");
    if (!known || rule.value <= rule.limit) {
        return;
    }
    const std::string_view culprit = listener.given(rule.key) ? rule.key : rule.limit_key;
    refuse(
        listener,
        culprit,
        report,
        fmt::format(
            "{} ({}) is above {} ({})",
            rule.key,
            listener.origins.shown(listener.at(rule.key), rule.format(rule.value)),
            rule.limit_key,
            listener.origins.shown(listener.at(rule.limit_key), rule.format(rule.limit))
        )
    );
}

}  // namespace

void check_sockets(const ListenerView& listener, Report& report) {
    if (!listener.good("address")) {
        return;
    }
    check_packet_framing(listener, report);
    check_packets(listener, report);
    check_idle(listener, report);
    check_amplification(listener, report);
    check_socket_file_keys(listener, report);
    check_abstract(listener, report);
    check_proxies(listener, report);
    check_websocket(listener, report);
    const auto is_shared = [](const Address& address) {
        return address.transport == Transport::tcp || address.transport == Transport::systemd;
    };
    if (listener.options.accept == server::AcceptMode::reuseport && !any(listener, is_shared)) {
        refuse(
            listener, "accept", report, "'reuseport' is for tcp; no address of this listener is tcp"
        );
    }
}

void check_protocol(
    const ListenerView& listener, const session::Protocol& protocol, Report& report
) {
    for (const auto& key : listener_keys()) {
        const Applies& applies = key.facts.about.applies;
        const std::string where = listener.at(key.facts.path);
        if (!applies_to(applies, protocol) && listener.origins.given(where)) {
            report.error(
                listener.origins.key_of(where),
                fmt::format(
                    "{}: has no effect with protocol {}; it belongs to {}",
                    where,
                    protocol.name,
                    protocols_with(applies)
                )
            );
        }
    }
    check_framing_of_protocol(listener, protocol, report);
    check_sockets_of_protocol(listener, protocol, report);
    if (protocol.check_listener != nullptr) {
        run_protocol_check(listener, protocol, report);
    }
}

void check_limits(const ListenerView& listener, Report& report) {
    const server::ListenerOptions& options = listener.options;
    const session::SessionOptions& session = options.session;
    const std::array<NotAbove, 4> rules{{
        {"limits.max_frame",
         session.max_frame_bytes,
         "slow_consumer.max_pending",
         options.slow_consumer.max_pending_bytes,
         in_bytes},
        {"limits.max_frame_before_hello",
         session.max_frame_bytes_before_hello,
         "limits.max_frame",
         session.max_frame_bytes,
         in_bytes},
        {"limits.max_header_bytes",
         session.max_header_bytes,
         "limits.max_frame",
         session.max_frame_bytes,
         in_bytes},
        {"limits.default_request_timeout",
         number(session.default_request_timeout),
         "limits.max_request_timeout",
         number(session.max_request_timeout),
         in_milliseconds},
    }};
    for (const NotAbove& rule : rules) {
        check_not_above(listener, rule, report);
    }
}

}  // namespace telex::config
