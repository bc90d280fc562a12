#include "web/request_check.hpp"

#include "web/request_fields.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace telex::web {

namespace {

using codec::FrameError;

bool is_of_http(std::string_view start_line) {
    return start_line.ends_with(" HTTP/1.1") || start_line.ends_with(" HTTP/1.0");
}

enum class PageField : std::uint8_t { host, origin, fetch_site };

constexpr std::array<std::string_view, 3> kPageFields = {"Host", "Origin", "Sec-Fetch-Site"};

}  // namespace

std::optional<FrameError> RequestCheck::check(ByteView head) const {
    if (ByteView rest = head; !is_of_http(take_line(rest))) {
        return std::nullopt;
    }
    SingleFields<PageField, kPageFields.size()> fields(kPageFields);
    const bool once = for_each_field(head, [&](Field field) { return fields.take(field); });
    const std::string_view origin = fields[PageField::origin].value_or("");
    if (!once || (fields[PageField::origin] && origin.empty())) {
        return FrameError::bad_header;
    }
    const auto verdict = guard_.judge_request(
        fields[PageField::host].value_or(""), origin, fields[PageField::fetch_site].value_or("")
    );
    return verdict == PageGuard::Verdict::permitted ? std::nullopt
                                                    : std::optional(FrameError::foreign_page);
}

}  // namespace telex::web
