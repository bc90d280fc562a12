#include "config/keys/listener_reader.hpp"

#include "config/keys/framing_keys.hpp"
#include "config/keys/listener_keys.hpp"
#include "config/keys/mapping.hpp"
#include "config/keys/protocol_keys.hpp"
#include "config/keys/text_rules.hpp"
#include "protocols/registry/protocols.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace telex::config {

namespace {

struct ChosenFraming {
    codec::Framing framing;
    std::string name;  // for the status
};

bool only_packets(const server::ListenerOptions& options) {
    return !options.addresses.empty() &&
           std::all_of(
               options.addresses.begin(),
               options.addresses.end(),
               [](const net::Address& address) {
                   return net::is_datagram(address.transport) ||
                          address.transport == net::Transport::unix_seqpacket;
               }
           );
}

std::optional<ChosenFraming> preset(std::string_view name) {
    auto framing = codec::parse_preset(name);
    if (!framing) {
        return std::nullopt;
    }
    return ChosenFraming{*std::move(framing), std::string(name)};
}

std::optional<ChosenFraming> default_framing(const server::ListenerOptions& options) {
    const session::Protocol* protocol = session::find_protocol(options.protocol);
    std::optional<ChosenFraming> of_protocol;
    if (protocol != nullptr) {
        of_protocol = protocol->has_own_framing() ? ChosenFraming{{}, std::string(protocol->name)}
                                                  : preset(protocol->default_framing);
    }
    // A syslog message in a packet is one as well: the framing takes its end off.
    const bool for_both = of_protocol && of_protocol->framing.kind == codec::FramingKind::syslog;
    if (options.websocket && protocol != nullptr && !protocol->has_own_framing()) {
        return preset("datagram");
    }
    return only_packets(options) && !for_both ? preset("datagram") : of_protocol;
}

std::optional<ChosenFraming> framing_by_name(
    const Node& node, const std::string& path, const NamedFramings& framings, Reader& reader
) {
    const auto name = reader.text(node, path);
    if (!name) {
        return std::nullopt;
    }
    const auto found = framings.find(name->value);
    if (found != framings.end()) {
        return found->second ? std::optional(ChosenFraming{*found->second, name->value})
                             : std::nullopt;
    }
    std::vector<std::string_view> names;
    for (const auto& [known, framing] : framings) {
        names.push_back(known);
    }
    auto framing = named_preset(name->value, names);
    if (!framing) {
        reader.error(node.at, path, framing.error());
        return std::nullopt;
    }
    return ChosenFraming{*std::move(framing), name->value};
}

std::optional<ChosenFraming> choose_framing(
    const ListenerDraft& draft,
    const std::string& path,
    const NamedFramings& framings,
    Reader& reader
) {
    if (draft.framing == nullptr) {
        return default_framing(draft.options);
    }
    if (draft.framing->kind != Node::Kind::mapping) {
        return framing_by_name(*draft.framing, path, framings, reader);
    }
    auto framing = read_framing(*draft.framing, path, reader);
    return framing ? std::optional(ChosenFraming{*std::move(framing), "custom"}) : std::nullopt;
}

// A framing for datagram sockets only is meant to divide datagrams.
bool splits_by_default(const server::ListenerOptions& options, const codec::Framing& framing) {
    const session::Protocol* const protocol = session::find_protocol(options.protocol);
    const bool only_datagrams =
        !options.addresses.empty() &&
        std::all_of(options.addresses.begin(), options.addresses.end(), [](const auto& address) {
            return net::is_datagram(address.transport);
        });
    return only_datagrams && protocol != nullptr &&
           protocol->can.content == session::FrameContent::payload &&
           framing.kind != codec::FramingKind::datagram &&
           framing.kind != codec::FramingKind::idle && framing.kind != codec::FramingKind::syslog;
}

// Applies the listener's limit to the framing, and the framing's limit to the session.
void settle_framing(
    ListenerDraft& draft, const std::string& path, const NamedFramings& framings, Reader& reader
) {
    const std::string where = join(path, "framing");
    auto chosen = choose_framing(draft, where, framings, reader);
    if (!chosen) {
        reader.origins().fail(where);
        return;
    }
    if (draft.max_frame_bytes) {
        chosen->framing.max_frame_bytes = *draft.max_frame_bytes;
        if (const auto error = codec::validate(chosen->framing)) {
            const std::string limit = join(path, "limits.max_frame");
            reader.error(
                reader.origins().value_of(limit),
                limit,
                fmt::format(
                    "not possible with framing {}: {}",
                    reader.origins().shown(where, chosen->name),
                    *error
                )
            );
        }
    }
    session::SessionOptions& session = draft.options.session;
    session.max_frame_bytes = chosen->framing.max_frame_bytes;
    if (!reader.origins().given(join(path, "limits.max_frame_before_hello"))) {
        session.max_frame_bytes_before_hello =
            std::min(session.max_frame_bytes_before_hello, session.max_frame_bytes);
    }
    if (!reader.origins().given(join(path, "limits.max_header_bytes"))) {
        session.max_header_bytes = std::min(session.max_header_bytes, session.max_frame_bytes);
    }
    draft.options.split_packets =
        draft.split_packets.value_or(splits_by_default(draft.options, chosen->framing));
    draft.options.framing = std::move(chosen->framing);
    draft.options.framing_name = std::move(chosen->name);
}

// Peers without a ping are not closed for their silence unless the file says so.
void settle_idle_timeout(
    ListenerDraft& draft, const session::Protocol& protocol, const std::string& path, Reader& reader
) {
    constexpr Applies kWithoutPing{&session::Capabilities::may_be_silent};
    const std::string where = join(path, "limits.idle_timeout");
    if (draft.idle_timeout_is_off && !applies_to(kWithoutPing, protocol)) {
        reader.error(
            reader.origins().value_of(where),
            where,
            fmt::format(
                "'off' is for {} only: silent clients of {} are pinged",
                protocols_with(kWithoutPing),
                protocols_with(kWithoutPing, false)
            )
        );
    } else if (draft.idle_timeout_is_off ||
               (protocol.can.may_be_silent && !reader.origins().given(where))) {
        draft.options.session.idle_timeout.reset();
    }
}

// Settings that depend on the protocol. Runs last: the protocol may follow its keys in the file.
void settle_protocol(ListenerDraft& draft, const std::string& path, Reader& reader) {
    const auto* protocol = session::find_protocol(draft.options.protocol);
    if (protocol == nullptr || !reader.origins().good(join(path, "protocol"))) {
        return;
    }
    settle_idle_timeout(draft, *protocol, path, reader);
    draft.options.session.protocol = std::move(draft.protocol_options[protocol]);
    // Browsers ask for HTTP.
    draft.tls.context.protocol =
        draft.options.websocket ? std::string_view("http/1.1") : protocol->alpn;
}

server::ListenerOptions read_listener(
    const Node& node, const std::string& path, const NamedFramings& framings, Reader& reader
) {
    ListenerDraft draft;
    if (!has_shape(node, path, SectionKind{}, reader)) {
        return draft.options;
    }
    read_mapping(draft, listener_keys(), node, path, reader);
    if (reader.origins().given(join(path, "websocket"))) {
        draft.options.websocket = std::move(draft.websocket);
    }
    settle_protocol(draft, path, reader);
    settle_framing(draft, path, framings, reader);
    if (reader.origins().given(join(path, "tls"))) {
        draft.tls.context.key_may_be_open = reader.environment().is_compatible;
        draft.options.tls = std::move(draft.tls);
    }
    return std::move(draft.options);
}

}  // namespace

NamedFramings read_framings(const Node& node, const std::string& path, Reader& reader) {
    NamedFramings framings;
    for (const Entry& entry : node.entries) {
        const std::string where = join(path, entry.key);
        reader.origins().set(where, entry.at, entry.value.at);
        auto framing = read_framing(entry.value, where, reader);
        if (const auto wrong = check_name(entry.key)) {
            reader.error(entry.at, path, fmt::format("'{}' {}", shown(entry.key), *wrong));
        } else if (codec::parse_preset(entry.key)) {
            reader.error(entry.at, where, "is the name of a preset; choose another name");
            continue;
        }
        framings.emplace(entry.key, std::move(framing));
    }
    return framings;
}

std::vector<server::ListenerOptions> read_listeners(
    const Node& node, const std::string& path, const NamedFramings& framings, Reader& reader
) {
    std::vector<server::ListenerOptions> listeners;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const std::string where = item(path, i);
        reader.origins().set(where, node.items[i].at, node.items[i].at);
        listeners.push_back(read_listener(node.items[i], where, framings, reader));
    }
    return listeners;
}

}  // namespace telex::config
