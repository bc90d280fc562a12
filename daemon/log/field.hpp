#pragma once
// A field of a log line: a name and a typed value. Refers to the caller's text, which must outlive
// the call that writes the line.
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace telex::log {

class Value {
public:
    // NOLINTBEGIN(google-explicit-constructor): written as {"name", value}
    Value(std::string_view text) : value_(text) {}

    Value(const std::string& text) : value_(std::string_view(text)) {}

    Value(const char* text) : value_(std::string_view(text)) {}

    Value(bool value) : value_(std::string_view(value ? "true" : "false")) {}

    // Written with three decimals.
    Value(double number) : value_(number) {}

    Value(std::unsigned_integral auto number) : value_(std::uint64_t{number}) {}

    Value(std::signed_integral auto number) : value_(std::int64_t{number}) {}

    // An empty one leaves the field out of the line.
    template <class T>
    Value(const std::optional<T>& value) : Value(value ? Value(*value) : Value()) {}

    // NOLINTEND(google-explicit-constructor)

    bool is_absent() const { return std::holds_alternative<std::monostate>(value_); }

    // The value on one line, escaped by printable() and cut to kMaxBytes.
    std::string to_text() const;

    static constexpr std::size_t kMaxBytes = 1024;

private:
    Value() = default;

    std::variant<std::monostate, std::string_view, std::uint64_t, std::int64_t, double> value_;
};

struct Field {
    std::string_view name;  // a-z and _
    Value value;
};

}  // namespace telex::log
