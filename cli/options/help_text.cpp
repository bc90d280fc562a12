#include "cli/options/help_text.hpp"

#include "cli/options/values.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace telex::cli {
namespace {

constexpr std::size_t kHelpColumn = 28;
constexpr std::size_t kHelpWidth = 80 - kHelpColumn;

constexpr const char* kConnectionNote =
    "\n--server, --context and the other options that choose the exchange: telex help.\n";

// Breaks `text` at blanks into lines of at most kHelpWidth, which begin at kHelpColumn.
std::string in_help_column(std::string_view text) {
    std::string out;
    while (text.size() > kHelpWidth) {
        const std::size_t blank = text.rfind(' ', kHelpWidth);
        const std::size_t end =
            std::min(blank == std::string_view::npos ? text.find(' ') : blank, text.size());
        out += fmt::format("{}\n{:{}}", text.substr(0, end), "", kHelpColumn);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out += text;
}

std::string help_row(const std::string& label, const std::string& help) {
    const std::string begin = "  " + label;
    const bool fits = begin.size() + 2 <= kHelpColumn;
    return fmt::format(
        "{}{:{}}{}\n",
        fits ? begin : begin + "\n",
        "",
        fits ? kHelpColumn - begin.size() : kHelpColumn,
        in_help_column(help)
    );
}

// "  -n, --count N"; options without a short name are indented as if they had one.
std::string option_row(const Option& option) {
    const auto names = option.names();
    std::string label = option.is_argument() || names[0].size() == 2 ? "" : "    ";
    label += fmt::format("{}", fmt::join(names, ", "));
    if (!option.placeholder.empty()) {
        label += " " + option.placeholder;
    }
    return help_row(label, option.help);
}

// "SUBJECT", "[DATA]", "FILTER..."
std::string argument_usage(const Option& option) {
    const std::string name = option.name + (option.value.kind == Value::Kind::list ? "..." : "");
    return option.required ? name : "[" + name + "]";
}

std::string usage_of(const Command& command, std::string_view path) {
    std::string usage = fmt::format("Usage: {} [OPTIONS]", path);
    for (const OptionSection& section : command.options.sections()) {
        for (const Option& option : section.options) {
            if (option.required && !option.is_argument()) {
                usage += fmt::format(" {} {}", option.names().back(), option.placeholder);
            } else if (option.is_argument()) {
                usage += " " + argument_usage(option);
            }
        }
    }
    return usage + (command.commands.empty() ? "\n" : " COMMAND\n");
}

std::string arguments_of(const Command& command) {
    std::string rows;
    for (const OptionSection& section : command.options.sections()) {
        for (const Option& option : section.options) {
            rows += option.is_argument() ? option_row(option) : "";
        }
    }
    return rows.empty() ? rows : "\nArguments:\n" + rows;
}

std::string commands_of(const Command& command) {
    std::string rows;
    const std::string* group = nullptr;
    for (const Command& below : command.commands) {
        if (group == nullptr || *group != below.group) {
            group = &below.group;
            rows += fmt::format("\n{}:\n", group->empty() ? "Commands" : *group);
        }
        rows += help_row(below.name, below.summary);
    }
    return rows;
}

std::string examples_of(const Command& command) {
    std::string rows;
    for (const Example& example : command.examples) {
        rows += fmt::format("  {}:\n      {}\n", example.purpose, example.line);
    }
    return rows.empty() ? rows : "\nExamples:\n" + rows;
}

std::string section_text(const OptionSection& section, bool with_help) {
    std::string rows;
    for (const Option& option : section.options) {
        rows += option.is_argument() ? "" : option_row(option);
    }
    rows += with_help ? option_row(help_option()) : "";
    return fmt::format("\n{}:\n{}", section.title, rows);
}

}  // namespace

std::string help_text(const Command& command, std::string_view path) {
    std::string text = command.summary + "\n\n" + usage_of(command, path) + arguments_of(command) +
                       commands_of(command);
    const auto& sections = command.options.sections();
    for (const OptionSection& section : sections) {
        text += section.exactly_one ? section_text(section, false) : "";
    }
    for (const OptionSection& section : sections) {
        text += section.exactly_one ? "" : section_text(section, &section == &sections.front());
    }
    text += command.connects ? kConnectionNote : "";
    text += examples_of(command);
    return command.footer.empty() ? text : text + "\n" + command.footer + "\n";
}

const Option& help_option() {
    static const Option option{
        .name = "-h,--help",
        .placeholder = {},
        .help = "Print this help",
        .value = value::flag([] {}),
    };
    return option;
}

}  // namespace telex::cli
