#include "net/unix_path.hpp"

#include "net/dial.hpp"
#include "net/listen.hpp"
#include "net/socket_address.hpp"
#include "net/socket_options.hpp"
#include "unit/net/net_testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <thread>

namespace telex::net {
namespace {

using testing::address;
using ::testing::HasSubstr;
using testing::listening;

class UnixPath : public ::testing::Test {
protected:
    const testing::TemporaryDirectory directory_;
    const std::string path_ = directory_.file("s");
    const Address address_ = address("unix://" + path_);

    bool exists(const std::string& path) const {
        return std::filesystem::exists(std::filesystem::symlink_status(path));
    }

    // The error of listening, 0 when it worked.
    static int refusal(const Address& where, const ListenOptions& options = {}) {
        const auto bound = listen_on(where, options, 1);
        return bound ? 0 : bound.error().code;
    }

    // A socket made without telex's care.
    UniqueFd plain_socket(int type) const {
        auto fd = open_socket(AF_UNIX, type);
        const SocketAddress where = unix_socket_address(address_);
        EXPECT_EQ(::bind(fd->get(), where.get(), where.length), 0);
        return *std::move(fd);
    }
};

TEST_F(UnixPath, EveryTypeListensAndCleansUp) {
    for (const char* scheme : {"unix://", "unix-seqpacket://", "unix-dgram://"}) {
        {
            const auto bound = listening(address(scheme + path_), {}, 4);
            ASSERT_EQ(bound.size(), 1U);
            EXPECT_EQ(bound[0].actual.path, path_);
            EXPECT_TRUE(bound[0].guard->intact());
            EXPECT_FALSE(bound[0].guard->took_over());
            EXPECT_TRUE(dial(bound[0].actual, kPatience)) << scheme;
        }
        EXPECT_TRUE(std::filesystem::is_empty(directory_.path())) << scheme;
    }
}

TEST_F(UnixPath, PathOfFullLengthWorks) {
    const std::string path = directory_.file(std::string(106 - directory_.path().size(), 'a'));
    ASSERT_EQ(path.size(), kMaxUnixPath);
    const auto bound = listening(address("unix://" + path));
    ASSERT_EQ(bound.size(), 1U);
    EXPECT_TRUE(dial(bound[0].actual, kPatience));
}

TEST_F(UnixPath, LiveOwnerIsNamedAndKeepsItsSocket) {
    const auto first = listening(address_);
    const auto second = listen_on(address_, {}, 1);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, EADDRINUSE);
    EXPECT_THAT(second.error().what, HasSubstr("in use by process " + std::to_string(::getpid())));
    EXPECT_TRUE(first.at(0).guard->intact());
    EXPECT_TRUE(dial(address_, kPatience));
}

TEST_F(UnixPath, SocketOfAKilledProcessIsTakenOver) {
    const int code = testing::exit_code_of_child([&] {
        const auto bound = listen_on(address_, {}, 1);
        ::raise(bound ? SIGKILL : SIGTERM);
        return 0;
    });
    ASSERT_EQ(code, 128 + SIGKILL);
    ASSERT_TRUE(exists(path_));
    ASSERT_TRUE(exists(path_ + ".lock"));
    const auto bound = listening(address_);
    ASSERT_EQ(bound.size(), 1U);
    EXPECT_TRUE(bound[0].guard->took_over());
    EXPECT_TRUE(dial(address_, kPatience));
}

TEST_F(UnixPath, StaleSocketOfAnotherTypeIsTakenOver) {
    plain_socket(SOCK_DGRAM).reset();
    ASSERT_TRUE(exists(path_));
    EXPECT_TRUE(listening(address_).at(0).guard->took_over());
}

TEST_F(UnixPath, LiveSocketWithoutLockIsLeftAlone) {
    for (const int type : {SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM}) {
        const UniqueFd other = plain_socket(type);
        if (type != SOCK_DGRAM) {
            ASSERT_EQ(::listen(other.get(), 1), 0);
        }
        const auto bound = listen_on(address_, {}, 1);
        ASSERT_FALSE(bound);
        EXPECT_EQ(bound.error().code, EADDRINUSE);
        EXPECT_THAT(bound.error().what, HasSubstr("another process serves this socket"));
        EXPECT_TRUE(exists(path_));
        ASSERT_EQ(::unlink(path_.c_str()), 0);
    }
}

TEST_F(UnixPath, AnythingButASocketIsLeftAlone) {
    const std::string target = directory_.file("target");
    std::ofstream(target) << "precious";

    std::ofstream(path_) << "precious";
    EXPECT_EQ(refusal(address_), EADDRINUSE);
    EXPECT_TRUE(std::filesystem::is_regular_file(path_));
    ASSERT_EQ(::unlink(path_.c_str()), 0);

    ASSERT_EQ(::mkdir(path_.c_str(), 0700), 0);
    EXPECT_EQ(refusal(address_), EADDRINUSE);
    EXPECT_TRUE(std::filesystem::is_directory(path_));
    ASSERT_EQ(::rmdir(path_.c_str()), 0);

    for (const std::string& to : {target, directory_.file("nowhere")}) {
        ASSERT_EQ(::symlink(to.c_str(), path_.c_str()), 0);
        const auto bound = listen_on(address_, {}, 1);
        ASSERT_FALSE(bound);
        EXPECT_EQ(bound.error().code, EADDRINUSE);
        EXPECT_THAT(bound.error().what, HasSubstr("a symbolic link is in the way"));
        EXPECT_TRUE(std::filesystem::is_symlink(path_));
        ASSERT_EQ(::unlink(path_.c_str()), 0);
    }
    EXPECT_FALSE(exists(directory_.file("nowhere")));
    EXPECT_EQ(std::filesystem::file_size(target), 8U);
}

TEST_F(UnixPath, LinkToAStaleSocketIsNotFollowed) {
    const Address other = address("unix://" + directory_.file("other"));
    auto fd = open_socket(AF_UNIX, SOCK_STREAM);
    const SocketAddress where = unix_socket_address(other);
    ASSERT_EQ(::bind(fd->get(), where.get(), where.length), 0);
    fd->reset();
    ASSERT_EQ(::symlink(other.path.c_str(), path_.c_str()), 0);
    EXPECT_EQ(refusal(address_), EADDRINUSE);
    EXPECT_TRUE(exists(other.path));
}

TEST_F(UnixPath, PlantedLockFileIsRefused) {
    const std::string lock = path_ + ".lock";
    const std::string target = directory_.file("target");
    ASSERT_EQ(::symlink(target.c_str(), lock.c_str()), 0);
    EXPECT_EQ(refusal(address_), ELOOP);
    EXPECT_FALSE(exists(target));
    ASSERT_EQ(::unlink(lock.c_str()), 0);

    std::ofstream(target) << "precious";
    ASSERT_EQ(::link(target.c_str(), lock.c_str()), 0);
    EXPECT_EQ(refusal(address_), EACCES);
    EXPECT_EQ(std::filesystem::file_size(target), 8U);
    ASSERT_EQ(::unlink(lock.c_str()), 0);

    ASSERT_EQ(::mkfifo(lock.c_str(), 0600), 0);
    EXPECT_EQ(refusal(address_), EACCES);
}

TEST_F(UnixPath, DirectoryMustExistAndNotBeWorldWritable) {
    EXPECT_EQ(refusal(address("unix://" + directory_.file("missing/s"))), ENOENT);
    std::ofstream(directory_.file("plain")) << "x";
    EXPECT_EQ(refusal(address("unix://" + directory_.file("plain/s"))), ENOTDIR);

    ASSERT_EQ(::chmod(directory_.path().c_str(), 0777), 0);
    EXPECT_EQ(refusal(address_), EACCES);
    EXPECT_FALSE(exists(path_));
    ASSERT_EQ(::chmod(directory_.path().c_str(), 01777), 0);
    EXPECT_EQ(refusal(address_), 0);
}

TEST_F(UnixPath, ModeIsIndependentOfTheUmask) {
    const mode_t before = ::umask(0);
    for (const mode_t mask : {0U, 077U, 0777U}) {
        ::umask(mask);
        ListenOptions options;
        auto bound = listening(address_, options);
        EXPECT_EQ(testing::mode_of(path_), 0600U);
        EXPECT_EQ(testing::mode_of(path_ + ".lock"), 0600U & ~mask);
        bound.clear();
        for (const mode_t mode : {0666U, 0660U, 0070U, 0000U}) {
            options.file.mode = mode;
            bound = listening(address_, options);
            EXPECT_EQ(testing::mode_of(path_), mode);
            bound.clear();
        }
    }
    ::umask(before);
}

// The fact on which the next test rests: bind takes the permissions from the descriptor.
TEST_F(UnixPath, KernelMakesTheFileWithTheModeOfTheDescriptor) {
    const mode_t before = ::umask(0);
    auto fd = open_socket(AF_UNIX, SOCK_STREAM);
    ASSERT_EQ(::fchmod(fd->get(), 0400), 0);
    const SocketAddress where = unix_socket_address(address_);
    EXPECT_EQ(::bind(fd->get(), where.get(), where.length), 0);
    ::umask(before);
    EXPECT_EQ(testing::mode_of(path_), 0400U);
}

TEST_F(UnixPath, ModeIsNeverWiderThanConfigured) {
    const mode_t before = ::umask(0);
    std::atomic<bool> stop{false};
    std::atomic<unsigned> seen{0};
    std::atomic<mode_t> widest{0};
    std::thread watcher([&] {
        while (!stop) {
            struct stat info{};
            if (::lstat(path_.c_str(), &info) == 0) {
                widest |= info.st_mode & 07777U;
                ++seen;
            }
        }
    });
    ListenOptions options;
    options.file.mode = 0620;
    for (int i = 0; i < 100'000 && (i < 200 || seen < 200); ++i) {
        const auto bound = listen_on(address_, options, 1);
        EXPECT_TRUE(bound);
    }
    stop = true;
    watcher.join();
    ::umask(before);
    EXPECT_GE(seen, 200U);
    EXPECT_EQ(widest & ~mode_t{0620}, 0U) << "seen: " << std::oct << widest;
}

TEST_F(UnixPath, ModeBeyondPermissionsIsRefused) {
    ListenOptions options;
    options.file.mode = 04755;
    EXPECT_EQ(refusal(address_, options), EINVAL);
    EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

TEST_F(UnixPath, OwnerAndGroupByNameOrNumber) {
    ListenOptions options;
    options.file.group = std::to_string(::getegid());
    EXPECT_EQ(refusal(address_, options), 0);
    options.file.owner = "no-such-user-of-telex";
    EXPECT_EQ(refusal(address_, options), EINVAL);
    options.file.owner.reset();
    options.file.group = "no-such-group-of-telex";
    EXPECT_EQ(refusal(address_, options), EINVAL);
    options.file.group = "4294967295";  // "leave it" to chown: not a group
    EXPECT_EQ(refusal(address_, options), EINVAL);
    EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

TEST_F(UnixPath, RootCanSetTheOwner) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root may change owners";
    }
    ListenOptions options;
    options.file.mode = 0660;
    options.file.owner = "12345";
    options.file.group = "54321";
    const int code = testing::exit_code_of_child([&] {
        ::raise(listen_on(address_, options, 1) ? SIGKILL : SIGTERM);
        return 0;
    });
    ASSERT_EQ(code, 128 + SIGKILL);
    struct stat info{};
    ASSERT_EQ(::lstat(path_.c_str(), &info), 0);
    EXPECT_EQ(info.st_uid, 12'345U);
    EXPECT_EQ(info.st_gid, 54'321U);
    EXPECT_EQ(info.st_mode & 07777U, 0660U);

    // A stale socket of a stranger is not ours to remove; one of the configured owner is.
    EXPECT_EQ(refusal(address_), EADDRINUSE);
    EXPECT_TRUE(listening(address_, options).at(0).guard->took_over());
}

TEST_F(UnixPath, DetectsDeletionAndKeepsTheReplacement) {
    auto bound = listening(address_);
    const UnixSocketGuard& guard = *bound.at(0).guard;
    ASSERT_TRUE(guard.intact());
    ASSERT_EQ(::unlink(path_.c_str()), 0);
    EXPECT_FALSE(guard.intact());
    const UniqueFd other = plain_socket(SOCK_STREAM);
    ASSERT_EQ(::unlink((path_ + ".lock").c_str()), 0);
    std::ofstream(path_ + ".lock") << "not ours";
    EXPECT_FALSE(guard.intact());
    bound.clear();
    EXPECT_TRUE(exists(path_));
    EXPECT_TRUE(exists(path_ + ".lock"));
}

TEST_F(UnixPath, RebindsADeletedPathUnderTheSameLock) {
    auto first = listening(address_);
    ASSERT_EQ(::unlink(path_.c_str()), 0);
    EXPECT_FALSE(leads_to(path_, first.at(0).guard->file()));
    EXPECT_EQ(refusal(address_), EADDRINUSE) << "not for others";
    ListenOptions options;
    options.file.lock = first.at(0).guard->path_lock();
    auto second = listening(address_, options);
    EXPECT_TRUE(leads_to(path_, second.at(0).guard->file()));
    first.clear();
    EXPECT_TRUE(exists(path_)) << "it is the second one's";
    EXPECT_EQ(refusal(address_), EADDRINUSE) << "and so is the lock";
    options.file.lock.reset();
    second.clear();
    EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

TEST_F(UnixPath, DeletedWithItsLockIsBoundAgain) {
    auto first = listening(address_);
    ASSERT_EQ(::unlink(path_.c_str()), 0);
    ASSERT_EQ(::unlink((path_ + ".lock").c_str()), 0);
    ListenOptions options;
    options.file.lock = first.at(0).guard->path_lock();
    auto second = listening(address_, options);
    options.file.lock.reset();
    first.clear();
    EXPECT_TRUE(exists(path_) && exists(path_ + ".lock"));
    second.clear();
    EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

TEST_F(UnixPath, MovedGuardCleansUpOnce) {
    auto first = listening(address_);
    auto second = listening(address("unix://" + directory_.file("t")));
    first.at(0) = std::move(second.at(0));  // gives up the first path
    second.clear();
    EXPECT_FALSE(exists(path_));
    EXPECT_TRUE(exists(directory_.file("t")));
    first.clear();
    EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

TEST_F(UnixPath, FailureLeaksNoDescriptor) {
    const auto first = listening(address_);
    const std::size_t before = testing::open_descriptors();
    EXPECT_EQ(refusal(address_), EADDRINUSE);
    EXPECT_EQ(testing::open_descriptors(), before);
}

}  // namespace
}  // namespace telex::net
