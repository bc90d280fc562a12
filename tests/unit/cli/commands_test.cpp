// Properties that hold for every command of the tool.
#include "cli/options/completion.hpp"
#include "cli/options/help_text.hpp"
#include "cli/options/values.hpp"
#include "cli/program.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <set>

namespace telex::cli {
namespace {

void for_each_command(
    const Command& command,
    const std::string& path,
    const std::function<void(const Command&, const std::string&)>& check
) {
    check(command, path);
    for (const Command& below : command.commands) {
        for_each_command(below, path + " " + below.name, check);
    }
}

void for_each_option(
    const std::function<void(const Option&, const Command&, const std::string&)>& check
) {
    const Command tool = tool_command();
    for_each_command(tool, tool.name, [&](const Command& command, const std::string& path) {
        for (const OptionSection& section : command.options.sections()) {
            for (const Option& option : section.options) {
                check(option, command, path + " " + option.name);
            }
        }
    });
}

// A phrase: begins with a capital letter (or names a mode: "pub: ..."), ends without a full stop.
bool is_phrase(const std::string& text) {
    const bool is_mode = text.find(": ") < text.find(' ');
    return !text.empty() && (std::isupper(static_cast<unsigned char>(text[0])) != 0 || is_mode) &&
           !text.ends_with('.');
}

TEST(Commands, DescribeThemselvesAndTheirOptions) {
    const Command tool = tool_command();
    for_each_command(tool, tool.name, [](const Command& command, const std::string& path) {
        EXPECT_TRUE(is_phrase(command.summary)) << path;
        EXPECT_NE(command.commands.empty(), command.run == nullptr) << path;
    });
    for_each_option([](const Option& option, const Command&, const std::string& path) {
        // SHELL lists its choices.
        EXPECT_TRUE(is_phrase(option.help) || option.name == "SHELL") << path;
        const bool has_value =
            option.value.kind == Value::Kind::text || option.value.kind == Value::Kind::list;
        EXPECT_EQ(!option.placeholder.empty(), has_value && !option.is_argument()) << path;
    });
}

TEST(Commands, NameExistingOptionsInTheirRules) {
    for_each_option([](const Option& option, const Command& command, const std::string& path) {
        for (const auto* rule : {&option.needs, &option.excludes}) {
            for (const std::string& name : *rule) {
                EXPECT_NE(command.options.find(name), nullptr) << path << " " << name;
            }
        }
    });
}

TEST(Commands, NameEachOptionOnce) {
    std::set<std::string> seen;
    for_each_option([&seen](const Option& option, const Command& command, const std::string& path) {
        for (const std::string& name : option.names()) {
            EXPECT_EQ(command.options.find(name), &option) << path;
        }
        EXPECT_TRUE(seen.insert(path).second) << path;
    });
}

TEST(HelpText, FitsEightyColumns) {
    const Command tool = tool_command();
    for_each_command(tool, tool.name, [](const Command& command, const std::string& path) {
        const std::string text = help_text(command, path);
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = text.find('\n', begin);
            ASSERT_NE(end, std::string::npos) << path;
            const std::string line = text.substr(begin, end - begin);
            // Rows of the framing presets are as long as their texts.
            EXPECT_TRUE(line.size() <= 80 || line.starts_with("  syslog ")) << path << ": " << line;
            EXPECT_FALSE(line.ends_with(' ')) << path << ": " << line;
            begin = end + 1;
        }
    });
}

TEST(HelpText, ShowsUsageArgumentsSectionsAndFooter) {
    Command command{.name = "send", .summary = "Send a message"};
    command.options.add({"SUBJECT", "", "Subject", {}}).required = true;
    command.options.add({"DATA", "", "Payload", {}});
    command.options.add({"--framing", "PRESET", "Framing", {}}).required = true;
    command.options.add({"-n,--count", "N", "Count", {}});
    command.options.begin_section("Output");
    command.options.add({"--long-name-of-an-option", "DURATION", "Time", {}});
    command.connects = true;
    command.examples = {{"Send a text", "tool send a b"}};
    command.footer = "The end.";
    EXPECT_EQ(
        help_text(command, "tool send"),
        "Send a message\n"
        "\n"
        "Usage: tool send [OPTIONS] SUBJECT [DATA] --framing PRESET\n"
        "\n"
        "Arguments:\n"
        "  SUBJECT                   Subject\n"
        "  DATA                      Payload\n"
        "\n"
        "Options:\n"
        "      --framing PRESET      Framing\n"
        "  -n, --count N             Count\n"
        "  -h, --help                Print this help\n"
        "\n"
        "Output:\n"
        "      --long-name-of-an-option DURATION\n"
        "                            Time\n"
        "\n"
        "--server, --context and the other options that choose the exchange: telex help.\n"
        "\n"
        "Examples:\n"
        "  Send a text:\n"
        "      tool send a b\n"
        "\n"
        "The end.\n"
    );
}

TEST(HelpText, ListsCommandsByGroup) {
    Command tool{.name = "tool", .summary = "A tool"};
    tool.commands.push_back({.name = "send", .summary = "Send", .group = "Messages"});
    tool.commands.push_back({.name = "take", .summary = "Take", .group = "Messages"});
    tool.commands.push_back({.name = "list", .summary = "List", .group = "Operation"});
    EXPECT_THAT(
        help_text(tool, "tool"),
        testing::HasSubstr("\n\nMessages:\n"
                           "  send                      Send\n"
                           "  take                      Take\n"
                           "\nOperation:\n"
                           "  list                      List\n")
    );
}

TEST(Commands, HaveExamplesThatFitEightyColumns) {
    const Command tool = tool_command();
    for_each_command(tool, tool.name, [](const Command& command, const std::string& path) {
        for (const Example& example : command.examples) {
            EXPECT_TRUE(is_phrase(example.purpose)) << path;
            EXPECT_THAT(example.line, testing::HasSubstr(path)) << path;
        }
    });
}

TEST(HelpText, MarksArgumentsThatMayBeRepeated) {
    std::vector<std::string> filters;
    Command command{.name = "take", .summary = "Take"};
    command.options.add({"FILTER", "", "Filters", value::texts(filters)}).required = true;
    EXPECT_THAT(help_text(command, "tool take"), testing::HasSubstr("[OPTIONS] FILTER...\n"));
}

TEST(HelpText, BreaksLongTextsAtBlanks) {
    Command command{.name = "send", .summary = "Send"};
    command.options.add({"A", "", std::string(50, 'a') + " b " + std::string(60, 'c') + " d", {}});
    EXPECT_THAT(
        help_text(command, "tool send"),
        testing::HasSubstr(
            "  A                         " + std::string(50, 'a') + " b\n" + std::string(28, ' ') +
            std::string(60, 'c') + "\n" + std::string(28, ' ') + "d\n"
        )
    );
}

TEST(Completion, HasAnEntryForEachCommand) {
    const std::vector<CompletionEntry> entries = completion_entries(tool_command());
    const auto entry = [&entries](const std::string& path) {
        return *std::find_if(entries.begin(), entries.end(), [&path](const CompletionEntry& row) {
            return row.path == path;
        });
    };
    EXPECT_THAT(entry("").words, testing::Contains("support-bundle"));
    EXPECT_THAT(entry("frame").words, testing::ElementsAre("decode", "encode"));
    EXPECT_THAT(
        entry("log-level").words, testing::ElementsAre("debug", "info", "warning", "error")
    );
    EXPECT_THAT(
        entry("kick").options, testing::Contains(testing::Field(&Option::name, "-s,--server"))
    );
    EXPECT_THAT(
        entry("frame decode").options,
        testing::Not(testing::Contains(testing::Field(&Option::name, "-s,--server")))
    );
    EXPECT_EQ(entry("drain").summary, "Drain the daemon's connections, then stop it");
    EXPECT_THAT(
        entry("frame decode").options,
        testing::Contains(testing::Field(&Option::name, testing::Eq("-h,--help")))
    );
}

TEST(Completion, OffersChoicesAndFiles) {
    const Command tool = tool_command();
    EXPECT_THAT(
        bash_completion(tool),
        testing::HasSubstr("--format) COMPREPLY=($(compgen -W 'table json' -- \"$cur\")); return ;;"
        )
    );
    EXPECT_THAT(bash_completion(tool), testing::HasSubstr("-f|--file) compopt -o filenames;"));
    EXPECT_THAT(zsh_completion(tool), testing::HasSubstr("'*--tls-ca[tls\\://\\: trusted"));
    EXPECT_THAT(fish_completion(tool), testing::HasSubstr("-l sort -x -a 'number pending"));
}

TEST(Completion, AsksForTheNamesOfContexts) {
    const Command tool = tool_command();
    EXPECT_THAT(
        bash_completion(tool),
        testing::AllOf(
            testing::HasSubstr(
                "-c|--context) COMPREPLY=($(compgen -W \"$(telex context list --names "
                "2>/dev/null)\" -- \"$cur\")); return ;;"
            ),
            testing::HasSubstr("words=''\"$(telex context list --names 2>/dev/null)\"\n")
        )
    );
    EXPECT_THAT(
        zsh_completion(tool),
        testing::AllOf(
            testing::HasSubstr(":value:{compadd -- $(telex context list --names 2>/dev/null)}'"),
            testing::HasSubstr("'*:name:{compadd -- $(telex context list --names 2>/dev/null)}'")
        )
    );
    EXPECT_THAT(
        fish_completion(tool),
        testing::AllOf(
            testing::HasSubstr("-s c -l context -x -a '(telex context list --names 2>/dev/null)'"),
            testing::HasSubstr(
                "__fish_seen_subcommand_from remove' -a '(telex context list --names "
                "2>/dev/null)'"
            )
        )
    );
}

TEST(Completion, QuotesForTheShell) {
    EXPECT_EQ(shell_quoted("user's"), "'user'\\''s'");
}

}  // namespace
}  // namespace telex::cli
