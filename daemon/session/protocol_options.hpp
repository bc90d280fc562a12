#pragma once
// Options that belong to one protocol. The protocol keeps them in its own struct and declares the
// configuration keys that fill it as rows; the configuration reads, documents and prints the rows
// without naming the protocol.
#include <any>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace telex::session {

// The options struct of one protocol; empty for its defaults.
using ProtocolOptions = std::any;

// Returns the options as the protocol's own type. `holder` must outlive the result.
template <class Options>
const Options& options_of(const ProtocolOptions& holder) {
    static const Options defaults;
    const Options* const own = std::any_cast<Options>(&holder);
    return own != nullptr ? *own : defaults;
}

// How a row reaches its member of the protocol's struct.
template <class Value>
struct OptionAccess {
    std::function<void(ProtocolOptions&, Value)> set;
    // Returns nothing if the option has no value.
    std::function<std::optional<Value>(const ProtocolOptions&)> get;
};

struct TextOption {
    OptionAccess<std::string> access;
    std::string_view type;
    std::string_view allowed;
    // Returns what is wrong, to follow the quoted text in a sentence.
    std::optional<std::string> (*check)(std::string_view text);
};

// In the notation of framings: "hex:0d0a" is two bytes.
struct BytesOption {
    OptionAccess<std::string> access;
    std::string_view allowed;
    std::size_t max;  // bytes; at least one
};

struct FlagOption {
    OptionAccess<bool> access;
};

struct NumberOption {
    OptionAccess<std::uint64_t> access;
    std::uint64_t min;
    std::uint64_t max;
};

struct DurationOption {
    OptionAccess<std::chrono::milliseconds> access;
    std::chrono::milliseconds min;
    std::chrono::milliseconds max;
};

// A key of a listener. Protocols that share a key declare it with the same text and kind.
struct OptionRow {
    std::string_view key;
    std::string_view doc;  // sentences for the reference
    std::variant<TextOption, BytesOption, FlagOption, NumberOption, DurationOption> value;
};

// Access to `member`, a Value, std::optional<Value> or other type that converts both ways.
template <class Value, class Options, class Member>
OptionAccess<Value> option_access(Member Options::* member) {
    return {
        [member](ProtocolOptions& holder, Value value) {
            if (!holder.has_value()) {
                holder = Options{};
            }
            std::any_cast<Options&>(holder).*member = Member(std::move(value));
        },
        [member](const ProtocolOptions& holder) -> std::optional<Value> {
            const Member& found = options_of<Options>(holder).*member;
            if constexpr (std::is_same_v<Member, std::optional<Value>>) {
                return found;
            } else {
                return Value(found);
            }
        },
    };
}

}  // namespace telex::session
