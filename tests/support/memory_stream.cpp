#include "support/memory_stream.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <stdexcept>
#include <utility>

namespace telex::testing {

namespace {

constexpr std::chrono::seconds kLong{60};

}  // namespace

// One lock for both directions; each direction is a queue of pieces, which are packets where the
// stream keeps them.
struct MemoryClient::Shared {
    Shared(bool packets, const MemoryFaults& injected) : keeps_packets(packets), faults(injected) {}

    // Tells the server's poller of an edge: an eventfd counts as one with every write.
    void signal() const {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(ready.get(), &one, sizeof one);
    }

    const bool keeps_packets;
    const MemoryFaults faults;
    net::UniqueFd ready{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::string> to_server;
    std::deque<std::string> to_client;
    std::size_t to_client_bytes = 0;
    unsigned operations = 0;
    bool client_finished = false;
    bool client_gone = false;
    bool server_finished = false;
    bool server_waits_for_room = false;
};

class MemoryClient::ServerEnd final : public server::ByteStream {
public:
    explicit ServerEnd(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

    ~ServerEnd() override { finish_writing(); }

    int descriptor() const override { return shared_->ready.get(); }

    bool keeps_packets() const override { return shared_->keeps_packets; }

    std::size_t max_packet() const override { return std::numeric_limits<std::size_t>::max(); }

    IoResult read(char* buffer, std::size_t size) override {
        const std::scoped_lock lock(shared_->mutex);
        if (const auto fault = next_fault(IoStatus::wait_read)) {
            return *fault;
        }
        if (shared_->client_gone) {
            return {IoStatus::error, 0, ECONNRESET};
        }
        if (shared_->to_server.empty()) {
            return {shared_->client_finished ? IoStatus::end : IoStatus::wait_read, 0, 0};
        }
        std::string& piece = shared_->to_server.front();
        if (shared_->keeps_packets && piece.size() > size) {
            shared_->to_server.pop_front();
            return {IoStatus::cut, 0, 0};
        }
        const std::size_t most = shared_->keeps_packets ? size : shared_->faults.read_at_most;
        const std::size_t taken = std::min({piece.size(), size, most});
        piece.copy(buffer, taken);
        piece.erase(0, taken);
        if (piece.empty()) {
            shared_->to_server.pop_front();
        }
        // A short read makes the reader assume that it has read everything: the rest "arrives" now.
        shared_->signal();
        return {IoStatus::done, taken, 0};
    }

    IoResult peek() override {
        const std::scoped_lock lock(shared_->mutex);
        if (shared_->client_gone) {
            return {IoStatus::error, 0, ECONNRESET};
        }
        if (!shared_->to_server.empty()) {
            return {};
        }
        return {shared_->client_finished ? IoStatus::end : IoStatus::wait_read, 0, 0};
    }

    IoResult write(const iovec* vectors, std::size_t count) override {
        const std::scoped_lock lock(shared_->mutex);
        if (const auto fault = next_fault(IoStatus::wait_write)) {
            return *fault;
        }
        if (shared_->client_gone) {
            return {IoStatus::error, 0, EPIPE};
        }
        std::string bytes;
        for (std::size_t i = 0; i < count; ++i) {
            bytes.append(static_cast<const char*>(vectors[i].iov_base), vectors[i].iov_len);
        }
        const std::size_t used = std::min(shared_->to_client_bytes, shared_->faults.capacity);
        std::size_t room = shared_->faults.capacity - used;
        if (shared_->keeps_packets) {
            room = room > 0 ? bytes.size() : 0;
        }
        std::size_t taken = std::min(bytes.size(), room);
        if (!shared_->keeps_packets) {
            taken = std::min(taken, shared_->faults.write_at_most);
        }
        if (taken < bytes.size()) {
            shared_->server_waits_for_room = true;
            if (taken < room) {
                shared_->signal();  // the short write was a fault: there is room
            }
        }
        if (taken == 0 && !bytes.empty()) {
            return {IoStatus::wait_write, 0, 0};
        }
        bytes.resize(taken);
        shared_->to_client.push_back(std::move(bytes));
        shared_->to_client_bytes += taken;
        shared_->changed.notify_all();
        return {IoStatus::done, taken, 0};
    }

    void finish_writing() override {
        const std::scoped_lock lock(shared_->mutex);
        shared_->server_finished = true;
        shared_->changed.notify_all();
    }

private:
    // Under the lock.
    std::optional<IoResult> next_fault(IoStatus wait) {
        const MemoryFaults& faults = shared_->faults;
        const unsigned number = ++shared_->operations;
        if (faults.break_at != 0 && number >= faults.break_at) {
            return IoResult{IoStatus::error, 0, ECONNRESET};
        }
        // Scattered by a multiplicative hash: strictly every n-th might always meet the same call.
        const bool again =
            faults.again_every != 0 && (number * 2'654'435'761U >> 16U) % faults.again_every == 0;
        if (again) {
            shared_->signal();
            return IoResult{wait, 0, 0};
        }
        return std::nullopt;
    }

    std::shared_ptr<Shared> shared_;
};

MemoryPair::MemoryPair(bool keeps_packets, const MemoryFaults& faults)
    : client(std::make_shared<MemoryClient::Shared>(keeps_packets, faults)),
      server(std::make_unique<MemoryClient::ServerEnd>(client.shared_)) {}

MemoryClient::~MemoryClient() {
    if (shared_) {
        vanish();
    }
}

void MemoryClient::send(ByteView bytes) {
    const std::scoped_lock lock(shared_->mutex);
    shared_->to_server.emplace_back(bytes);
    shared_->signal();
}

void MemoryClient::finish() {
    const std::scoped_lock lock(shared_->mutex);
    shared_->client_finished = true;
    shared_->signal();
}

void MemoryClient::vanish() {
    const std::scoped_lock lock(shared_->mutex);
    shared_->client_gone = true;
    shared_->to_server.clear();
    shared_->signal();
}

std::string MemoryClient::receive() {
    std::unique_lock lock(shared_->mutex);
    const auto something = [this] {
        return !shared_->to_client.empty() || shared_->server_finished;
    };
    if (!shared_->changed.wait_for(lock, kLong, something)) {
        throw std::runtime_error("the server is silent");
    }
    if (shared_->to_client.empty()) {
        return {};
    }
    std::string piece = std::move(shared_->to_client.front());
    shared_->to_client.pop_front();
    shared_->to_client_bytes -= piece.size();
    if (std::exchange(shared_->server_waits_for_room, false)) {
        shared_->signal();
    }
    return piece;
}

bool MemoryClient::keeps_packets() const {
    return shared_->keeps_packets;
}

unsigned MemoryClient::operations() const {
    const std::scoped_lock lock(shared_->mutex);
    return shared_->operations;
}

}  // namespace telex::testing
