#include "server/connection/hang_up.hpp"

#include <gtest/gtest.h>

#include <cstddef>

namespace telex::server {
namespace {

// Only peek() is called.
class PeekedStream : public ByteStream {
public:
    int descriptor() const override { return -1; }

    bool keeps_packets() const override { return false; }

    std::size_t max_packet() const override { return 0; }

    IoResult read(char*, std::size_t) override { return {IoStatus::error, 0, 0}; }

    IoResult peek() override {
        ++peeks;
        return {next, 0, 0};
    }

    IoResult write(const iovec*, std::size_t) override { return {IoStatus::error, 0, 0}; }

    void finish_writing() override {}

    IoStatus next = IoStatus::end;
    int peeks = 0;
};

TEST(HangUp, IsNotLookedForBeforeThePollerReportsIt) {
    PeekedStream stream;
    HangUp hang_up;
    hang_up.note(EPOLLIN);
    EXPECT_EQ(hang_up.status_of(stream, false), IoStatus::done);
    EXPECT_FALSE(hang_up.reads_to_the_end());
    EXPECT_EQ(stream.peeks, 0);
}

TEST(HangUp, CountsAfterAllThatCameBeforeIt) {
    PeekedStream stream;
    HangUp hang_up;
    hang_up.note(EPOLLIN | EPOLLRDHUP);
    hang_up.note(EPOLLIN);
    EXPECT_TRUE(hang_up.reads_to_the_end());
    EXPECT_EQ(hang_up.status_of(stream, true), IoStatus::done);
    EXPECT_EQ(stream.peeks, 0);
    EXPECT_EQ(hang_up.status_of(stream, false), IoStatus::end);
    stream.next = IoStatus::done;
    EXPECT_EQ(hang_up.status_of(stream, false), IoStatus::done);
}

TEST(HangUp, TellsAHalfCloseFromAPeerThatIsGone) {
    HangUp hang_up;
    hang_up.note(EPOLLIN | EPOLLRDHUP);
    EXPECT_FALSE(hang_up.is_gone());
    hang_up.note(EPOLLIN | EPOLLRDHUP | EPOLLHUP);
    hang_up.note(EPOLLIN);
    EXPECT_TRUE(hang_up.is_gone());
}

TEST(HangUp, OfABrokenStreamCountsAtOnce) {
    PeekedStream stream;
    HangUp hang_up;
    hang_up.note(EPOLLERR);
    EXPECT_EQ(hang_up.status_of(stream, true), IoStatus::error);
    EXPECT_EQ(stream.peeks, 0);
}

}  // namespace
}  // namespace telex::server
