#include "match/wildcard_patterns.hpp"

#include <algorithm>
#include <utility>

namespace telex::match {

namespace {

// A byte for each token up to the last wildcard: filters have at most 128 tokens.
std::string key_of(std::string_view filter) {
    std::string key;
    std::size_t length = 0;
    for (std::size_t begin = 0; begin <= filter.size();) {
        const std::size_t end = std::min(filter.find('.', begin), filter.size());
        const std::string_view token = filter.substr(begin, end - begin);
        const bool wildcard = token == "*" || token == ">";
        key += wildcard ? token.front() : '.';
        length = wildcard ? key.size() : length;
        begin = end + 1;
    }
    key.resize(length);
    return key;
}

}  // namespace

WildcardPatterns::Pattern* WildcardPatterns::add(std::string_view filter) {
    std::string key = key_of(filter);
    if (key.empty()) {
        return nullptr;
    }
    if (!patterns_) {
        patterns_ = std::make_unique<Patterns>();
    }
    Pattern& pattern = (*patterns_)[key];
    pattern.key = std::move(key);
    ++pattern.filters;
    return &pattern;
}

void WildcardPatterns::remove(Pattern* pattern) {
    if (pattern != nullptr && --pattern->filters == 0) {
        patterns_->erase(patterns_->find(pattern->key));
        if (patterns_->empty()) {
            patterns_.reset();
        }
    }
}

std::size_t WildcardPatterns::size_with(std::string_view filter) const {
    const std::string key = key_of(filter);
    return size() + (key.empty() || (patterns_ && patterns_->contains(key)) ? 0 : 1);
}

}  // namespace telex::match
