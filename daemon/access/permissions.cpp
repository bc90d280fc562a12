#include "access/permissions.hpp"

#include "access/filter_relations.hpp"
#include "wire/subject.hpp"

#include <algorithm>
#include <utility>

namespace telex::access {

namespace {

using Relation = bool (*)(std::string_view, std::string_view);

bool any(const std::vector<std::string>& filters, Relation relation, std::string_view other) {
    return std::any_of(filters.begin(), filters.end(), [&](const std::string& filter) {
        return relation(filter, other);
    });
}

}  // namespace

bool Permissions::allows(std::string_view subject) const {
    return any(allow, selects, subject) && !any(deny, selects, subject);
}

bool Permissions::allows_filter(std::string_view filter) const {
    return any(allow, covers, filter) && !any(deny, covers, filter);
}

bool Permissions::hides_some_of(std::string_view filter) const {
    return any(deny, overlap, filter);
}

std::function<bool(std::string_view)> reader_of(Permissions subscribe) {
    return [permissions = std::move(subscribe)](std::string_view subject) {
        return wire::is_literal(subject) ? permissions.allows(subject)
                                         : permissions.allows_filter(subject);
    };
}

}  // namespace telex::access
