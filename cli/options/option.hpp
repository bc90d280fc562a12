#pragma once
// An option or argument of a command, as data. The parser, the help and the shell completion are
// made from it.
#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace telex::cli {

// Turns the text of an option into its value and stores it.
struct Value {
    // list: may be given more than once. version: prints the version instead of a run.
    enum class Kind : std::uint8_t { flag, text, list, version };

    Kind kind = Kind::text;
    // The error says what is wrong with the text, then what is expected. A flag gets no text.
    std::function<Result<void, std::string>(const std::string& text)> store;
    std::vector<std::string> choices;  // the valid texts; empty: any
    // A command of the tool that prints the valid texts, for the shell: "context list --names".
    // Empty if there is none.
    std::string listed_by{};
};

struct Option {
    std::string name;         // "-n,--count"; the name of an argument has no dash: "SUBJECT"
    std::string placeholder;  // of the value, for the help: "N"; empty for flags and arguments
    std::string help;
    Value value;
    bool required = false;
    // Options that must, or must not, be given together with this one: "--proto", "DATA".
    std::vector<std::string> needs{};
    std::vector<std::string> excludes{};

    bool is_argument() const { return !name.starts_with('-'); }

    // "-n", "--count"
    std::vector<std::string> names() const;
};

}  // namespace telex::cli
