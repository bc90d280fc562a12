#pragma once
// The names of this host in URLs. A page of a browser belongs to this host if it was loaded from
// one of them.
#include <string>
#include <string_view>
#include <vector>

namespace telex::web {

// "name" of "Name:4680", "[::1]" of "[::1]:4680"; lower case.
std::string host_name(std::string_view host);

// "name:8080" of "http://name:8080"; empty for "null" and the like.
std::string_view authority_of(std::string_view origin);

class OwnHost {
public:
    // `names`: those besides localhost and loopback addresses, in lower case. A browser that is
    // misled by DNS rebinding has a name in its Host field, never an address.
    explicit OwnHost(std::vector<std::string> names) : names_(std::move(names)) {}

    // `host`: of a Host field or a URL, with or without a port.
    bool knows(std::string_view host) const;

    // `origin`: of an Origin field.
    bool is_origin(std::string_view origin) const;

private:
    std::vector<std::string> names_;
};

}  // namespace telex::web
