#include "streams/filter_relation.hpp"

#include "wire/subject.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace telex::streams {
namespace {

// All texts of one to `most` of these tokens that are valid filters.
std::vector<std::string> all_filters(const std::vector<std::string>& tokens, int most) {
    std::vector<std::string> found;
    std::vector<std::string> level = {""};
    for (int depth = 0; depth < most; ++depth) {
        std::vector<std::string> longer;
        for (const std::string& head : level) {
            for (const std::string& token : tokens) {
                longer.push_back(head.empty() ? token : head + "." + token);
            }
        }
        found.insert(found.end(), longer.begin(), longer.end());
        level = longer;
    }
    std::erase_if(found, [](const std::string& text) { return wire::check_filter(text); });
    return found;
}

TEST(FilterRelation, AgreesWithAllSubjectsForAllShortFilters) {
    const auto filters = all_filters({"a", "b", "*", ">"}, 3);
    const auto subjects = all_filters({"a", "b", "c"}, 4);
    for (const std::string& left : filters) {
        for (const std::string& right : filters) {
            const bool overlap = std::any_of(subjects.begin(), subjects.end(), [&](const auto& s) {
                return wire::matches(left, s) && wire::matches(right, s);
            });
            const bool covers = std::all_of(subjects.begin(), subjects.end(), [&](const auto& s) {
                return wire::matches(left, s) || !wire::matches(right, s);
            });
            ASSERT_EQ(filters_overlap(left, right), overlap) << left << " " << right;
            ASSERT_EQ(filter_covers(left, right), covers) << left << " " << right;
        }
    }
}

}  // namespace
}  // namespace telex::streams
