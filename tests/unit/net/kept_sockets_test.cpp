#include "net/dial.hpp"
#include "net/listen.hpp"
#include "unit/net/net_testing.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace telex::net {
namespace {

using testing::address;
using testing::listening;

// As a service manager keeps sockets: copies, which live on.
KeptSockets keep(std::vector<Bound>& sockets) {
    KeptSockets kept;
    for (Bound& socket : sockets) {
        FileId file;
        if (socket.guard) {
            file = socket.guard->file();
            socket.guard->stay(true);
        }
        kept.add({UniqueFd(::fcntl(socket.fd.get(), F_DUPFD_CLOEXEC, 0)), file});
    }
    sockets.clear();
    return kept;
}

bool someone_waits(const Bound& socket) {
    pollfd waiting{socket.fd.get(), POLLIN, 0};
    return ::poll(&waiting, 1, 0) == 1;
}

TEST(KeptSockets, ServeTheirWaitingClients) {
    for (const char* text : {"tcp://127.0.0.1:0", "tcp://[::1]:0", "tcp://localhost:0"}) {
        auto first = listening(address(text), {}, 2);
        const Address where = first.at(0).actual;
        const std::size_t count = first.size();
        KeptSockets kept = keep(first);
        const auto client = dial(where, kPatience);
        ASSERT_TRUE(client) << text;
        const auto second = listen_on(address(text), {}, 2, std::move(kept));
        ASSERT_TRUE(second) << text << ": " << second.error().what;
        ASSERT_EQ(second->size(), count) << text;
        std::size_t waiting = 0;
        for (const Bound& socket : *second) {
            EXPECT_TRUE(socket.was_kept) << text;
            EXPECT_EQ(socket.actual.port, where.port) << text;
            waiting += someone_waits(socket) ? 1U : 0U;
        }
        EXPECT_EQ(waiting, 1U) << text;
    }
}

TEST(KeptSockets, MoreAreOpenedAndNoneIsLeftOut) {
    auto one = listening(address("tcp://127.0.0.1:0"), {}, 1);
    const Address where = one.at(0).actual;
    auto three = listen_on(where, {}, 3, keep(one));
    ASSERT_TRUE(three) << three.error().what;
    ASSERT_EQ(three->size(), 3U);
    EXPECT_TRUE((*three)[0].was_kept);
    EXPECT_FALSE((*three)[1].was_kept);
    const auto fewer = listen_on(where, {}, 1, keep(*three));
    ASSERT_TRUE(fewer);
    ASSERT_EQ(fewer->size(), 3U);
    EXPECT_EQ((*fewer)[2].slot, 2U);
}

TEST(KeptSockets, OfOtherKindsOrAddressesAreClosed) {
    auto udp = listening(address("udp://127.0.0.1:0"));
    Address where = udp.at(0).actual;
    where.transport = Transport::tcp;
    // Another program may have the TCP port of this number.
    while (!listen_on(where, {}, 1)) {
        udp = listening(address("udp://127.0.0.1:0"));
        where.port = udp.at(0).actual.port;
    }
    const auto tcp = listen_on(where, {}, 1, keep(udp));
    ASSERT_TRUE(tcp);
    EXPECT_FALSE(tcp->at(0).was_kept);
    EXPECT_TRUE(listen_on(address("udp://127.0.0.1:" + std::to_string(where.port)), {}, 1))
        << "the port of the kept one is free";
}

class KeptFiles : public ::testing::Test {
protected:
    const testing::TemporaryDirectory directory_;
    const std::string path_ = directory_.file("s");
    const Address address_ = address("unix://" + path_);
};

TEST_F(KeptFiles, GetTheCurrentMode) {
    for (const char* scheme : {"unix://", "unix-seqpacket://", "unix-dgram://"}) {
        const Address where = address(scheme + path_);
        auto first = listening(where);
        const FileId file = first.at(0).guard->file();
        KeptSockets kept = keep(first);
        EXPECT_TRUE(std::filesystem::exists(path_)) << scheme;
        EXPECT_FALSE(std::filesystem::exists(path_ + ".lock")) << scheme;
        ListenOptions options;
        options.file.mode = 0640;
        {
            const auto second = listen_on(where, options, 1, std::move(kept));
            ASSERT_TRUE(second) << second.error().what;
            EXPECT_TRUE(second->at(0).was_kept) << scheme;
            EXPECT_EQ(second->at(0).guard->file(), file) << scheme;
            EXPECT_EQ(testing::mode_of(path_), 0640U) << scheme;
        }
        EXPECT_TRUE(std::filesystem::exists(path_)) << "it stays kept";
        std::filesystem::remove(path_);
    }
}

TEST_F(KeptFiles, AreRemovedWithTheirListener) {
    auto first = listening(address_);
    auto second = listen_on(address_, {}, 1, keep(first));
    ASSERT_TRUE(second);
    second->at(0).give_up();
    second->clear();
    EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

TEST_F(KeptFiles, ThatAreUnreachableAreReplaced) {
    auto first = listening(address_);
    KeptSockets kept = keep(first);
    std::filesystem::remove(path_);
    const auto second = listen_on(address_, {}, 1, std::move(kept));
    ASSERT_TRUE(second) << second.error().what;
    EXPECT_FALSE(second->at(0).was_kept);
    EXPECT_TRUE(dial(address_, kPatience));
}

TEST_F(KeptFiles, ThatWereReplacedAreLeftAlone) {
    auto first = listening(address_);
    KeptSockets kept = keep(first);
    std::filesystem::remove(path_);
    std::ofstream(path_) << "mine";
    const auto second = listen_on(address_, {}, 1, std::move(kept));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, EADDRINUSE);
    EXPECT_EQ(std::filesystem::file_size(path_), 4U);
}

TEST_F(KeptFiles, AreNotTakenByOthers) {
    auto first = listening(address_);
    KeptSockets kept = keep(first);
    const auto stranger = listen_on(address_, {}, 1);
    ASSERT_FALSE(stranger) << "the kept socket is alive";
    EXPECT_EQ(stranger.error().code, EADDRINUSE);
    EXPECT_TRUE(listen_on(address_, {}, 1, std::move(kept)));
}

TEST(KeptSockets, AbstractNamesServeAgain) {
    const Address where = address("unix:@telex-kept-" + std::to_string(::getpid()));
    auto first = listening(where);
    const auto second = listen_on(where, {}, 1, keep(first));
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->at(0).was_kept);
}

}  // namespace
}  // namespace telex::net
