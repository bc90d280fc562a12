#include "match/filter_shape.hpp"

#include <algorithm>
#include <limits>

namespace telex::match {

Result<FilterShape, FilterError> shape_of(std::string_view filter) {
    if (filter.empty()) {
        return unexpected(FilterError::empty);
    }
    FilterShape shape = FilterShape::literal;
    std::size_t tokens = 0;
    for (std::size_t begin = 0; begin <= filter.size(); ++tokens) {
        const std::size_t end = std::min(filter.find('.', begin), filter.size());
        const std::string_view token = filter.substr(begin, end - begin);
        if (tokens == kMaxTokens) {
            return unexpected(FilterError::too_many_tokens);
        }
        if (token.size() > std::numeric_limits<std::uint16_t>::max()) {
            return unexpected(FilterError::token_too_long);
        }
        if (token == ">" && end != filter.size()) {
            return unexpected(FilterError::misplaced_tail);
        }
        if (token == "*" || token == ">") {
            shape = FilterShape::with_wildcards;
        }
        begin = end + 1;
    }
    return shape;
}

}  // namespace telex::match
