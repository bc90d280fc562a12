// Subjects and filters, compared with a naive implementation of the grammar. The input is a filter
// and a subject, separated by a line feed (which neither may contain).
#include "support/subject_oracle.hpp"
#include "wire/subject.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

namespace oracle = telex::testing;
namespace wire = telex::wire;

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

void check(std::string_view text) {
    require(!wire::check_subject(text) == oracle::valid_subject(text, false));
    require(!wire::check_filter(text) == oracle::valid_subject(text, true));
    require(
        !wire::check_queue_group(text) ==
        oracle::valid_subject(text, false, wire::kMaxQueueGroupBytes)
    );
    const wire::SubjectLimits tight{.max_bytes = 16, .max_tokens = 3};
    require(!wire::check_filter(text, tight) == oracle::valid_subject(text, true, 16, 3));
    const wire::SubjectLimits one_token{.max_bytes = text.size() + 1, .max_tokens = 1};
    require(!wire::check_subject(wire::make_token(text), one_token));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t line_end = input.find('\n');
    const std::string_view filter = input.substr(0, line_end);
    const std::string_view subject =
        line_end == std::string_view::npos ? filter : input.substr(line_end + 1);
    check(filter);
    check(subject);
    if (!wire::check_filter(filter) && !wire::check_subject(subject)) {
        require(
            wire::matches(filter, subject) ==
            oracle::tokens_match(oracle::split(filter), oracle::split(subject))
        );
        require(wire::is_literal(filter) == !wire::check_subject(filter));
    }
    return 0;
}
