#pragma once
// The text that an operator searches for in the names of a list's rows. ASCII letters match in
// either case.
#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

namespace telex::server {

class TextSearch {
public:
    // Empty: finds everything.
    explicit TextSearch(std::string_view text) : text_(folded(text)) {}

    bool is_empty() const { return text_.empty(); }

    bool finds_any(std::initializer_list<std::string_view> names) const {
        return is_empty() || std::any_of(names.begin(), names.end(), [&](std::string_view name) {
                   return folded(name).find(text_) != std::string::npos;
               });
    }

private:
    static std::string folded(std::string_view text) {
        std::string lower(text);
        std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        return lower;
    }

    std::string text_;
};

}  // namespace telex::server
