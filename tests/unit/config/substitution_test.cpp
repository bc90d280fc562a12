#include "config/parse/substitution.hpp"

#include "test_environment.hpp"

#include <gtest/gtest.h>

namespace telex::config {
namespace {

class Substitution : public testing::Test {
protected:
    std::string replaced(std::string_view text) const {
        const auto result = substitute(text, environment_);
        return result ? result->text : "error: " + result.error();
    }

    Environment environment_ = fixed_environment();
    TemporaryFolder folder_;
};

TEST_F(Substitution, KeepsPlainText) {
    for (const char* text :
         {"", "plain", "$SYS.echo", "100$", "$", "$$", "{peer}", "log.{peer}", "}"}) {
        EXPECT_EQ(replaced(text), text);
    }
}

TEST_F(Substitution, ReplacesVariables) {
    environment_.variables["PORT"] = "4650";
    EXPECT_EQ(replaced("tcp://h:${PORT}"), "tcp://h:4650");
    EXPECT_EQ(replaced("${PORT}${PORT}"), "46504650");
    EXPECT_EQ(replaced("$${PORT} ${PORT}"), "${PORT} 4650");
    EXPECT_EQ(replaced("${PORT:-1}"), "4650");
}

TEST_F(Substitution, UsesTheDefaultIfUnsetOrEmpty) {
    EXPECT_EQ(replaced("${UNSET:-5}"), "5");
    EXPECT_EQ(replaced("${EMPTY:-5}"), "5");
    EXPECT_EQ(replaced("${UNSET:-}x"), "x");
    EXPECT_EQ(replaced("${UNSET:-a:-b}"), "a:-b");
}

TEST_F(Substitution, EmptyVariableWithoutDefaultIsEmpty) {
    EXPECT_EQ(replaced("<${EMPTY}>"), "<>");
}

TEST_F(Substitution, IsNotRepeatedOnItsResult) {
    environment_.variables["OUTER"] = "${INNER}";
    environment_.variables["INNER"] = "x";
    EXPECT_EQ(replaced("${OUTER}"), "${INNER}");
}

TEST_F(Substitution, RefusesUnsetVariables) {
    EXPECT_EQ(
        replaced("${UNSET}"),
        "error: environment variable UNSET is not set; use ${UNSET:-default} for a default"
    );
}

TEST_F(Substitution, RefusesInvalidReferences) {
    for (const char* text :
         {"${", "${A", "${}", "${1A}", "${A-B}", "${ A}", "${:-x}", "${env:A}"}) {
        EXPECT_FALSE(substitute(text, environment_)) << text;
    }
}

TEST_F(Substitution, ProvidesTheRuntimeDirectory) {
    EXPECT_EQ(replaced("${TELEX_RUNTIME_DIR}"), "/tmp/telex-1234");
    environment_.variables["XDG_RUNTIME_DIR"] = "/run/user/1234/";
    EXPECT_EQ(replaced("${TELEX_RUNTIME_DIR}"), "/run/user/1234/telex");
    environment_.variables["RUNTIME_DIRECTORY"] = "/run/telex:/run/other";
    EXPECT_EQ(replaced("${TELEX_RUNTIME_DIR}"), "/run/telex");
    environment_.variables["TELEX_RUNTIME_DIR"] = "/elsewhere";
    EXPECT_EQ(replaced("${TELEX_RUNTIME_DIR}"), "/run/telex");
}

TEST_F(Substitution, RemovesOneFinalLineEnd) {
    EXPECT_EQ(replaced("a${file:" + folder_.write("f", "secret\n") + "}b"), "asecretb");
    EXPECT_EQ(replaced("${file:" + folder_.write("f", "two\n\n") + "}"), "two\n");
    EXPECT_EQ(replaced("${file:" + folder_.write("f", "none") + "}"), "none");
}

TEST_F(Substitution, MarksFileContentAsSecret) {
    const auto result = substitute("${file:" + folder_.write("f", "x") + "}", environment_);
    ASSERT_TRUE(result);
    EXPECT_TRUE(result->secret);
    EXPECT_FALSE(substitute("${UNSET:-x}", environment_)->secret);
}

TEST_F(Substitution, RefusesEmptyLargeAndSpecialFiles) {
    EXPECT_NE(
        replaced("${file:" + folder_.write("f", "") + "}").find("is empty"), std::string::npos
    );
    EXPECT_NE(
        replaced("${file:" + folder_.write("f", "\n") + "}").find("is empty"), std::string::npos
    );
    const std::string large = folder_.write("f", std::string(65'537, 'x'));
    EXPECT_NE(replaced("${file:" + large + "}").find("larger than 64KiB"), std::string::npos);
    EXPECT_NE(replaced("${file:/dev/zero}").find("not a regular file"), std::string::npos);
    EXPECT_NE(
        replaced("${file:" + folder_.path("none") + "}").find("No such file"), std::string::npos
    );
}

TEST_F(Substitution, ReadsCredentials) {
    folder_.write("token", "t0ken\n");
    environment_.variables["CREDENTIALS_DIRECTORY"] = folder_.path("");
    EXPECT_EQ(replaced("${credential:token}"), "t0ken");
    EXPECT_NE(replaced("${credential:other}").find("No such file"), std::string::npos);
    for (const char* text : {"${credential:}", "${credential:..}", "${credential:a/b}"}) {
        EXPECT_NE(replaced(text).find("is not the name of a credential"), std::string::npos)
            << text;
    }
}

TEST_F(Substitution, ReadsNoFileIfForbidden) {
    environment_.may_read_files = false;
    EXPECT_FALSE(substitute("${file:" + folder_.write("f", "x") + "}", environment_));
}

}  // namespace
}  // namespace telex::config
