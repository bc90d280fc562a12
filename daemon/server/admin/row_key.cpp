#include "server/admin/row_key.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <system_error>

namespace telex::server {

std::string cursor_of(const RowKey& key) {
    return fmt::format("{:x}-{:x}-{:x}", key.rank, key.connection, key.subscription);
}

std::optional<RowKey> parse_cursor(std::string_view cursor) {
    constexpr int kHex = 16;
    std::array<std::uint64_t, 3> numbers{};
    const char* at = cursor.data();
    const char* const end = at + cursor.size();
    for (std::uint64_t& number : numbers) {
        if (&number != numbers.data()) {
            if (at == end || *at != '-') {
                return std::nullopt;
            }
            ++at;
        }
        const auto [stop, error] = std::from_chars(at, end, number, kHex);
        if (error != std::errc()) {
            return std::nullopt;
        }
        at = stop;
    }
    if (at != end) {
        return std::nullopt;
    }
    return RowKey{numbers[0], numbers[1], numbers[2]};
}

}  // namespace telex::server
