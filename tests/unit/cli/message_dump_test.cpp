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
    std::string write(const std::string& subject, std::uint64_t number) {
        const auto dump = MessageDump::open(folder_.path() + "/new");
        const auto path =
            dump->write({.subject = subject, .payload = std::string("a\0b", 3)}, number);
        return path ? path->substr(folder_.path().size()) : "error: " + path.error();
    }

    TemporaryFolder folder_;
};

TEST_F(Dump, WritesPayloadsToPrivateFiles) {
    ASSERT_EQ(write("log.a", 12), "/new/00000012-log.a");
    const std::string path = folder_.path() + "/new/00000012-log.a";
    std::ifstream file(path, std::ios::binary);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), std::string("a\0b", 3));
    struct stat facts{};
    ASSERT_EQ(::stat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777U, 0600U);
}

TEST_F(Dump, IsSafeFromSubjects) {
    EXPECT_EQ(write("../../etc/passwd", 1), "/new/00000001-.._.._etc_passwd");
    EXPECT_EQ(write("a\x1b[2J\xc3\xa4;$x", 2), "/new/00000002-a__2J____x");
    EXPECT_EQ(write(std::string(1'000, 'x'), 3).size(), std::string("/new/00000003-").size() + 100);
}

TEST_F(Dump, KeepsExistingFiles) {
    EXPECT_EQ(write("a", 1), "/new/00000001-a");
    EXPECT_THAT(write("a", 1), testing::HasSubstr("File exists"));
}

TEST_F(Dump, NeedsAFolder) {
    const auto dump = MessageDump::open(folder_.path() + "/none/new");
    ASSERT_FALSE(dump);
    EXPECT_THAT(dump.error(), testing::StartsWith("cannot create folder '"));
}

}  // namespace
}  // namespace telex::cli
