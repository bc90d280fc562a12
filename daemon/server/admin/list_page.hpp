#pragma once
// A page of an operator's list: which rows belong to it, and merging of the reactors' parts.
#include "server/admin/row_key.hpp"
#include "wire/admin_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace telex::server {

inline constexpr std::size_t kMostListed = 1'000;
inline constexpr std::size_t kUsuallyListed = 100;

// The number of entries that a query asks for.
template <class Query>
std::size_t most_listed(const Query& query) {
    return query.limit() == 0 ? kUsuallyListed : std::min<std::size_t>(query.limit(), kMostListed);
}

// The first keys after a place, however many are offered.
class FirstKeys {
public:
    FirstKeys(std::optional<RowKey> after, std::size_t most) : after_(after), most_(most) {}

    void offer(const RowKey& key) {
        if (after_ && key <= *after_) {
            return;
        }
        ++offered_;
        if (keys_.size() == most_) {
            if (key >= keys_.front()) {
                return;
            }
            std::pop_heap(keys_.begin(), keys_.end());
            keys_.pop_back();
        }
        keys_.push_back(key);
        std::push_heap(keys_.begin(), keys_.end());
    }

    // Those after the place, kept or not.
    std::uint64_t offered() const { return offered_; }

    // The last one first.
    std::vector<RowKey> take() {
        std::sort(keys_.rbegin(), keys_.rend());
        return std::move(keys_);
    }

private:
    std::optional<RowKey> after_;
    std::size_t most_;
    std::uint64_t offered_ = 0;
    std::vector<RowKey> keys_;  // a heap, the last one first
};

// The part of one reactor.
template <class Row>
struct ListPart {
    std::uint64_t total = 0;  // matches
    std::uint64_t after = 0;  // of them after the cursor
    std::vector<std::pair<RowKey, Row>> rows;
};

// The sum of the parts, with the first `most` rows in order.
template <class Row>
ListPart<Row> merge(std::vector<ListPart<Row>> parts, std::size_t most) {
    ListPart<Row> sum;
    for (ListPart<Row>& part : parts) {
        sum.total += part.total;
        sum.after += part.after;
        std::move(part.rows.begin(), part.rows.end(), std::back_inserter(sum.rows));
    }
    std::sort(sum.rows.begin(), sum.rows.end(), [](const auto& left, const auto& right) {
        return left.first < right.first;
    });
    if (sum.rows.size() > most) {
        sum.rows.erase(sum.rows.begin() + static_cast<std::ptrdiff_t>(most), sum.rows.end());
    }
    return sum;
}

// Empty on the last page.
template <class Row>
std::string next_of(const ListPart<Row>& page) {
    const bool is_last = page.rows.empty() || page.after <= page.rows.size();
    return is_last ? std::string() : cursor_of(page.rows.back().first);
}

// Of a query with `after` and `search`.
template <class Query>
[[nodiscard]] wire::AdminResult<void> check_page(const Query& query) {
    constexpr std::size_t kMostSearched = 64;
    const auto invalid = [](std::string message) {
        return unexpected(wire::admin_error(v1::AdminError::INVALID_ARGUMENT, std::move(message)));
    };
    if (!query.after().empty() && !parse_cursor(query.after())) {
        return invalid("after: is not the `next` of a list; leave it out for the first page");
    }
    if (query.search().size() > kMostSearched) {
        return invalid(fmt::format("search: the maximum is {} bytes", kMostSearched));
    }
    return {};
}

}  // namespace telex::server
