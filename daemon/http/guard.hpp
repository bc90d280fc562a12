#pragma once
// Rejects requests that another site's page could make a browser send.
//
// DNS rebinding (a name server that resolves its name to 127.0.0.1) is detected by the Host field,
// another site's script by Origin and Sec-Fetch-Site (W3C Fetch Metadata). A link from there to the
// dashboard is let through.
#include "http/message.hpp"
#include "web/own_host.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::http {

class Guard {
public:
    // `hosts`: the names of this host in URLs, besides localhost and loopback addresses, in lower
    // case.
    explicit Guard(std::vector<std::string> hosts) : own_(std::move(hosts)) {}

    // Returns the response that rejects the request, or nothing if the request is permitted.
    [[nodiscard]] std::optional<Response> refuse(const Request& request) const;

private:
    web::OwnHost own_;
};

}  // namespace telex::http
