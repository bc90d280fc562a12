#include "config/renames.hpp"

#include "config/keys/address_text.hpp"

#include <algorithm>
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

bool same_places(const ListenerOptions& one, const ListenerOptions& other) {
    return std::none_of(one.addresses.begin(), one.addresses.end(), picks_port) &&
           std::is_permutation(
               one.addresses.begin(),
               one.addresses.end(),
               other.addresses.begin(),
               other.addresses.end()
           );
}

}  // namespace

server::Renames renames_between(const Listeners& before, const Listeners& after) {
    server::Renames renames;
    for (const ListenerOptions& listener : after) {
        if (has_name(before, listener.name)) {
            continue;
        }
        const auto former = std::find_if(before.begin(), before.end(), [&](const auto& other) {
            return !has_name(after, other.name) && same_places(other, listener);
        });
        if (former != before.end()) {
            renames.emplace(listener.name, former->name);
        }
    }
    return renames;
}

}  // namespace telex::config
