#include "codec/trim.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace telex::codec {

Trim::Trim(std::vector<std::string> endings) : endings_(std::move(endings)) {
    std::ranges::stable_sort(endings_, std::ranges::greater{}, &std::string::size);
}

ByteView Trim::strip(ByteView payload, std::uint64_t& examined) const {
    for (const std::string& ending : endings_) {
        examined += std::min(ending.size(), payload.size());
        if (payload.ends_with(ending)) {
            return payload.substr(0, payload.size() - ending.size());
        }
    }
    return payload;
}

bool Trim::shortens(ByteView payload) const {
    std::uint64_t examined = 0;
    return strip(payload, examined).size() < payload.size();
}

}  // namespace telex::codec
