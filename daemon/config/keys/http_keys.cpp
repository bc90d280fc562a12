#include "config/keys/http_keys.hpp"

#include "config/keys/address_text.hpp"
#include "config/keys/list_keys.hpp"
#include "net/address.hpp"
#include "net/peer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace telex::config {

namespace {

using TakeError = std::optional<std::string>;

bool is_on_this_host(const net::Address& address) {
    switch (address.transport) {
        case net::Transport::tcp:
            return net::is_loopback(address.host) || address.host == "localhost";
        case net::Transport::unix_stream:
            return !address.abstract;
        default:
            return address.transport == net::Transport::systemd;
    }
}

TakeError take_address(ConfigDraft& draft, const Text& text) {
    auto address = address_of(text);
    if (!address) {
        return std::move(address.error());
    }
    if (!is_on_this_host(*address)) {
        return fmt::format(
            "{}: HTTP has no authentication and is limited to this host; use tcp:// with a "
            "loopback "
            "address, unix:///PATH or systemd:NAME",
            text.quoted
        );
    }
    draft.config.http.addresses.push_back(*std::move(address));
    return std::nullopt;
}

// A name as in a Host header, without the port.
TakeError take_host(ConfigDraft& draft, const Text& text) {
    std::string name = text.value;
    const bool fits = !name.empty() && name.size() <= 253 &&
                      std::all_of(name.begin(), name.end(), [](unsigned char letter) {
                          return std::isalnum(letter) != 0 || letter == '-' || letter == '.';
                      });
    if (!fits) {
        return fmt::format(
            "{} is not a host name; use letters, digits, '-' and '.'", shown_address(text)
        );
    }
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char letter) {
        return static_cast<char>(std::tolower(letter));
    });
    draft.config.http.hosts.push_back(std::move(name));
    return std::nullopt;
}

}  // namespace

void add_http_keys(Table<ConfigDraft>& table) {
    table.push_back(section<ConfigDraft>(
        "http",
        {"HTTP interface on this host: health, metrics and the dashboard, see docs/operations.md. "
         "Disabled without this section."}
    ));
    table.push_back(texts<ConfigDraft>(
        "http.address",
        {"address", "loopback tcp, unix, systemd"},
        {.doc = "Address to listen on, or several.", .reload = Reload::restart, .required = true},
        take_address
    ));
    table.push_back(permissions_key<ConfigDraft>(
        "http.mode",
        [](auto& d) -> auto& { return d.config.http.mode; },
        {.doc = "Permission bits of a socket file.",
         .reload = Reload::restart,
         .unset = kSocketFileMode}
    ));
    table.push_back(texts<ConfigDraft>(
        "http.hosts",
        {"host name", "host names"},
        {"Further accepted values of the Host header, for example of a reverse proxy. `localhost` "
         "and loopback addresses are always accepted; requests with another Host header are "
         "rejected (DNS rebinding).",
         Reload::restart},
        take_host
    ));
}

}  // namespace telex::config
