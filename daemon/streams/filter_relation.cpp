#include "streams/filter_relation.hpp"

#include <cstddef>

namespace telex::streams {

namespace {

// Removes the first token and returns it. `filter` is not empty.
std::string_view take_token(std::string_view& filter) {
    const std::size_t dot = filter.find('.');
    const std::string_view token = filter.substr(0, dot);
    filter = dot == std::string_view::npos ? std::string_view() : filter.substr(dot + 1);
    return token;
}

}  // namespace

bool filters_overlap(std::string_view left, std::string_view right) {
    while (!left.empty() && !right.empty()) {
        const std::string_view a = take_token(left);
        const std::string_view b = take_token(right);
        if (a == ">" || b == ">") {
            return true;
        }
        if (a != "*" && b != "*" && a != b) {
            return false;
        }
    }
    return left.empty() && right.empty();
}

bool filter_covers(std::string_view outer, std::string_view inner) {
    while (!outer.empty() && !inner.empty()) {
        const std::string_view a = take_token(outer);
        const std::string_view b = take_token(inner);
        if (a == ">") {
            return true;
        }
        if (b == ">" || (a != "*" && a != b)) {
            return false;
        }
    }
    return outer.empty() && inner.empty();
}

}  // namespace telex::streams
