#pragma once
// A connection in memory: the server's end is a ByteStream, the client's end is used by a test's
// thread. It behaves as a socket may, and as sockets rarely do: reads and writes of a few bytes,
// readiness that turns out to be none, a stream that breaks at its n-th operation.
#include "base/bytes.hpp"
#include "net/fd.hpp"
#include "server/stream/byte_stream.hpp"
#include "support/client_stream.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace telex::testing {

struct MemoryFaults {
    std::size_t read_at_most = SIZE_MAX;
    std::size_t write_at_most = SIZE_MAX;
    // Every n-th operation returns `again`, and readiness follows; 0: none.
    unsigned again_every = 0;
    // The n-th operation of the server, and all after it, fail; 0: none.
    unsigned break_at = 0;
    // Bytes that the server may write before the client reads.
    std::size_t capacity = 256U << 10U;
};

class MemoryClient final : public ClientStream {
public:
    ~MemoryClient() override;
    MemoryClient(MemoryClient&&) = default;

    MemoryClient& operator=(MemoryClient&& other) noexcept {
        std::swap(shared_, other.shared_);
        return *this;
    }

    void send(ByteView bytes) override;
    void finish() override;
    void vanish() override;
    std::string receive() override;
    bool keeps_packets() const override;

    // Operations that the server's end was asked for so far.
    unsigned operations() const;

private:
    friend struct MemoryPair;
    struct Shared;
    class ServerEnd;

    explicit MemoryClient(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

    std::shared_ptr<Shared> shared_;
};

struct MemoryPair {
    MemoryPair(bool keeps_packets, const MemoryFaults& faults);

    MemoryClient client;
    std::unique_ptr<server::ByteStream> server;
};

}  // namespace telex::testing
