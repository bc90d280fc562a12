#include "access/pre_auth_limiter.hpp"

#include <algorithm>

namespace telex::access {

bool PreAuthLimiter::enter(const std::string& source) {
    if (present_ >= slots_) {
        return false;
    }
    if (!source.empty()) {
        std::uint32_t& of_source = present_of_[source];
        if (of_source >= std::max(1U, slots_ / 4)) {
            return false;
        }
        ++of_source;
    }
    ++present_;
    return true;
}

void PreAuthLimiter::leave(const std::string& source) {
    --present_;
    const auto found = present_of_.find(source);
    if (found != present_of_.end() && --found->second == 0) {
        present_of_.erase(found);
    }
}

}  // namespace telex::access
