// The memory of a connection that has subscribed and is idle, as the allocator gives it.
#include "base/allocated.hpp"
#include "codec/framing.hpp"
#include "net/fd.hpp"
#include "support/allocator_memory.hpp"
#include "support/memory_server.hpp"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>

namespace telex::server {
namespace {

// The server's end of a client that sends its greeting, and nothing more.
class GreetingStream final : public ByteStream {
public:
    explicit GreetingStream(std::string greeting)
        : greeting_(std::make_unique<std::string>(std::move(greeting))) {}

    int descriptor() const override { return ready_.get(); }

    bool keeps_packets() const override { return false; }

    std::size_t max_packet() const override { return std::numeric_limits<std::size_t>::max(); }

    IoResult read(char* buffer, std::size_t size) override {
        if (!greeting_) {
            return {IoStatus::wait_read, 0, 0};
        }
        const std::size_t bytes = greeting_->copy(buffer, size);
        EXPECT_EQ(bytes, greeting_->size());
        greeting_.reset();
        return {IoStatus::done, bytes, 0};
    }

    IoResult peek() override { return {IoStatus::wait_read, 0, 0}; }

    IoResult write(const iovec* vectors, std::size_t count) override {
        std::size_t bytes = 0;
        for (std::size_t i = 0; i < count; ++i) {
            bytes += vectors[i].iov_len;
        }
        return {IoStatus::done, bytes, 0};
    }

    void finish_writing() override {}

private:
    net::UniqueFd ready_{::eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC)};
    std::unique_ptr<std::string> greeting_;
};

std::string filter_of(std::size_t number) {
    return "device." + std::to_string(number) + ".state";
}

std::string native_greeting(std::size_t number) {
    return testing::TelexClient::framed(testing::hello()) +
           testing::TelexClient::framed(testing::subscribe(1, filter_of(number)));
}

std::string nats_greeting(std::size_t number) {
    return "CONNECT {\"verbose\":false}\r\nSUB " + filter_of(number) + " 1\r\n";
}

struct Kind {
    const char* protocol;
    std::string (*greeting)(std::size_t number);
    // Of the connection, its session, its subscription, and its places in tables. Beside it there
    // are its stream and its socket.
    std::size_t most_bytes;
};

class IdleMemory : public ::testing::TestWithParam<Kind> {
protected:
    static ListenerOptions options() {
        ListenerOptions options;
        options.protocol = GetParam().protocol;
        if (options.protocol == "telex") {
            options.framing = codec::parse_preset("protobuf-delimited").value();
        }
        options.session.server_name = "test";
        return options;
    }

    // The rooms that tables have beyond what is used differ: powers of two have the least.
    void connect(std::size_t from, std::size_t to) {
        for (std::size_t number = from; number < to; ++number) {
            server_.adopt(std::make_unique<GreetingStream>(GetParam().greeting(number)));
        }
        server_.settle();
    }

    std::size_t subscriptions() { return server_.stats().subscriptions(); }

    testing::MemoryServer server_{1, options()};
};

TEST_P(IdleMemory, IsSmall) {
    if (!testing::has_own_allocator()) {
        GTEST_SKIP() << "a sanitizer's allocator";
    }
    constexpr std::size_t kFirst = 256;
    constexpr std::size_t kAll = 1'024;
    connect(0, kFirst);
    const std::size_t before = testing::allocator_memory();
    connect(kFirst, kAll);
    ASSERT_EQ(subscriptions(), kAll);
    const std::size_t each = (testing::allocator_memory() - before) / (kAll - kFirst);
    EXPECT_LE(each - allocated(sizeof(GreetingStream)), GetParam().most_bytes);
    RecordProperty("bytes", static_cast<int>(each));
}

INSTANTIATE_TEST_SUITE_P(
    OfAConnection,
    IdleMemory,
    ::testing::Values(Kind{"telex", native_greeting, 1'540}, Kind{"nats", nats_greeting, 1'400}),
    [](const auto& instance) { return std::string(instance.param.protocol); }
);

}  // namespace
}  // namespace telex::server
