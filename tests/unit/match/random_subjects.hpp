#pragma once
// Random filters and subjects over so small an alphabet that they meet often.
#include "match/random.hpp"

#include <cstddef>
#include <string>

namespace telex::match::test {

inline std::string random_token(SplitMix64& random) {
    static const char* const kTokens[] = {"a", "b", "c", "temperature-of-the-hall", "$S", "a*"};
    return kTokens[random.below(std::size(kTokens))];
}

inline std::string random_subject(SplitMix64& random, std::size_t max_tokens = 5) {
    std::string subject = random_token(random);
    for (std::size_t more = random.below(max_tokens); more > 0; --more) {
        subject += '.';
        subject += random_token(random);
    }
    return subject;
}

inline std::string random_filter(SplitMix64& random, std::size_t max_tokens = 5) {
    const std::size_t tokens = 1 + random.below(max_tokens);
    std::string filter;
    for (std::size_t i = 0; i < tokens; ++i) {
        const std::size_t kind = random.below(10);
        filter += i > 0 ? "." : "";
        if (kind == 0 && i + 1 == tokens) {
            filter += '>';
        } else {
            filter += kind < 4 ? "*" : random_token(random);
        }
    }
    return filter;
}

}  // namespace telex::match::test
