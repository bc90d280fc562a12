#pragma once
// The place of a row in an operator's list: the largest rank first, then by number. A list is
// continued after such a place, so that no page costs more than the first one.
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telex::server {

struct RowKey {
    std::uint64_t rank = 0;
    std::uint64_t connection = 0;
    std::uint64_t subscription = 0;

    // Less: stands before the other.
    friend std::strong_ordering operator<=>(const RowKey& left, const RowKey& right) {
        if (left.rank != right.rank) {
            return right.rank <=> left.rank;
        }
        if (left.connection != right.connection) {
            return left.connection <=> right.connection;
        }
        return left.subscription <=> right.subscription;
    }

    friend bool operator==(const RowKey&, const RowKey&) = default;

    // Its place in the reversed list: every order is the opposite one, also among equal ranks. The
    // reverse of the reverse is the key.
    RowKey reversed() const { return {~rank, ~connection, ~subscription}; }
};

// As text for operators, who return it to get the next page.
std::string cursor_of(const RowKey& key);
// Returns nothing if the text is not a cursor.
std::optional<RowKey> parse_cursor(std::string_view cursor);

}  // namespace telex::server
