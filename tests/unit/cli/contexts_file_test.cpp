#include "cli/contexts/contexts_file.hpp"

#include "cli_testing.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

namespace telex::cli {
namespace {

class ContextsFile : public testing::Test {
protected:
    std::string error() const {
        const auto contexts = read_contexts(path_);
        return contexts ? "no error" : contexts.error();
    }

    TemporaryFolder folder_;
    const std::string path_ = folder_.path() + "/new/telex/contexts.yaml";
};

Contexts one_context() {
    Contexts contexts;
    contexts.by_name["a"].servers = {"b"};
    contexts.selected = "a";
    return contexts;
}

TEST_F(ContextsFile, IsEmptyIfMissing) {
    EXPECT_TRUE(read_contexts(path_)->by_name.empty());
}

TEST_F(ContextsFile, IsPrivateAndReplaced) {
    for (const char* name : {"first", "second"}) {
        Contexts contexts = one_context();
        contexts.by_name[name] = contexts.by_name["a"];
        const auto written = write_contexts(path_, contexts);
        ASSERT_TRUE(written) << written.error();
        struct stat facts{};
        ASSERT_EQ(::stat(path_.c_str(), &facts), 0);
        EXPECT_EQ(facts.st_mode & 07777U, 0600U);
        EXPECT_TRUE(read_contexts(path_)->by_name.contains(name));
    }
    const std::filesystem::directory_iterator files(folder_.path() + "/new/telex");
    EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST_F(ContextsFile, IsRefusedIfOthersCanUseIt) {
    ASSERT_TRUE(write_contexts(path_, one_context()));
    for (const mode_t mode : {0640U, 0620U, 0604U, 0602U}) {
        ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
        EXPECT_THAT(error(), testing::HasSubstr("run: chmod 600 '" + path_ + "'")) << mode;
    }
}

TEST_F(ContextsFile, IsRefusedIfItBelongsToAnotherUser) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "requires root";
    }
    ASSERT_TRUE(write_contexts(path_, one_context()));
    ASSERT_EQ(::chown(path_.c_str(), 12'345, 12'345), 0);
    EXPECT_THAT(error(), testing::HasSubstr("belongs to another user"));
}

TEST_F(ContextsFile, MustNameItsSelectedContext) {
    Contexts contexts = one_context();
    contexts.selected = "gone";
    ASSERT_TRUE(write_contexts(path_, contexts));
    EXPECT_THAT(error(), testing::HasSubstr("there is no context 'gone', which is selected"));
}

TEST_F(ContextsFile, IsNoFolder) {
    std::filesystem::create_directories(path_);
    EXPECT_THAT(error(), testing::StartsWith(path_));
    EXPECT_FALSE(write_contexts(path_, one_context()));
}

}  // namespace
}  // namespace telex::cli
