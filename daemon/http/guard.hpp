#pragma once
// Rejects requests that another site's page could make a browser send.
//
// DNS rebinding (a name server that resolves its name to 127.0.0.1) is detected by the Host field,
// another site's script by Origin and Sec-Fetch-Site (W3C Fetch Metadata). A link from there to the
// dashboard is let through.
#include "http/message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::http {

class Guard {
public:
    // `hosts`: the names of this host in URLs, besides localhost and loopback addresses. A browser
    // that is misled by DNS rebinding has a name in its Host field, never an address.
    explicit Guard(std::vector<std::string> hosts) : hosts_(std::move(hosts)) {}

    // Returns the response that rejects the request, or nothing if the request is permitted.
    [[nodiscard]] std::optional<Response> refuse(const Request& request) const;

private:
    bool knows(std::string_view host) const;

    std::vector<std::string> hosts_;  // lower case
};

// "name" of "Name:4680", "[::1]" of "[::1]:4680"; lower case.
std::string host_name(std::string_view host);

}  // namespace telex::http
