#include "net/stream_io.hpp"

#include "net/accept.hpp"
#include "net/dial.hpp"
#include "unit/net/net_testing.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

namespace telex::net {
namespace {

struct Pair {
    UniqueFd ours;
    UniqueFd theirs;
};

// Blocking sockets on purpose: the calls must not rely on O_NONBLOCK.
Pair pair_of(int type) {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends), 0);
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

iovec vector_of(const char* text) {
    return {const_cast<char*>(text), std::strlen(text)};
}

TEST(StreamIo, SendsAllVectorsAndReceivesThem) {
    const Pair pair = pair_of(SOCK_STREAM);
    const std::array<iovec, 3> vectors{vector_of("ab"), vector_of(""), vector_of("cde")};
    const auto sent = send_some(pair.ours.get(), vectors.data(), vectors.size());
    EXPECT_EQ(sent.status, IoStatus::done);
    EXPECT_EQ(sent.bytes, 5U);
    std::array<char, 16> room{};
    const auto got = recv_some(pair.theirs.get(), room);
    EXPECT_EQ(got.status, IoStatus::done);
    EXPECT_EQ(ByteView(room.data(), got.bytes), "abcde");
}

TEST(StreamIo, EmptySocketIsAgain) {
    const Pair pair = pair_of(SOCK_STREAM);
    char byte = 0;
    EXPECT_EQ(recv_some(pair.ours.get(), {&byte, 1}).status, IoStatus::wait_read);
}

TEST(StreamIo, PeekSeesWhatTheNextReadMeetsAndTakesNothing) {
    for (const int type : {SOCK_STREAM, SOCK_SEQPACKET}) {
        Pair pair = pair_of(type);
        EXPECT_EQ(peek(pair.ours.get()).status, IoStatus::wait_read);
        const iovec vector = vector_of("abc");
        ASSERT_EQ(send_some(pair.theirs.get(), &vector, 1).status, IoStatus::done);
        pair.theirs = {};
        EXPECT_EQ(peek(pair.ours.get()).status, IoStatus::done) << "before the end";
        std::array<char, 16> room{};
        EXPECT_EQ(recv_some(pair.ours.get(), room).bytes, 3U);
        EXPECT_EQ(peek(pair.ours.get()).status, IoStatus::end);
    }
}

TEST(StreamIo, FullSocketMustWait) {
    const Pair pair = pair_of(SOCK_STREAM);
    const std::string block(65'536, 'x');
    const iovec vector{const_cast<char*>(block.data()), block.size()};
    IoResult result;
    for (int i = 0; i < 1'000 && result.status == IoStatus::done; ++i) {
        result = send_some(pair.ours.get(), &vector, 1);
    }
    EXPECT_EQ(result.status, IoStatus::wait_write);
}

TEST(StreamIo, HalfCloseIsReadAfterTheBytesAndStillWritable) {
    const Pair pair = pair_of(SOCK_STREAM);
    const iovec vector = vector_of("last");
    ASSERT_EQ(send_some(pair.theirs.get(), &vector, 1).bytes, 4U);
    ASSERT_EQ(::shutdown(pair.theirs.get(), SHUT_WR), 0);
    std::array<char, 16> room{};
    EXPECT_EQ(recv_some(pair.ours.get(), room).bytes, 4U);
    EXPECT_EQ(recv_some(pair.ours.get(), room).status, IoStatus::end);
    EXPECT_EQ(send_some(pair.ours.get(), &vector, 1).status, IoStatus::done);
}

TEST(StreamIo, WritingToAClosedPeerIsTheEndWithoutSignal) {
    for (const int type : {SOCK_STREAM, SOCK_SEQPACKET}) {
        Pair pair = pair_of(type);
        pair.theirs.reset();
        const iovec vector = vector_of("x");
        const auto sent = send_some(pair.ours.get(), &vector, 1);
        EXPECT_EQ(sent.status, IoStatus::end);
        EXPECT_EQ(sent.error, EPIPE);
    }
}

TEST(StreamIo, ResetIsAnError) {
    const auto bound = testing::listening(testing::address("tcp://127.0.0.1:0"));
    auto client = dial(bound.at(0).actual, std::chrono::seconds(10));
    ASSERT_TRUE(client);
    ASSERT_TRUE(testing::readable(bound[0].fd.get()));
    const auto accepted = accept_one(bound[0].fd.get());
    ASSERT_TRUE(accepted);
    const linger at_once{1, 0};
    ::setsockopt(client->get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    client->reset();
    ASSERT_TRUE(testing::readable(accepted->fd.get()));
    char byte = 0;
    const auto got = recv_some(accepted->fd.get(), {&byte, 1});
    EXPECT_EQ(got.status, IoStatus::error);
    EXPECT_EQ(got.error, ECONNRESET);
}

TEST(StreamIo, LimitsTheVectorsPerCall) {
    const Pair pair = pair_of(SOCK_STREAM);
    const std::vector<iovec> vectors(kMaxVectors + 1, vector_of("x"));
    const auto sent = send_some(pair.ours.get(), vectors.data(), vectors.size());
    EXPECT_EQ(sent.status, IoStatus::done);
    EXPECT_EQ(sent.bytes, kMaxVectors);
}

TEST(SeqpacketIo, MessageThatFitsExactlyIsWhole) {
    const Pair pair = pair_of(SOCK_SEQPACKET);
    const std::array<iovec, 2> vectors{vector_of("ab"), vector_of("cd")};
    EXPECT_EQ(send_packet(pair.ours.get(), vectors.data(), vectors.size()).bytes, 4U);
    std::array<char, 4> room{};
    const auto got = recv_packet(pair.theirs.get(), room);
    EXPECT_EQ(got.status, IoStatus::done);
    EXPECT_EQ(ByteView(room.data(), got.bytes), "abcd");
}

TEST(SeqpacketIo, MessageThatDoesNotFitIsCutAndTheNextIsWhole) {
    const Pair pair = pair_of(SOCK_SEQPACKET);
    const iovec large = vector_of("12345");
    const iovec small = vector_of("1");
    EXPECT_EQ(send_packet(pair.ours.get(), &large, 1).bytes, 5U);
    EXPECT_EQ(send_packet(pair.ours.get(), &small, 1).bytes, 1U);
    std::array<char, 4> room{};
    const auto cut = recv_packet(pair.theirs.get(), room);
    EXPECT_EQ(cut.status, IoStatus::cut);
    EXPECT_EQ(recv_packet(pair.theirs.get(), room).bytes, 1U);
}

TEST(SeqpacketIo, EmptyMessagesAreRefusedBecauseTheyMeanTheEnd) {
    Pair pair = pair_of(SOCK_SEQPACKET);
    const iovec empty = vector_of("");
    EXPECT_EQ(send_packet(pair.ours.get(), &empty, 1).error, EINVAL);
    std::array<char, 4> room{};
    EXPECT_EQ(recv_packet(pair.theirs.get(), room).status, IoStatus::wait_read);
    pair.ours.reset();
    EXPECT_EQ(recv_packet(pair.theirs.get(), room).status, IoStatus::end);
}

TEST(SeqpacketIo, MoreVectorsThanOneCallTakesAreRefusedWhole) {
    const Pair pair = pair_of(SOCK_SEQPACKET);
    const std::vector<iovec> vectors(kMaxVectors + 1, vector_of("x"));
    EXPECT_EQ(send_packet(pair.ours.get(), vectors.data(), vectors.size()).error, EMSGSIZE);
}

// 253 descriptors, the most that one message can carry.
bool send_descriptors(int fd) {
    constexpr std::size_t kCount = 253;
    const std::vector<int> attached(kCount, STDIN_FILENO);
    std::vector<char> control(CMSG_SPACE(kCount * sizeof(int)));
    iovec vector = vector_of("x");
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(kCount * sizeof(int));
    std::memcpy(CMSG_DATA(header), attached.data(), kCount * sizeof(int));
    return ::sendmsg(fd, &message, MSG_NOSIGNAL) == 1;
}

TEST(StreamIo, AttachedDescriptorsAreNotReceived) {
    const Pair stream = pair_of(SOCK_STREAM);
    const Pair packets = pair_of(SOCK_SEQPACKET);
    const std::size_t before = testing::open_descriptors();
    std::array<char, 16> room{};
    for (int round = 0; round < 50; ++round) {
        ASSERT_TRUE(send_descriptors(stream.ours.get()));
        ASSERT_TRUE(send_descriptors(packets.ours.get()));
        EXPECT_EQ(recv_some(stream.theirs.get(), room).bytes, 1U);
        EXPECT_EQ(recv_packet(packets.theirs.get(), room).bytes, 1U);
    }
    EXPECT_EQ(testing::open_descriptors(), before);
}

}  // namespace
}  // namespace telex::net
