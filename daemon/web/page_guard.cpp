#include "web/page_guard.hpp"

#include "codec/header_block.hpp"

#include <algorithm>
#include <utility>

namespace telex::web {

PageGuard::PageGuard(std::vector<std::string> origins) : origins_(std::move(origins)), own_({}) {}

bool PageGuard::permits_every_origin() const {
    return std::ranges::find(origins_, kEveryOrigin) != origins_.end();
}

PageGuard::Verdict PageGuard::judge(std::string_view host, std::string_view origin) const {
    const bool listed = std::ranges::any_of(origins_, [&](const std::string& permitted) {
        return codec::is_same_name(permitted, origin);
    });
    if (origin.empty() || listed || permits_every_origin()) {
        return Verdict::permitted;
    }
    if (!own_.is_origin(origin)) {
        return Verdict::other_origin;
    }
    return own_.knows(host) ? Verdict::permitted : Verdict::other_host;
}

PageGuard::Verdict PageGuard::judge_request(
    std::string_view host, std::string_view origin, std::string_view fetch_site
) const {
    const bool other_site = fetch_site == "cross-site" || fetch_site == "same-site";
    if (origin.empty() && other_site && !permits_every_origin()) {
        return Verdict::other_origin;
    }
    return judge(host, origin);
}

}  // namespace telex::web
