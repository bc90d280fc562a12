#include "net/datagram.hpp"

#include "net/dial.hpp"
#include "net/listen.hpp"
#include "net/socket_options.hpp"
#include "unit/net/net_testing.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/udp.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <string>

namespace telex::net {
namespace {

using testing::address;
using testing::listening;

void send(const UniqueFd& fd, ByteView bytes) {
    ASSERT_EQ(::send(fd.get(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
}

// A datagram with `count` copies of a descriptor attached.
bool send_with_descriptors(int fd, std::size_t count) {
    std::vector<int> attached(count, STDIN_FILENO);
    std::vector<char> control(CMSG_SPACE(count * sizeof(int)));
    char byte = 'x';
    iovec vector{&byte, 1};
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof(int));
    std::memcpy(CMSG_DATA(header), attached.data(), count * sizeof(int));
    return ::sendmsg(fd, &message, MSG_NOSIGNAL) == 1;
}

class UdpFamilies : public ::testing::TestWithParam<const char*> {};

TEST_P(UdpFamilies, BatchKeepsOrderAndEmptyDatagrams) {
    const auto bound = listening(address(GetParam()));
    const auto client = dial(bound.at(0).actual, kPatience);
    ASSERT_TRUE(client) << client.error().what;
    for (const char* text : {"one", "", "three"}) {
        send(*client, text);
    }
    DatagramReader reader(8, 100);
    ASSERT_TRUE(testing::readable(bound[0].fd.get()));
    const auto got = reader.read(bound[0].fd.get());
    ASSERT_TRUE(got);
    ASSERT_EQ(got->size(), 3U);
    EXPECT_EQ((*got)[0].bytes, "one");
    EXPECT_EQ((*got)[1].bytes, "");
    EXPECT_EQ((*got)[2].bytes, "three");
    EXPECT_EQ(*(*got)[0].from, *(*got)[2].from);
    EXPECT_FALSE((*got)[0].truncated);
    EXPECT_EQ((*got)[0].peer().credentials, std::nullopt);

    const auto result = send_to(bound[0].fd.get(), *(*got)[0].from, "answer");
    EXPECT_EQ(result.status, IoStatus::done);
    std::array<char, 16> answer{};
    EXPECT_EQ(::recv(client->get(), answer.data(), answer.size(), 0), 6);
}

INSTANTIATE_TEST_SUITE_P(
    Datagram, UdpFamilies, ::testing::Values("udp://127.0.0.1:0", "udp://[::1]:0", "udp://*:0")
);

// One call that makes many datagrams of one size (UDP_SEGMENT); the last one may be shorter.
void send_segmented(const UniqueFd& fd, std::size_t segment, ByteView bytes) {
    ASSERT_TRUE(set_option(fd.get(), SOL_UDP, UDP_SEGMENT, static_cast<int>(segment), "segment"));
    send(fd, bytes);
}

TEST_P(UdpFamilies, SplitsCoalescedDatagrams) {
    const auto bound = listening(address(GetParam()));
    ASSERT_TRUE(prepare_datagram_socket(bound.at(0).fd.get()));
    const auto client = dial(bound[0].actual, kPatience);
    ASSERT_TRUE(client);
    send_segmented(*client, 4, "aaaabbbbccccdd");
    DatagramReader reader(2, 100, Coalescing::possible);
    ASSERT_TRUE(testing::readable(bound[0].fd.get()));
    const auto got = reader.read(bound[0].fd.get());
    ASSERT_EQ(got->size(), 4U);
    EXPECT_FALSE(reader.batch_was_full()) << "they came as one";
    const std::array<ByteView, 4> expected{"aaaa", "bbbb", "cccc", "dd"};
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ((*got)[i].bytes, expected[i]);
        EXPECT_FALSE((*got)[i].truncated);
        EXPECT_EQ(*(*got)[i].from, *got->front().from);
    }
}

// The limit is for each datagram, not for what came coalesced.
TEST(Datagram, LimitAppliesToEachCoalescedDatagram) {
    const auto bound = listening(address("udp://127.0.0.1:0"));
    ASSERT_TRUE(prepare_datagram_socket(bound.at(0).fd.get()));
    const auto client = dial(bound[0].actual, kPatience);
    send_segmented(*client, 5, "12345678901");
    DatagramReader reader(2, 4, Coalescing::possible);
    ASSERT_TRUE(testing::readable(bound[0].fd.get()));
    const auto got = reader.read(bound[0].fd.get());
    ASSERT_EQ(got->size(), 3U);
    EXPECT_EQ((*got)[0].bytes, "1234");
    EXPECT_TRUE((*got)[0].truncated);
    EXPECT_TRUE((*got)[1].truncated);
    EXPECT_EQ((*got)[2].bytes, "1");
    EXPECT_FALSE((*got)[2].truncated);
}

TEST(Datagram, EmptySocketIsAnEmptyBatch) {
    const auto bound = listening(address("udp://127.0.0.1:0"));
    DatagramReader reader(4, 100);
    const auto got = reader.read(bound.at(0).fd.get());
    ASSERT_TRUE(got);
    EXPECT_TRUE(got->empty());
}

TEST(Datagram, WrongDescriptorIsAnError) {
    DatagramReader reader(1, 1);
    EXPECT_EQ(reader.read(-1).error(), EBADF);
}

TEST(Datagram, TruncationIsReportedPerDatagram) {
    const testing::TemporaryDirectory directory;
    for (const std::string& text :
         {std::string("udp://127.0.0.1:0"), "unix-dgram://" + directory.file("s")}) {
        const auto bound = listening(address(text));
        const auto client = dial(bound.at(0).actual, kPatience);
        ASSERT_TRUE(client);
        send(*client, "1234");
        send(*client, "12345");
        send(*client, "1");
        DatagramReader reader(8, 4);
        ASSERT_TRUE(testing::readable(bound[0].fd.get()));
        const auto got = reader.read(bound[0].fd.get());
        ASSERT_TRUE(got);
        ASSERT_EQ(got->size(), 3U) << text;
        EXPECT_FALSE((*got)[0].truncated);
        EXPECT_TRUE((*got)[1].truncated);
        EXPECT_EQ((*got)[1].bytes, "1234");
        EXPECT_FALSE((*got)[2].truncated);
        EXPECT_EQ((*got)[2].bytes, "1");
    }
}

TEST(Datagram, LargestUdpDatagramIsTakenWhole) {
    const auto bound = listening(address("udp://127.0.0.1:0"));
    const auto client = dial(bound.at(0).actual, kPatience);
    const std::string largest(65'507, 'x');
    send(*client, largest);
    DatagramReader reader(2, 65'535);
    ASSERT_TRUE(testing::readable(bound[0].fd.get()));
    const auto got = reader.read(bound[0].fd.get());
    ASSERT_EQ(got->size(), 1U);
    EXPECT_EQ((*got)[0].bytes, largest);
    EXPECT_FALSE((*got)[0].truncated);
}

TEST(Datagram, MoreThanABatchStaysForTheNextRead) {
    const auto bound = listening(address("udp://127.0.0.1:0"));
    const auto client = dial(bound.at(0).actual, kPatience);
    for (int i = 0; i < 5; ++i) {
        send(*client, std::string(1, static_cast<char>('a' + i)));
    }
    DatagramReader reader(3, 10);
    ASSERT_TRUE(testing::readable(bound[0].fd.get()));
    EXPECT_EQ(reader.read(bound[0].fd.get())->size(), 3U);
    const auto rest = reader.read(bound[0].fd.get());
    ASSERT_EQ(rest->size(), 2U);
    EXPECT_EQ((*rest)[0].bytes, "d");
}

TEST(Datagram, KernelDropsAreCounted) {
    ListenOptions options;
    options.receive_buffer = 4'096;
    const auto bound = listening(address("udp://127.0.0.1:0"), options);
    const auto client = dial(bound.at(0).actual, kPatience);
    constexpr unsigned kSent = 100;
    for (unsigned i = 0; i < kSent; ++i) {
        send(*client, std::string(1'000, 'x'));
    }
    DatagramReader reader(128, 1'000);
    ASSERT_TRUE(testing::readable(bound[0].fd.get()));
    const std::size_t received = reader.read(bound[0].fd.get())->size();
    ASSERT_LT(received, kSent);
    // The count travels with a datagram that is queued after the drops.
    send(*client, "last");
    ASSERT_TRUE(testing::readable(bound[0].fd.get()));
    ASSERT_EQ(reader.read(bound[0].fd.get())->size(), 1U);
    EXPECT_EQ(reader.kernel_drops(), kSent - received);
}

TEST(Datagram, UnixSendersComeWithNameAndCredentials) {
    const testing::TemporaryDirectory directory;
    const auto bound = listening(address("unix-dgram://" + directory.file("s")));
    const auto named = listening(address("unix-dgram://" + directory.file("c")));
    const SocketAddress to = unix_socket_address(bound.at(0).actual);
    ASSERT_EQ(send_to(named.at(0).fd.get(), to, "named").status, IoStatus::done);
    const auto unnamed = dial(bound[0].actual, kPatience);
    send(*unnamed, "unnamed");

    DatagramReader reader(4, 100);
    ASSERT_TRUE(testing::readable(bound[0].fd.get()));
    const auto got = reader.read(bound[0].fd.get());
    ASSERT_EQ(got->size(), 2U);
    const Credentials self{::getpid(), ::getuid(), ::getgid()};
    EXPECT_EQ((*got)[0].credentials, self);
    EXPECT_EQ(to_string((*got)[0].peer()), "unix:" + directory.file("c"));
    EXPECT_EQ((*got)[1].credentials, self);
    EXPECT_EQ(to_string((*got)[1].peer()), fmt::format("unix uid={} pid={}", self.uid, self.pid));
    EXPECT_EQ((*got)[1].from->family(), AF_UNSPEC);
}

TEST(Datagram, AttachedDescriptorsDoNotAccumulate) {
    const testing::TemporaryDirectory directory;
    const auto bound = listening(address("unix-dgram://" + directory.file("s")));
    const auto client = dial(bound.at(0).actual, kPatience);
    DatagramReader reader(4, 100);
    const int fd = bound[0].fd.get();
    const std::size_t before = testing::open_descriptors();
    for (const int credentials : {1, 0}) {  // without them there is room for a few descriptors
        ASSERT_TRUE(set_option(fd, SOL_SOCKET, SO_PASSCRED, credentials, "SO_PASSCRED"));
        bool refused = false;
        for (int round = 0; round < 50; ++round) {
            for (const std::size_t count : {1U, 253U}) {
                ASSERT_TRUE(send_with_descriptors(client->get(), count));
            }
            ASSERT_TRUE(testing::readable(fd));
            const auto got = reader.read(fd);
            ASSERT_EQ(got->size(), 2U);
            refused = refused || (*got)[1].control_truncated;
        }
        EXPECT_TRUE(refused);
        EXPECT_EQ(testing::open_descriptors(), before);
    }
}

TEST(Datagram, SendBatchGoesOutInOrder) {
    const auto bound = listening(address("udp://127.0.0.1:0"));
    const auto sender = listening(address("udp://127.0.0.1:0"));
    const auto to = resolve(bound.at(0).actual, Purpose::connect);
    ASSERT_TRUE(to);
    std::vector<std::string> texts;
    std::vector<OutDatagram> out;
    for (int i = 0; i < 100; ++i) {
        texts.push_back(std::to_string(i));
    }
    for (const std::string& text : texts) {
        out.push_back({&to->at(0), text});
    }
    const auto batch = send_batch(sender.at(0).fd.get(), out);
    EXPECT_EQ(batch.sent, 100U);
    EXPECT_EQ(batch.error, 0);
    DatagramReader reader(128, 10);
    ASSERT_TRUE(testing::readable(bound[0].fd.get()));
    const auto got = reader.read(bound[0].fd.get());
    ASSERT_EQ(got->size(), 100U);
    for (std::size_t i = 0; i < 100; ++i) {
        EXPECT_EQ((*got)[i].bytes, texts[i]);
    }
}

TEST(Datagram, SendBatchStopsAtAFailure) {
    const auto bound = listening(address("udp://127.0.0.1:0"));
    const auto to = resolve(bound.at(0).actual, Purpose::connect);
    const std::string too_large(70'000, 'x');
    const std::array<OutDatagram, 3> out{
        {{&to->at(0), "a"}, {&to->at(0), too_large}, {&to->at(0), "b"}}
    };
    const auto batch = send_batch(bound[0].fd.get(), out);
    EXPECT_EQ(batch.sent, 1U);
    EXPECT_EQ(batch.error, EMSGSIZE);
}

TEST(Datagram, FullReceiverMustWait) {
    const testing::TemporaryDirectory directory;
    const auto bound = listening(address("unix-dgram://" + directory.file("s")));
    const SocketAddress to = unix_socket_address(bound.at(0).actual);
    const auto sender = open_socket(AF_UNIX, SOCK_DGRAM);
    IoResult result;
    for (int i = 0; i < 100'000 && result.status == IoStatus::done; ++i) {
        result = send_to(sender->get(), to, "x");
    }
    EXPECT_EQ(result.status, IoStatus::wait_write);
}

}  // namespace
}  // namespace telex::net
