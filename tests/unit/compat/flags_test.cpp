#include "compat/flags.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace telex::compat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

Flags flags_of(const std::vector<std::string>& arguments) {
    auto flags = parse_flags(arguments);
    EXPECT_TRUE(flags) << flags.error();
    return flags.value_or(Flags());
}

std::string error_of(const std::vector<std::string>& arguments) {
    const auto flags = parse_flags(arguments);
    return flags ? std::string("none") : flags.error();
}

TEST(CompatFlags, HaveTheSyntaxOfGo) {
    const std::vector<std::vector<std::string>> all{
        {"-p", "4333"}, {"--p", "4333"}, {"-port", "4333"}, {"--port=4333"}, {"-p=4333"}
    };
    for (const auto& arguments : all) {
        EXPECT_THAT(flags_of(arguments).values, ElementsAre(Pair("port", "4333"))) << arguments[0];
    }
    EXPECT_THAT(flags_of({"-DV"}).values, ElementsAre(Pair("debug_trace", "true")));
    EXPECT_THAT(flags_of({"--tls=false"}).values, ElementsAre(Pair("tls", "false")));
}

TEST(CompatFlags, OfATestSuite) {
    const Flags flags = flags_of(
        {"-c", "tls.conf", "-a", "127.0.0.1", "-user", "ivan", "--pass", "a=b", "-l", "x.log"}
    );
    EXPECT_EQ(flags.value("config"), "tls.conf");
    EXPECT_EQ(flags.value("addr"), "127.0.0.1");
    EXPECT_EQ(flags.value("user"), "ivan");
    EXPECT_EQ(flags.value("pass"), "a=b");
    EXPECT_EQ(flags.value("log"), "x.log");
    EXPECT_EQ(flags.value("auth"), "");
    EXPECT_FALSE(flags.is_on("tls"));
}

TEST(CompatFlags, TheLastOneCounts) {
    EXPECT_EQ(flags_of({"-p", "1", "-p", "2"}).value("port"), "2");
}

TEST(CompatFlags, Actions) {
    EXPECT_EQ(flags_of({}).action, Flags::Action::run);
    EXPECT_EQ(flags_of({"-v"}).action, Flags::Action::version);
    EXPECT_EQ(flags_of({"--version"}).action, Flags::Action::version);
    EXPECT_EQ(flags_of({"-t", "-c", "x"}).action, Flags::Action::check);
    EXPECT_EQ(flags_of({"--help"}).action, Flags::Action::help);
    EXPECT_THAT(flags_help(), HasSubstr("-p -port PORT"));
}

TEST(CompatFlags, OthersAreErrorsThatNameThem) {
    EXPECT_THAT(error_of({"-js"}), HasSubstr("-js is not supported: telexd has no JetStream"));
    EXPECT_THAT(error_of({"--cluster", "x"}), HasSubstr("-cluster is not supported"));
    EXPECT_THAT(error_of({"-m", "8222"}), HasSubstr("http.address"));
    EXPECT_THAT(error_of({"--sl=reload"}), HasSubstr("HUP"));
    EXPECT_THAT(error_of({"--nonsense"}), HasSubstr("-nonsense is not a supported flag"));
    EXPECT_THAT(error_of({"-\x1b[2J"}), HasSubstr("\\x1b"));
    EXPECT_THAT(error_of({"help"}), HasSubstr("'help' is not a flag"));
    EXPECT_THAT(error_of({"-"}), HasSubstr("is not a flag"));
    EXPECT_THAT(error_of({"-p"}), HasSubstr("-port needs a value"));
    EXPECT_THAT(error_of({"-tls=perhaps"}), HasSubstr("true or false"));
}

}  // namespace
}  // namespace telex::compat
