#pragma once
// The rules of matching, written down as plainly as possible: what the trie is compared with.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace telex::match::test {

inline std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> tokens(1);
    for (const char c : text) {
        if (c == '.') {
            tokens.emplace_back();
        } else {
            tokens.back().push_back(c);
        }
    }
    return tokens;
}

inline bool naive_match(std::string_view filter, bool sees_reserved, std::string_view subject) {
    const std::vector<std::string> want = split(filter);
    const std::vector<std::string> have = split(subject);
    const bool leading_wildcard = want[0] == "*" || want[0] == ">";
    if (leading_wildcard && subject.starts_with('$') && !sees_reserved) {
        return false;
    }
    for (std::size_t i = 0; i < want.size(); ++i) {
        if (i == have.size()) {
            return false;
        }
        if (want[i] == ">") {
            return true;
        }
        if (want[i] != "*" && want[i] != have[i]) {
            return false;
        }
    }
    return want.size() == have.size();
}

}  // namespace telex::match::test
