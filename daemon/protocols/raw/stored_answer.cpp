#include "protocols/raw/stored_answer.hpp"

#include <array>
#include <cstddef>
#include <utility>

namespace telex::session::raw {

std::string write_stored_answer(std::string_view format, const broker::StoredOutcome& outcome) {
    const bool stored = outcome.code == v1::ERROR_CODE_UNSPECIFIED;
    const std::array<std::pair<std::string_view, std::string>, 3> values{{
        {"{stream}", stored ? std::string(outcome.stream) : std::string()},
        {"{sequence}", std::to_string(stored ? outcome.sequence : 0)},
        {"{code}", stored ? "STORED" : v1::ErrorCode_Name(outcome.code)},
    }};
    std::string answer;
    while (!format.empty()) {
        std::size_t literal = 1;
        for (const auto& [name, value] : values) {
            if (format.starts_with(name)) {
                answer += value;
                format.remove_prefix(name.size());
                literal = 0;
                break;
            }
        }
        answer += format.substr(0, literal);
        format.remove_prefix(literal);
    }
    return answer;
}

}  // namespace telex::session::raw
