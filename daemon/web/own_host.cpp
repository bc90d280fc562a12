#include "web/own_host.hpp"

#include "net/peer.hpp"

#include <algorithm>

namespace telex::web {

std::string host_name(std::string_view host) {
    const std::size_t bracket = host.starts_with('[') ? host.find(']') : 0;
    const std::size_t colon = bracket == std::string_view::npos ? bracket : host.find(':', bracket);
    std::string name(host.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    return name;
}

std::string_view authority_of(std::string_view origin) {
    constexpr std::string_view kScheme = "://";
    const std::size_t scheme = origin.find(kScheme);
    return scheme == std::string_view::npos ? std::string_view()
                                            : origin.substr(scheme + kScheme.size());
}

bool OwnHost::knows(std::string_view host) const {
    const std::string name = host_name(host);
    return name == "localhost" || name == "[::1]" || net::is_loopback(name) ||
           std::find(names_.begin(), names_.end(), name) != names_.end();
}

bool OwnHost::is_origin(std::string_view origin) const {
    return knows(authority_of(origin));
}

}  // namespace telex::web
