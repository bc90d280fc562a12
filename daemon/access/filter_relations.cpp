#include "access/filter_relations.hpp"

#include "wire/subject.hpp"

namespace telex::access {

namespace {

// Takes the first token off; the rest is empty after the last one.
std::string_view take_token(std::string_view& rest) {
    const std::size_t dot = rest.find('.');
    const std::string_view token = rest.substr(0, dot);
    rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
    return token;
}

bool begins_with_wildcard(std::string_view filter) {
    return filter.starts_with('*') || filter.starts_with('>');
}

// A leading wildcard on one side, '$' on the other: nothing is common.
bool kept_apart(std::string_view one, std::string_view other) {
    return begins_with_wildcard(one) && other.starts_with('$');
}

}  // namespace

bool selects(std::string_view filter, std::string_view subject) {
    return !kept_apart(filter, subject) && wire::matches(filter, subject);
}

bool covers(std::string_view wide, std::string_view narrow) {
    if (kept_apart(wide, narrow)) {
        return false;
    }
    while (!wide.empty() && !narrow.empty()) {
        const std::string_view outer = take_token(wide);
        const std::string_view inner = take_token(narrow);
        if (outer == ">") {
            return true;
        }
        if (inner == ">" || (outer != "*" && outer != inner)) {
            return false;
        }
    }
    return wide.empty() && narrow.empty();
}

bool overlap(std::string_view one, std::string_view other) {
    if (kept_apart(one, other) || kept_apart(other, one)) {
        return false;
    }
    while (!one.empty() && !other.empty()) {
        const std::string_view left = take_token(one);
        const std::string_view right = take_token(other);
        if (left == ">" || right == ">") {
            return true;
        }
        if (left != "*" && right != "*" && left != right) {
            return false;
        }
    }
    return one.empty() && other.empty();
}

}  // namespace telex::access
