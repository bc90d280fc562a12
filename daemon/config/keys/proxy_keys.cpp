#include "config/keys/proxy_keys.hpp"

#include "config/keys/list_keys.hpp"
#include "config/parse/value_error.hpp"
#include "net/network.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace telex::config {

namespace {

using Draft = ListenerDraft;
using net::Address;
using net::Transport;

constexpr std::string_view kSection = "proxy_protocol";
constexpr std::string_view kFrom = "proxy_protocol.from";
// All peers of unix sockets.
constexpr std::string_view kUnix = "unix";

std::optional<std::string> take_proxies(Draft& draft, const Text& text) {
    auto& proxies = draft.options.proxy_protocol;
    if (!proxies) {
        proxies.emplace();
    }
    if (text.value == kUnix) {
        proxies->unix_sockets = true;
        return std::nullopt;
    }
    auto network = net::parse_network(text.value);
    if (!network) {
        return fmt::format("{} {}", text.quoted, network.error());
    }
    if (network->prefix == 0) {
        return fmt::format(
            "{} contains every address, and a peer could claim any other; name the networks of the "
            "proxies",
            text.quoted
        );
    }
    proxies->networks.push_back(*network);
    return std::nullopt;
}

bool is_packet(const Address& address) {
    return net::is_datagram(address.transport) || address.transport == Transport::unix_seqpacket;
}

bool is_tcp(const Address& address) {
    return address.transport == Transport::tcp;
}

bool is_unix_stream(const Address& address) {
    return address.transport == Transport::unix_stream;
}

// The kind of a passed socket is not known before the start.
bool is_passed(const Address& address) {
    return address.transport == Transport::systemd;
}

// Returns what is wrong with the sockets for these proxies; empty if nothing is.
std::string_view fault_of(
    const server::ProxyProtocolOptions& proxies, const std::vector<Address>& addresses
) {
    const auto any = [&](bool (*test)(const Address&)) {
        return std::any_of(addresses.begin(), addresses.end(), test);
    };
    if (any(is_packet)) {
        return "packet sockets (udp, unix-dgram, unix-seqpacket) have no PROXY header; give them a "
               "separate listener";
    }
    if (any(is_tcp) && proxies.networks.empty()) {
        return "names no network: every peer of the tcp address would be refused";
    }
    if (any(is_unix_stream) && !proxies.unix_sockets) {
        return "lacks 'unix': every peer of the unix address would be refused";
    }
    if (any(is_passed)) {
        return {};
    }
    if (proxies.unix_sockets && !any(is_unix_stream)) {
        return "'unix' has no effect: no address of this listener is a unix stream";
    }
    if (!proxies.networks.empty() && !any(is_tcp)) {
        return "networks have no effect: no address of this listener is tcp";
    }
    return {};
}

}  // namespace

void add_proxy_keys(Table<Draft>& table) {
    table.push_back(section<Draft>(
        kSection,
        {"Connections arrive through proxies that send the PROXY protocol (versions 1 and 2), such "
         "as HAProxy (`send-proxy-v2`), nginx and cloud load balancers. Each connection must begin "
         "with this header; the address in it is the peer's in logs, limits, penalties, events, "
         "lists and `{peer}`. Without this section the header is not understood."}
    ));
    table.push_back(texts<Draft>(
        kFrom,
        {"network", "addresses with a prefix length, or `unix`"},
        {.doc = "Networks of the proxies, such as `10.1.0.0/16` or `fd00:1::/32`; `unix` stands "
                "for all peers of unix sockets. Other peers are refused, because a peer that sends "
                "the header can claim any address.",
         .required = true},
        take_proxies
    ));
}

void check_proxies(const ListenerView& listener, Report& report) {
    const auto& proxies = listener.options.proxy_protocol;
    if (!listener.good(kFrom)) {
        return;
    }
    if (!proxies) {
        if (listener.given(kSection)) {
            section_error(
                listener.at(kSection),
                listener.at(kSection),
                "needs 'from': the networks of the proxies",
                listener.origins,
                report
            );
        }
        return;
    }
    if (const std::string_view fault = fault_of(*proxies, listener.options.addresses);
        !fault.empty()) {
        value_error(listener.at(kFrom), fault, listener.origins, report);
    }
}

}  // namespace telex::config
