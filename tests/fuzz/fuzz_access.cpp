// Relations between filters, compared with the subjects that they match.
#include "access/filter_relations.hpp"
#include "wire/subject.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

void must(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "%s\n", what);
        std::abort();
    }
}

// Three lines: two filters and a subject.
std::array<std::string_view, 3> lines_of(std::string_view text) {
    std::array<std::string_view, 3> lines;
    for (std::string_view& line : lines) {
        const std::size_t end = text.find('\n');
        line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace telex;
    const auto [one, other, subject] = lines_of({reinterpret_cast<const char*>(data), size});
    if (wire::check_filter(one) || wire::check_filter(other) || wire::check_subject(subject)) {
        return 0;
    }
    const bool in_one = access::selects(one, subject);
    const bool in_other = access::selects(other, subject);
    must(!(in_one && in_other) || access::overlap(one, other), "a common subject, and no overlap");
    must(!access::covers(one, other) || in_one || !in_other, "covered, and yet outside");
    must(access::overlap(one, other) == access::overlap(other, one), "overlap has a direction");
    must(!access::covers(one, other) || access::overlap(one, other), "covered without overlap");
    must(access::covers(one, one), "a filter does not cover itself");
    must(in_one == access::covers(one, subject), "a subject is a filter of one");
    return 0;
}
