#include "codec/delimiter_search.hpp"

#include <algorithm>
#include <utility>

namespace telex::codec {

namespace {

std::vector<std::string> longest_first(std::vector<std::string> delimiters) {
    std::ranges::sort(delimiters, std::ranges::greater{}, &std::string::size);
    return delimiters;
}

std::string last_bytes(const std::vector<std::string>& delimiters) {
    std::string bytes;
    for (const std::string& delimiter : delimiters) {
        bytes.push_back(delimiter.back());
    }
    return bytes;
}

}  // namespace

DelimiterSearch::DelimiterSearch(std::vector<std::string> delimiters)
    : delimiters_(longest_first(std::move(delimiters))),
      last_bytes_(last_bytes(delimiters_)),
      one_byte_(longest() == 1 && last_bytes_.has_one_byte()) {}

}  // namespace telex::codec
