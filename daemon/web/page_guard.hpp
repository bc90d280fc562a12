#pragma once
// Which pages of browsers may use a listener. A page of any site can make its visitor's browser
// connect to a port of this host, and such a connection comes from this host.
//
// Programs that are not browsers send no Origin field and are permitted.
#include "web/own_host.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace telex::web {

// Permits pages of every site.
inline constexpr std::string_view kEveryOrigin = "*";

class PageGuard {
public:
    enum class Verdict : std::uint8_t {
        permitted,
        other_host,    // the page reached this host by a name that is not its own (DNS rebinding)
        other_origin,  // it belongs to another site
    };

    // `origins`: those that are permitted beside this host's own, in lower case.
    explicit PageGuard(std::vector<std::string> origins);

    // By the fields Host and Origin; `origin` is empty without the field.
    Verdict judge(std::string_view host, std::string_view origin) const;

    // Of a request other than an upgrade: browsers send those also without an origin (images,
    // links), but then say whether the page belongs to another site. `fetch_site`: of the field
    // Sec-Fetch-Site, empty without it.
    Verdict judge_request(
        std::string_view host, std::string_view origin, std::string_view fetch_site
    ) const;

private:
    bool permits_every_origin() const;

    std::vector<std::string> origins_;
    OwnHost own_;
};

}  // namespace telex::web
