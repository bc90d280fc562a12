#pragma once
// The lines of a head of HTTP that codec::HeaderBlock has checked.
#include "codec/header_block.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace telex::web {

// Removes and returns the first line, without its end. Requires a whole line at the front.
std::string_view take_line(std::string_view& head);

// Without the spaces and tabs around it.
std::string_view without_blanks(std::string_view text);

struct Field {
    std::string_view name;
    std::string_view value;
};

// Of a line that is not blank.
Field field_of(std::string_view line);

// Calls `use(field)` for each header behind the first line of a head, until it returns false.
// Returns false if it did.
template <class Use>
bool for_each_field(std::string_view head, Use use) {
    (void)take_line(head);  // skips the request line
    for (std::string_view line = take_line(head); !line.empty(); line = take_line(head)) {
        if (!use(field_of(line))) {
            return false;
        }
    }
    return true;
}

// The values of headers that a request may have once. `Name` is an enum: the places of the headers
// in `names`.
template <class Name, std::size_t kCount>
class SingleFields {
public:
    using Value = std::optional<std::string_view>;

    // `names` must outlive it.
    explicit SingleFields(const std::array<std::string_view, kCount>& names) : names_(names) {}

    // Returns false if the header is there for the second time. Ignores others.
    [[nodiscard]] bool take(Field field) {
        for (std::size_t i = 0; i < kCount; ++i) {
            if (codec::is_same_name(field.name, names_[i])) {
                const bool first = !values_[i];
                values_[i] = field.value;
                return first;
            }
        }
        return true;
    }

    // Of the header, if it is there.
    const Value& operator[](Name name) const { return values_[static_cast<std::size_t>(name)]; }

private:
    const std::array<std::string_view, kCount>& names_;
    std::array<Value, kCount> values_{};
};

}  // namespace telex::web
