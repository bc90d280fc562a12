#pragma once
// Streams in memory whose bytes come and go in blocks, so that the instructions of a block can be
// counted:
//
//   send(block) -> one read [counting begins] ... [counting ends] the write that completes it
//
// Instructions of the reactor before and after, such as for waiting, are not counted: they depend
// on the scheduler. So each run counts the same.
#include "base/io_result.hpp"
#include "net/fd.hpp"
#include "reactor/reactor.hpp"
#include "server/stream/byte_stream.hpp"
#include "system/instructions/callgrind.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <semaphore>
#include <string>
#include <utility>

namespace telex::testing {

// The bytes of one block that the streams of a server have written. Used on the reactor, except
// where said.
class BlockProgress {
public:
    explicit BlockProgress(const reactor::Reactor& reactor) : reactor_(reactor) {}

    // --- the sender's thread, while no block is under way --------------------------------------
    // The next block is complete when this number of bytes was written, in the turn of its read or
    // at most `later_turns` after it. `counted`: count it.
    void expect(std::size_t bytes, bool counted, std::uint64_t later_turns = 0) {
        later_turns_ = later_turns;
        left_ = bytes;
        counted_ = counted;
    }

    void wait() { complete_.acquire(); }

    // So far, of all blocks.
    std::size_t written() const { return written_; }

    // --- the reactor ---------------------------------------------------------------------------
    void was_read() {
        turn_ = reactor_.turns();
        if (counted_) {
            toggle_counting();
        }
    }

    void wrote(std::size_t bytes) {
        written_ += bytes;
        if (left_ == 0) {
            return;
        }
        require(bytes <= left_);
        left_ -= bytes;
        if (left_ == 0) {
            if (counted_) {
                toggle_counting();
            }
            // Else the time decides what is counted: the block is too large.
            require(reactor_.turns() <= turn_ + later_turns_);
            complete_.release();
        }
    }

private:
    const reactor::Reactor& reactor_;
    std::uint64_t turn_ = 0;
    std::atomic<std::uint64_t> later_turns_ = 0;
    std::atomic<std::size_t> written_ = 0;
    std::atomic<std::size_t> left_ = 0;
    std::atomic<bool> counted_ = false;
    std::binary_semaphore complete_{0};
};

// The server's end, owned by its connection.
class BlockStream final : public server::ByteStream {
public:
    // `greeting`: what it reads first. `progress` outlives it.
    BlockStream(std::string greeting, BlockProgress& progress) : progress_(progress) {
        send(std::move(greeting));
    }

    // Another thread than the reactor's, after the block before was complete.
    void send(std::string block) {
        block_ = std::move(block);
        has_block_ = true;
        const std::uint64_t one = 1;
        require(::write(ready_.get(), &one, sizeof one) == sizeof one);
    }

    int descriptor() const override { return ready_.get(); }

    bool keeps_packets() const override { return false; }

    std::size_t max_packet() const override { return std::numeric_limits<std::size_t>::max(); }

    IoResult read(char* buffer, std::size_t size) override {
        if (!has_block_.exchange(false)) {
            return {IoStatus::wait_read, 0, 0};
        }
        require(block_.size() < size);  // else it takes several reads
        block_.copy(buffer, block_.size());
        progress_.was_read();
        return {IoStatus::done, block_.size(), 0};
    }

    IoResult peek() override { return {has_block_ ? IoStatus::done : IoStatus::wait_read, 0, 0}; }

    IoResult write(const iovec* vectors, std::size_t count) override {
        std::size_t bytes = 0;
        for (std::size_t i = 0; i < count; ++i) {
            bytes += vectors[i].iov_len;
        }
        progress_.wrote(bytes);
        return {IoStatus::done, bytes, 0};
    }

    void finish_writing() override {}

private:
    BlockProgress& progress_;
    net::UniqueFd ready_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    std::string block_;
    std::atomic<bool> has_block_ = false;
};

}  // namespace telex::testing
