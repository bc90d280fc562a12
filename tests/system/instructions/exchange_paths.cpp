// Carries messages through a server with one reactor under valgrind's callgrind, which dumps the
// instructions of each path with its name: "1→1, 16 B". All of telexd between the read of a block
// of messages and the write of its last delivery is counted; sockets are streams in memory. The
// first blocks are not counted: they fill caches and buffers. Streams are those of a storage that
// accepts each message at once, on the reactor.
#include "codec/framing.hpp"
#include "support/memory_server.hpp"
#include "system/instructions/block_stream.hpp"
#include "wire/json.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace telex {

namespace {

using testing::BlockProgress;
using testing::BlockStream;
using testing::require;

constexpr std::size_t kFirstBlocks = 20;
constexpr std::size_t kCountedBlocks = 4;

// How a client of a protocol writes.
struct Protocol {
    std::string_view name;
    std::string_view framing;
    std::string (*write)(const v1::Frame& frame);
};

std::string json_line(const v1::Frame& frame) {
    std::string line;
    require(wire::append_json(line, frame));
    return line + "\n";
}

// Of the frames that occur here.
std::string nats_command(const v1::Frame& frame) {
    constexpr std::string_view kEnd = "\r\n";
    std::string command = "PING";
    if (frame.has_hello()) {
        command = R"(CONNECT {"verbose":false,"headers":true,"no_responders":true})";
    } else if (frame.has_subscribe()) {
        const v1::Subscribe& subscribe = frame.subscribe();
        command = "SUB " + subscribe.filter() + " " + std::to_string(subscribe.subscription());
    } else if (frame.has_message()) {
        const v1::Message& message = frame.message();
        command = "PUB " + message.subject() + " ";
        command += message.reply().empty() ? "" : message.reply() + " ";
        command += std::to_string(message.payload().size());
        command.append(kEnd).append(message.payload());
    }
    return command.append(kEnd);
}

const Protocol kNative{"telex", "protobuf-delimited", &testing::TelexClient::framed};
const Protocol kJson{"json", "lines", &json_line};
const Protocol kNats{"nats", "", &nats_command};

struct Path {
    std::string name;
    const Protocol& protocol;
    std::size_t subscribers;
    // Of a block: small enough for one read and one turn.
    std::size_t messages;
    // Returns a message by its number.
    std::function<v1::Frame(std::size_t)> message;
    // Of the publisher; empty: none.
    std::string_view filter = {};
    // A stream stores the messages.
    bool stored = false;

    std::size_t units() const { return messages * std::max<std::size_t>(1, subscribers); }
};

server::ListenerOptions listener_of(const Protocol& protocol) {
    server::ListenerOptions options;
    options.protocol = protocol.name;
    if (!protocol.framing.empty()) {
        options.framing = codec::parse_preset(protocol.framing).value();
    }
    options.slow_consumer.policy = v1::SLOW_POLICY_BLOCK;
    return options;
}

// As a subscriber that must lose nothing.
v1::Frame subscription() {
    v1::Frame frame = testing::subscribe(1, "bench.a");
    frame.mutable_subscribe()->set_slow_policy(v1::SLOW_POLICY_BLOCK);
    return frame;
}

class AcceptingStorage final : public exchange::StreamStorage {
public:
    explicit AcceptingStorage(exchange::OfferSource& shard) : shard_(shard) {}

    void offer(std::unique_ptr<exchange::OfferBatch> batch) override {
        batch->decisions.assign(
            batch->offers.size(), {.code = v1::ERROR_CODE_UNSPECIFIED, .text = {}, .sequence = 1}
        );
        const std::uint64_t number = batch->number;
        shard_.take_decisions(std::move(batch));
        shard_.take_commit(number, v1::ERROR_CODE_UNSPECIFIED);
    }

    void query(Query /*query*/, std::function<void(QueryReply)> reply) override { reply({}); }

private:
    exchange::OfferSource& shard_;
};

class PathServer {
public:
    explicit PathServer(const Path& path)
        : path_(path),
          server_(1, listener_of(path.protocol)),
          storage_(server_.shard(0).capture()),
          progress_(server_.shard(0).reactor()) {
        if (path.stored) {
            store_messages();
        }
        const std::string hello = path.protocol.write(testing::hello());
        for (std::size_t i = 0; i < path.subscribers; ++i) {
            connect(hello + path.protocol.write(subscription()));
        }
        const v1::Frame own = testing::subscribe(2, std::string(path.filter));
        publisher_ = connect(path.filter.empty() ? hello : hello + path.protocol.write(own));
        server_.settle();
    }

    void count() {
        const std::size_t before = progress_.written();
        publisher_->send(next_block());
        server_.settle();
        const std::size_t bytes = progress_.written() - before;
        for (std::size_t i = 1; i < kFirstBlocks + kCountedBlocks; ++i) {
            progress_.expect(bytes, i >= kFirstBlocks, path_.stored ? kTurnsOfDecisions : 0);
            publisher_->send(next_block());
            progress_.wait();
        }
        testing::dump_counts(path_.name, kCountedBlocks * path_.units());
        const v1::ServerStats stats = server_.stats();
        require(stats.received_messages() == sent_);
        require(stats.delivered_messages() == sent_ * path_.subscribers);
    }

private:
    // The offers leave at the end of the turn, their decisions come in the next ones.
    static constexpr std::uint64_t kTurnsOfDecisions = 3;

