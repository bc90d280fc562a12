#pragma once
// The options and arguments of a command, in the order of its help.
#include "cli/options/option.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace telex::cli {

struct OptionSection {
    std::string title;
    bool exactly_one = false;  // its options exclude each other, and one of them is required
    std::vector<Option> options;
};

class OptionSet {
public:
    // Adds to the current section: "Options", until another one begins or goes on. The reference is
    // valid until the next option is added.
    Option& add(Option option);

    // Makes an option required that was added as optional.
    void require(std::string_view name);

    void begin_section(std::string title);
    void begin_exactly_one(std::string title);

    // Returns to "Options".
    void end_section() { current_ = 0; }

    const std::vector<OptionSection>& sections() const { return sections_; }

    // By one of its names. Returns null if there is no such option.
    const Option* find(std::string_view name) const;

private:
    std::vector<OptionSection> sections_{{.title = "Options", .exactly_one = false, .options = {}}};
    std::size_t current_ = 0;
};

}  // namespace telex::cli
