#include "config/keys/websocket_keys.hpp"

#include "codec/header_block.hpp"
#include "config/keys/address_text.hpp"
#include "config/keys/list_keys.hpp"
#include "config/parse/value_error.hpp"
#include "protocols/registry/protocols.hpp"
#include "web/page_guard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace telex::config {

namespace {

using Draft = ListenerDraft;
using net::Transport;

constexpr std::string_view kWebSocket = "websocket";
constexpr std::string_view kOriginsKey = "origins";
constexpr std::string_view kMessagesKey = "websocket.messages";

constexpr std::array<Word<std::optional<bool>>, 3> kMessageForms{{
    {"auto", std::nullopt},
    {"text", true},
    {"binary", false},
}};

bool is_visible_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char byte) { return byte > ' ' && byte < '\x7F'; });
}

std::optional<std::string> check_url_path(std::string_view text) {
    constexpr std::size_t kMaxPath = 256;
    const bool fits = text.starts_with('/') && text.size() <= kMaxPath && is_visible_ascii(text) &&
                      text.find_first_of("?#\"") == std::string_view::npos;
    return fits ? std::nullopt
                : std::optional<std::string>(
                      "is not the path of a URL; write it with a leading '/', without a query"
                  );
}

std::optional<std::string> take_subprotocol(Draft& draft, const Text& text) {
    auto& subprotocols = draft.websocket.upgrade.subprotocols;
    if (!codec::is_token(text.value)) {
        return fmt::format("{} is not a token of HTTP", text.quoted);
    }
    if (std::ranges::find(subprotocols, text.value) != subprotocols.end()) {
        return fmt::format("{} is in the list already", text.quoted);
    }
    subprotocols.push_back(text.value);
    return std::nullopt;
}

bool is_origin(std::string_view text) {
    const std::string_view authority = web::authority_of(text);
    return text == web::kEveryOrigin || text == "null" ||
           (!authority.empty() && is_visible_ascii(text) && !text.starts_with(':') &&
            authority.find_first_of("/?#@*\"") == std::string_view::npos);
}

std::optional<std::string> take_origin(Draft& draft, const Text& text) {
    if (!is_origin(text.value)) {
        return fmt::format(
            "{} is not an origin; write scheme://host or scheme://host:port as browsers do, or '*' "
            "for pages of every site",
            shown_address(text)
        );
    }
    draft.options.origins.push_back(text.value);
    return std::nullopt;
}

void refuse_websocket(
    const ListenerView& listener, std::string_view key, Report& report, std::string_view message
) {
    const std::string place = listener.at(listener.given(key) ? key : kWebSocket);
    section_error(listener.at(key), place, message, listener.origins, report);
}

bool is_packet_address(const net::Address& address) {
    return net::is_datagram(address.transport) || address.transport == Transport::unix_seqpacket;
}

// Wrong values of these keys have their own errors.
bool reads_requests(const ListenerView& listener) {
    const bool streams = !std::ranges::all_of(listener.options.addresses, is_packet_address);
    return (streams || !listener.good("address")) &&
           (codec::has_start_lines(listener.options.framing) || !listener.good("framing"));
}

void check_origins(const ListenerView& listener, Report& report) {
    if (!listener.given(kOriginsKey) || !listener.good(kOriginsKey)) {
        return;
    }
    const auto& origins = listener.options.origins;
    if (!listener.options.websocket && !reads_requests(listener)) {
        value_error(
            listener.at(kOriginsKey),
            "has no effect: it is for listeners with 'websocket', and for byte streams whose "
            "frames have a start line and headers, such as framing http",
            listener.origins,
            report
        );
    } else if (origins.size() > 1 &&
               std::ranges::find(origins, web::kEveryOrigin) != origins.end()) {
        value_error(
            listener.at(kOriginsKey),
            "'*' permits every origin; remove the others",
            listener.origins,
            report
        );
    }
}

}  // namespace

void add_websocket_keys(Table<Draft>& table) {
    table.push_back(section<Draft>(
        kWebSocket,
        {.doc = "WebSocket (RFC 6455), for browsers and other programs. A connection begins with "
                "an upgrade of HTTP/1.1. By default one message is one frame (`framing: "
                "datagram`); with another framing the payloads of the messages are the byte "
                "stream that it divides, and each frame is written as one message.",
         .reload = Reload::restart}
    ));
    table.push_back(text_key<Draft>(
        "websocket.path",
        {"path", "of the URL, without a query"},
        [](auto& d) -> auto& { return d.websocket.upgrade.path; },
        check_url_path,
        {.doc = "Path of the URL. Requests with another path are refused; a query is ignored.",
         .required = true}
    ));
    table.push_back(texts<Draft>(
        "websocket.subprotocols",
        {"token", "tokens"},
        {"Subprotocols that are spoken here. Of those that a client offers, the first in this list "
         "is chosen; a client that offers only others is refused. Without this key the first that "
         "it offers is chosen. A client need not offer any."},
        take_subprotocol
    ));
    table.push_back(choice_key<Draft>(
        kMessagesKey,
        [](auto& d) -> auto& { return d.websocket.text; },
        kMessageForms,
        {.doc = "Type of the messages that are written. `auto`: `text` for protocol json, else "
                "`binary`. With `text`, payloads that are not UTF-8 are not written, and counted. "
                "Both types are read.",
         .reload = Reload::restart}
    ));
    table.push_back(texts<Draft>(
        kOriginsKey,
        {"origin", "origins, or `*`"},
        {"Origins of web pages that may connect, such as `https://app.example.org`, beside pages "
         "of this host (localhost and loopback addresses). For listeners with `websocket`, and "
         "for framings with start lines, such as `http`. `*` permits pages of every site: each "
         "page that a user of this host opens in a browser could use the listener. Programs other "
         "than browsers name no origin and may always connect."},
        take_origin
    ));
}

void check_websocket(const ListenerView& listener, Report& report) {
    check_origins(listener, report);
    const auto& websocket = listener.options.websocket;
    if (!websocket) {
        return;
    }
    if (listener.good("address") &&
        std::ranges::any_of(listener.options.addresses, is_packet_address)) {
        refuse_websocket(
            listener,
            kWebSocket,
            report,
            "WebSocket needs a byte stream: tcp or unix; give packet sockets a separate listener"
        );
    }
    if (listener.good("framing") && listener.options.framing.kind == codec::FramingKind::datagram &&
        listener.options.framing.oversize == codec::Oversize::discard) {
        value_error(
            listener.at("framing"),
            "'oversize: discard' is not possible with messages of WebSocket",
            listener.origins,
            report
        );
    }
    const session::Protocol* const protocol = session::find_protocol(listener.options.protocol);
    if (websocket->text.value_or(false) && protocol != nullptr &&
        protocol->can.content == session::FrameContent::binary) {
        refuse_websocket(
            listener,
            kMessagesKey,
            report,
            fmt::format("protocol {} is binary: its frames are not text", protocol->name)
        );
    }
}

}  // namespace telex::config
