#include "cli/subscriber/message_dump.hpp"

#include "cli_testing.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

namespace telex::cli {
namespace {

class Dump : public testing::Test {
protected:
    // As a new run.
    std::string write(const std::string& subject) {
        auto dump = MessageDump::open(folder_.path() + "/new");
        return dump ? write(*dump, subject) : "error: " + dump.error();
    }

    std::string write(MessageDump& dump, const std::string& subject) const {
        const auto path = dump.write({.subject = subject, .payload = std::string("a\0b", 3)});
        return path ? path->substr(folder_.path().size()) : "error: " + path.error();
    }

    void create(const std::string& name) const {
        std::ofstream file(folder_.path() + "/new/" + name);
        ASSERT_TRUE(file.is_open());
    }

    TemporaryFolder folder_;
};

TEST_F(Dump, WritesPayloadsToPrivateFiles) {
    ASSERT_EQ(write("log.a"), "/new/00000001-log.a");
    const std::string path = folder_.path() + "/new/00000001-log.a";
    std::ifstream file(path, std::ios::binary);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), std::string("a\0b", 3));
    struct stat facts{};
    ASSERT_EQ(::stat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777U, 0600U);
}

TEST_F(Dump, IsSafeFromSubjects) {
    EXPECT_EQ(write("../../etc/passwd"), "/new/00000001-.._.._etc_passwd");
    EXPECT_EQ(write("a\x1b[2J\xc3\xa4;$x"), "/new/00000002-a__2J____x");
    EXPECT_EQ(write(std::string(1'000, 'x')).size(), std::string("/new/00000003-").size() + 100);
}

TEST_F(Dump, ContinuesTheNumbersOfAnEarlierRun) {
    EXPECT_EQ(write("a"), "/new/00000001-a");
    EXPECT_EQ(write("b"), "/new/00000002-b");
    create("00000041-a");
    create("notes");
    create("2026-12-01");
    create("00000099");
    create("0000099x-a");
    create("99999999999999999999-a");
    create("18446744073709551615-a");
    EXPECT_EQ(write("a"), "/new/00000042-a");
    create("123456789-a");
    EXPECT_EQ(write("a"), "/new/123456790-a");
}

TEST_F(Dump, KeepsFilesOfARunAtTheSameTime) {
    auto first = MessageDump::open(folder_.path() + "/new");
    auto second = MessageDump::open(folder_.path() + "/new");
    ASSERT_TRUE(first);
    ASSERT_TRUE(second);
    EXPECT_EQ(write(*first, "a"), "/new/00000001-a");
    EXPECT_THAT(write(*second, "a"), testing::HasSubstr("File exists"));
}

TEST_F(Dump, NeedsAFolder) {
    const auto dump = MessageDump::open(folder_.path() + "/none/new");
    ASSERT_FALSE(dump);
    EXPECT_THAT(dump.error(), testing::StartsWith("cannot create folder '"));
    std::ofstream(folder_.path() + "/file") << "x";
    const auto file = MessageDump::open(folder_.path() + "/file");
    ASSERT_FALSE(file);
    EXPECT_THAT(file.error(), testing::StartsWith("cannot read folder '"));
}

}  // namespace
}  // namespace telex::cli
