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

using Problem = std::optional<std::string>;

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

Problem take_address(ConfigDraft& draft, const Text& text) {
    auto address = address_of(text);
    if (!address) {
        return std::move(address.error());
    }
    if (!is_on_this_host(*address)) {
        return fmt::format(
            "{}: there is no password here, so it is served on this host only: tcp:// with a "
            "loopback address, unix:///PATH or systemd:NAME",
            text.quoted
        );
    }
    draft.config.http.addresses.push_back(*std::move(address));
    return std::nullopt;
}

// A host's name as in a Host field, without its port.
Problem take_host(ConfigDraft& draft, const Text& text) {
    std::string name = text.value;
    const bool fits = !name.empty() && name.size() <= 253 &&
                      std::all_of(name.begin(), name.end(), [](unsigned char letter) {
                          return std::isalnum(letter) != 0 || letter == '-' || letter == '.';
                      });
    if (!fits) {
        return fmt::format(
            "{} is not the name of a host: letters, digits, '-' and '.'", text.quoted
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
        {"Health, metrics and the dashboard, for this host: docs/operations.md. Without the "
         "section "
         "there is nothing of it."}
    ));
    table.push_back(texts<ConfigDraft>(
        "http.address",
        "address or list",
        "loopback tcp, unix, systemd",
        {"Where it is served.", Reload::restart},
        take_address
    ));
    table.push_back(permissions_key<ConfigDraft>(
        "http.mode",
        [](auto& d) -> auto& { return d.config.http.mode; },
        {"Permissions of socket files among the addresses.", Reload::restart}
    ));
    table.push_back(texts<ConfigDraft>(
        "http.hosts",
        "name or list",
        "names of hosts",
        {"Names, beside localhost and loopback addresses, that browsers may reach it by: of a "
         "proxy in front of it. Others are refused, for they may be a trick.",
         Reload::restart},
        take_host
    ));
}

}  // namespace telex::config