    void store_messages() {
        server_.shard(0).exchange().set_stream_storage(&storage_);
        const auto table = std::make_shared<const exchange::CaptureTable>(
            exchange::CaptureTable{{{.stream = 1, .filter = "bench.>", .name = "BENCH"}}}
        );
        std::promise<void> used;
        server_.shard(0).capture().use_captures(table, [&] { used.set_value(); });
        used.get_future().get();
    }

    BlockStream* connect(std::string greeting) {
        auto stream = std::make_unique<BlockStream>(std::move(greeting), progress_);
        BlockStream* const connected = stream.get();
        server_.adopt(std::move(stream));
        return connected;
    }

    std::string next_block() {
        std::string block;
        for (std::size_t i = 0; i < path_.messages; ++i) {
            block += path_.protocol.write(path_.message(sent_++));
        }
        if (path_.subscribers == 0) {
            block +=
                path_.protocol.write(testing::ping(1));  // its pong is the only output of the block
        }
        return block;
    }

    const Path& path_;
    testing::MemoryServer server_;
    AcceptingStorage storage_;
    BlockProgress progress_;
    BlockStream* publisher_ = nullptr;
    std::size_t sent_ = 0;
};

auto same_subject(std::size_t size) {
    return [frame = testing::publish("bench.a", std::string(size, 'x'))](std::size_t) {
        return frame;
    };
}

v1::Frame other_size(std::size_t number) {
    constexpr std::size_t kSizes = 200;
    constexpr std::size_t kStep = 37;  // no two consecutive ones are the same
    return testing::publish("bench.a", std::string(1 + number * kStep % kSizes, 'x'));
}

// Never part of a run.
v1::Frame with_header(std::size_t /*number*/) {
    v1::Frame frame = testing::publish("bench.a", std::string(16, 'x'));
    v1::Header* const header = frame.mutable_message()->add_headers();
    header->set_name("name");
    header->set_value("value");
    return frame;
}

v1::Frame unique_subject(std::size_t number) {
    constexpr std::size_t kFirst = 1'000'000;  // each has seven digits
    return testing::publish(
        "device." + std::to_string(kFirst + number) + ".level", std::string(16, 'x')
    );
}

v1::Frame durable(std::size_t number) {
    constexpr std::size_t kFirst = 100'000;  // each takes three bytes
    v1::Frame frame = testing::publish("bench.a", std::string(16, 'x'));
    frame.set_request(kFirst + number);
    frame.set_durable(true);
    return frame;
}

constexpr std::string_view kInboxes = "_INBOX.abcdefghijklmnopqrstuv.*";

// A request to a subscriber, and the reply to the publisher's inbox.
v1::Frame request_or_reply(std::size_t number) {
    constexpr std::size_t kFirst = 1'000'000;
    const std::string inbox =
        std::string(kInboxes.substr(0, kInboxes.size() - 1)) + std::to_string(kFirst + number / 2);
    if (number % 2 != 0) {
        return testing::publish(inbox, std::string(16, 'x'));
    }
    v1::Frame frame = testing::publish("bench.a", std::string(16, 'x'));
    frame.mutable_message()->set_reply(inbox);
    return frame;
}

void count_all() {
    // Names as in bench/counts.py, if they are there.
    for (const Path& path : {
             Path{"1→1, 16 B", kNative, 1, 500, same_subject(16)},
             Path{"1→1, 128 B", kNative, 1, 300, same_subject(128)},
             Path{"1→1, 1 KiB", kNative, 1, 50, same_subject(1'024)},
             Path{"1→1, 1 to 200 B", kNative, 1, 200, &other_size},
             Path{"1→1, 16 B and a header", kNative, 1, 300, &with_header},
             Path{"1→20, 128 B, per delivery", kNative, 20, 50, same_subject(128)},
             Path{"no subscribers, 16 B, one subject", kNative, 0, 500, same_subject(16)},
             Path{"no subscribers, 16 B, unique subjects", kNative, 0, 500, &unique_subject},
             Path{"json, 1→1, 128 B", kJson, 1, 10, same_subject(128)},
             Path{"nats, 1→1, 16 B", kNats, 1, 200, same_subject(16)},
             Path{"nats, 1→1, 128 B", kNats, 1, 200, same_subject(128)},
             Path{"nats, 1→1, 1 KiB", kNats, 1, 50, same_subject(1'024)},
             Path{"nats, 1→1, 1 to 200 B", kNats, 1, 200, &other_size},
             Path{"nats, 1→20, 16 B, per delivery", kNats, 20, 20, same_subject(16)},
             Path{"nats, 1→20, 128 B, per delivery", kNats, 20, 20, same_subject(128)},
             Path{"nats, 1→20, 1 KiB, per delivery", kNats, 20, 4, same_subject(1'024)},
             Path{"stored, 1→1, 16 B", kNative, 1, 500, same_subject(16), {}, true},
             Path{"stored, 1→1, 1 to 200 B", kNative, 1, 200, &other_size, {}, true},
             Path{"stored, 1→1, 16 B and a header", kNative, 1, 300, &with_header, {}, true},
             Path{"stored, durable, 1→1, 16 B", kNative, 1, 200, &durable, {}, true},
             Path{"nats, request and reply, 16 B, each", kNats, 1, 40, &request_or_reply, kInboxes},
         }) {
        PathServer(path).count();
    }
}

}  // namespace

}  // namespace telex

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    GTEST_FLAG_SET(throw_on_failure, true);  // what the server checks at its end
    telex::count_all();
}
