#include "cli/options/command_line.hpp"

#include "cli/options/values.hpp"

#include <gmock/gmock.h>

#include <optional>

namespace telex::cli {
namespace {

using Outcome = CommandLine::Outcome;

using Servers = std::vector<std::string>;

struct Given {
    std::string subject;
    std::optional<std::string> data;
    bool raw = false;
    std::string delimiter;
    std::vector<std::string> servers;
    std::optional<std::uint64_t> count;
    std::optional<std::size_t> size;
    std::optional<std::chrono::milliseconds> timeout;
    std::string policy;
    std::string text;
    bool echo = false;
    std::string exchange;
    std::string user;
};

// "tool send SUBJECT [DATA]", "tool frame decode" and "tool frame encode".
Command sample_tool(Given& given) {
    Command send{.name = "send", .summary = "Send a message"};
    OptionSet& set = send.options;
    set.add({"SUBJECT", "", "Subject", value::text(given.subject)}).required = true;
    set.add({"DATA", "", "Payload", value::text(given.data)});
    set.begin_exactly_one("Reply");
    set.add({"--echo", "", "Echo", value::flag(given.echo)});
    set.add({"--text", "TEXT", "Text", value::text(given.text)}).excludes = {"DATA"};
    set.end_section();
    set.add({"--delimiter", "TEXT", "Delimiter", value::text(given.delimiter)}).needs = {"--raw"};
    set.add({"--raw", "", "Raw", value::flag(given.raw)});
    set.add({"-s,--server", "URL", "Server", value::texts(given.servers)});
    set.add({"-n,--count", "N", "Count", value::count(given.count, 10)});
    set.add({"--size", "SIZE", "Size", value::size(given.size)});
    set.add({"--timeout", "DURATION", "Time", value::duration(given.timeout)});
    set.add(
        {"--policy",
         "POLICY",
         "Policy",
         value::choice(
             {"block", "drop"}, [&given](const std::string& name) { given.policy = name; }
         )}
    );
    Command frame{.name = "frame", .summary = "Frames"};
    frame.commands.push_back({.name = "decode", .summary = "Decode"});
    frame.commands.push_back({.name = "encode", .summary = "Encode"});
    Command tool{.name = "tool", .summary = "A tool"};
    tool.options.add({"--version", "", "Version", value::version()});
    tool.options.begin_section("Connection");
    tool.options.add({"--exchange", "NAME", "Exchange", value::text(given.exchange)});
    tool.options.add({"--user", "NAME", "User", value::text(given.user)}).needs = {"--exchange"};
    send.connects = true;
    tool.commands = {send, frame};
    return tool;
}

struct Parsed {
    Given given;
    Outcome outcome = Outcome::invalid;
    std::string command;
    std::string path;
    std::string error;
};

Parsed parse(std::vector<const char*> words) {
    words.insert(words.begin(), "tool");
    Parsed parsed;
    const Command tool = sample_tool(parsed.given);
    const CommandLine line = parse_command_line(tool, static_cast<int>(words.size()), words.data());
    parsed.outcome = line.outcome;
    parsed.command = line.command->name;
    parsed.path = line.path;
    parsed.error = line.error;
    return parsed;
}

std::string error_of(std::vector<const char*> words) {
    words.insert(words.begin(), {"send", "a", "--echo"});
    const Parsed parsed = parse(std::move(words));
    EXPECT_EQ(parsed.outcome, Outcome::invalid);
    EXPECT_EQ(parsed.path, "send");
    return parsed.error;
}

TEST(CommandLine, StoresArgumentsAndOptions) {
    const Parsed parsed = parse(
        {"send",
         "a.b",
         "--echo",
         "hello",
         "-n",
         "3",
         "--size=64KiB",
         "--timeout",
         "250ms",
         "--raw",
         "--delimiter",
         "",
         "-s",
         "one",
         "--server",
         "two",
         "--policy",
         "drop"}
    );
    EXPECT_EQ(parsed.outcome, Outcome::run) << parsed.error;
    EXPECT_EQ(parsed.command, "send");
    EXPECT_EQ(parsed.given.subject, "a.b");
    EXPECT_EQ(parsed.given.data, "hello");
    EXPECT_EQ(parsed.given.count, 3U);
    EXPECT_EQ(parsed.given.size, 65'536U);
    EXPECT_EQ(parsed.given.timeout, std::chrono::milliseconds(250));
    EXPECT_TRUE(parsed.given.raw);
    EXPECT_EQ(parsed.given.servers, (std::vector<std::string>{"one", "two"}));
    EXPECT_EQ(parsed.given.policy, "drop");
}

TEST(CommandLine, LeavesOtherValuesUnset) {
    const Parsed parsed = parse({"send", "a", "--echo"});
    EXPECT_EQ(parsed.outcome, Outcome::run) << parsed.error;
    EXPECT_EQ(parsed.given.data, std::nullopt);
    EXPECT_EQ(parsed.given.count, std::nullopt);
    EXPECT_FALSE(parsed.given.raw);
}

TEST(CommandLine, FindsNestedCommands) {
    const Parsed parsed = parse({"frame", "decode"});
    EXPECT_EQ(parsed.outcome, Outcome::run);
    EXPECT_EQ(parsed.command, "decode");
    EXPECT_EQ(parsed.path, "frame decode");
}

TEST(CommandLine, TakesTheNameOfACommandAsData) {
    const Parsed parsed = parse({"send", "--echo", "a", "frame"});
    EXPECT_EQ(parsed.outcome, Outcome::run) << parsed.error;
    EXPECT_EQ(parsed.given.data, "frame");
}

TEST(CommandLine, TakesBracketsNegativeNumbersAndWordsAfterTwoDashes) {
    EXPECT_EQ(parse({"send", "--echo", "a", "[1,2]"}).given.data, "[1,2]");
    EXPECT_EQ(parse({"send", "--echo", "a", "--", "-x"}).given.data, "-x");
    EXPECT_EQ(parse({"send", "--echo", "a", "-1"}).given.data, "-1");
    EXPECT_EQ(parse({"send", "--text", "[a,b]", "a"}).given.text, "[a,b]");
    EXPECT_THAT(
        parse({"send", "--echo", "a", "-s", "[a,b]"}).given.servers, testing::ElementsAre("[a,b]")
    );
}

TEST(CommandLine, HelpWinsOverMissingArguments) {
    EXPECT_EQ(parse({"send", "--help"}).outcome, Outcome::help);
    EXPECT_EQ(parse({"send", "-h"}).command, "send");
    EXPECT_EQ(parse({"--help"}).command, "tool");
    EXPECT_EQ(parse({"frame", "encode", "--help"}).path, "frame encode");
    EXPECT_EQ(parse({"--version"}).outcome, Outcome::version);
}

TEST(CommandLine, RequiresACommand) {
    EXPECT_EQ(parse({}).error, "a command is required");
    EXPECT_EQ(parse({"frame"}).error, "a command is required");
    EXPECT_EQ(parse({"frame"}).path, "frame");
}

TEST(CommandLine, SuggestsACommand) {
    EXPECT_EQ(parse({"sned"}).error, "unknown command 'sned'; did you mean 'send'?");
    EXPECT_EQ(parse({"frame", "xyz"}).error, "unknown command 'xyz'");
}

TEST(CommandLine, RejectsUnknownWords) {
    EXPECT_EQ(error_of({"data", "more"}), "unexpected argument 'more'");
    EXPECT_EQ(error_of({"--unknown"}), "unknown option '--unknown'");
    EXPECT_EQ(error_of({"-x"}), "unknown option '-x'");
    EXPECT_EQ(error_of({"--", "-x", "-y"}), "unexpected argument '-y'");
}

TEST(CommandLine, TakesOptionsOfACommandBeforeIt) {
    const Parsed separate = parse({"--echo", "-n", "3", "--exchange", "x", "send", "a"});
    EXPECT_EQ(separate.outcome, Outcome::run) << separate.error;
    EXPECT_EQ(separate.given.count, 3U);
    EXPECT_EQ(separate.given.exchange, "x");
    EXPECT_EQ(separate.given.subject, "a");
    EXPECT_EQ(parse({"--echo", "--count=3", "-sx", "send", "a"}).given.count, 3U);
    EXPECT_EQ(parse({"--echo", "--count=3", "-sx", "send", "a"}).given.servers, Servers({"x"}));
}

TEST(CommandLine, TellsTheCommandFromTheValueOfAnOptionBeforeIt) {
    EXPECT_EQ(parse({"--text", "send", "send", "a"}).given.text, "send");
    EXPECT_EQ(parse({"--exchange", "frame", "send", "a", "--echo"}).given.exchange, "frame");
    EXPECT_EQ(parse({"--text", "send"}).error, "--text requires a value");
    EXPECT_EQ(parse({"x", "send", "a"}).error, "unexpected argument 'x'");
    EXPECT_EQ(parse({"--", "send", "a"}).outcome, Outcome::invalid);
}

TEST(CommandLine, NamesAnUnknownOptionBeforeTheCommand) {
    EXPECT_EQ(parse({"--cuont=3", "send", "a"}).error, parse({"send", "a", "--cuont=3"}).error);
    EXPECT_EQ(parse({"--count", "3", "--bogus", "send", "a"}).error, "unknown option '--bogus'");
    EXPECT_EQ(parse({"--exchnge", "frame", "decode"}).path, "frame decode");
}

TEST(CommandLine, SuggestsAnOption) {
    EXPECT_EQ(error_of({"--cuont=3"}), "unknown option '--cuont=3'; did you mean '--count'?");
    EXPECT_EQ(
        error_of({"--exchnge", "x"}), "unknown option '--exchnge'; did you mean '--exchange'?"
    );
    EXPECT_EQ(error_of({"--hepl"}), "unknown option '--hepl'; did you mean '--help'?");
}

TEST(CommandLine, TakesOptionsOfTheToolOnEachSideOfTheCommand) {
    EXPECT_EQ(parse({"--exchange", "x", "send", "a", "--echo"}).given.exchange, "x");
    const Parsed behind = parse({"send", "a", "--exchange", "x", "--echo", "frame", "--user", "u"});
    EXPECT_EQ(behind.outcome, Outcome::run) << behind.error;
    EXPECT_EQ(behind.given.exchange, "x");
    EXPECT_EQ(behind.given.user, "u");
    EXPECT_EQ(behind.given.data, "frame");
}

TEST(CommandLine, AppliesTheRulesOfTheTool) {
    EXPECT_EQ(error_of({"--user", "u"}), "--user requires --exchange");
    EXPECT_EQ(
        parse({"--exchange", "x", "send", "a", "--echo", "--exchange", "y"}).error,
        "--exchange may be given only once"
    );
    EXPECT_EQ(
        parse({"frame", "decode", "--exchange", "x"}).error,
        "--exchange does not apply: 'telex frame decode' does not connect"
    );
}

TEST(CommandLine, RejectsInvalidValues) {
    EXPECT_EQ(error_of({"-n", "0"}), "--count: must be greater than zero");
    EXPECT_EQ(error_of({"-n", "11"}), "--count: must be at most 10");
    EXPECT_EQ(error_of({"-n", "99999999999999999999"}), "--count: is too large");
    EXPECT_EQ(error_of({"--count=-1"}), "--count: is not a whole number");
    EXPECT_EQ(error_of({"--policy", "never"}), "--policy: 'never' is not one of block, drop");
    EXPECT_THAT(error_of({"--size", "64"}), testing::StartsWith("--size: "));
    EXPECT_THAT(error_of({"--timeout", "5"}), testing::StartsWith("--timeout: "));
    EXPECT_EQ(error_of({"--count"}), "--count requires a value");
}

TEST(CommandLine, RejectsBrokenRules) {
    EXPECT_EQ(parse({"send", "--echo"}).error, "SUBJECT is required");
    EXPECT_EQ(parse({"send", "a"}).error, "exactly one of --echo, --text is required");
    EXPECT_EQ(error_of({"--text", "x"}), "exactly one of --echo, --text is required");
    EXPECT_EQ(error_of({"--delimiter", "x"}), "--delimiter requires --raw");
    EXPECT_EQ(error_of({"--count", "1", "-n", "2"}), "--count may be given only once");
    EXPECT_EQ(
        parse({"send", "a", "data", "--text", "x"}).error, "--text cannot be combined with DATA"
    );
}

}  // namespace
}  // namespace telex::cli
