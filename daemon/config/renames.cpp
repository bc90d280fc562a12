#include "config/renames.hpp"

#include "config/keys/address_text.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace telex::config {

namespace {

using server::ListenerOptions;
using Listeners = std::vector<ListenerOptions>;

bool has_name(const Listeners& listeners, std::string_view name) {
    return std::any_of(listeners.begin(), listeners.end(), [&](const auto& listener) {
        return listener.name == name;
    });
}

bool is_common(const net::Address& address, const ListenerOptions& other) {
    return !picks_port(address) &&
           std::find(other.addresses.begin(), other.addresses.end(), address) !=
               other.addresses.end();
}

std::size_t common_addresses(const ListenerOptions& one, const ListenerOptions& other) {
    return static_cast<std::size_t>(std::count_if(
        one.addresses.begin(),
        one.addresses.end(),
        [&](const net::Address& address) { return is_common(address, other); }
    ));
}

}  // namespace

server::Renames renames_between(const Listeners& before, const Listeners& after) {
    server::Renames renames;
    for (const ListenerOptions& listener : after) {
        if (has_name(before, listener.name)) {
            continue;
        }
        std::size_t most = 0;
        for (const ListenerOptions& other : before) {
            const std::size_t common = common_addresses(listener, other);
            if (common > most && !has_name(after, other.name)) {
                most = common;
                renames[listener.name] = other.name;
            }
        }
    }
    return renames;
}

}  // namespace telex::config
