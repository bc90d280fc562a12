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
    // Names that the surface is reached by, beyond localhost and loopback addresses: a browser that
    // was lied to by a name server has a name in its Host field, never an address.
    explicit Guard(std::vector<std::string> hosts) : hosts_(std::move(hosts)) {}

    // The refusal; nothing: the request may be answered.
    [[nodiscard]] std::optional<Response> refuse(const Request& request) const;

private:
    bool knows(std::string_view host) const;

    std::vector<std::string> hosts_;  // lower case
};

// "name" of "Name:4680", "[::1]" of "[::1]:4680"; lower case.
std::string host_name(std::string_view host);

}  // namespace telex::http
