#include "server/stream/websocket_stream.hpp"

#include "server/stream/close_codes.hpp"
#include "support/memory_stream.hpp"
#include "support/websocket_frames.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace telex::server {
namespace {

using namespace std::string_literals;
using session::CloseReason;
using telex::testing::masked;
using telex::testing::MemoryFaults;
using telex::testing::MemoryPair;
using websocket::FrameInput;

constexpr unsigned kBinaryFrame = 0x82;
constexpr unsigned kCloseFrame = 0x88;
constexpr unsigned kPingFrame = 0x89;

const std::string kUpgradeRequest =
    "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

struct Output final : StreamOutput {
    void write_between_frames(ByteView bytes) override { written.emplace_back(bytes); }

    std::vector<std::string> written;
};

// A stream and its client, both on this thread.
struct Ends {
    explicit Ends(
        const MemoryFaults& faults = {},
        FrameInput::Boundaries boundaries = FrameInput::Boundaries::dropped
    )
        : pair(false, faults),
          stream(make_websocket_stream(std::move(pair.server), rules, guard, boundaries)) {
        stream->set_output(output);
    }

    // Repeats what has to wait, as the poller would.
    IoStatus handshake() {
        for (int i = 0; i < 10'000; ++i) {
            const IoResult result = stream->handshake();
            if (!result.must_wait()) {
                return result.status;
            }
        }
        return IoStatus::wait_read;
    }

    // All that can be read now; the last status in `status`.
    std::string read() {
        std::string all;
        std::array<char, 50> buffer{};
        for (int waits = 0; waits < 100;) {
            const IoResult result = stream->read(buffer.data(), buffer.size());
            status = result.status;
            if (result.must_wait()) {
                ++waits;
                continue;
            }
            if (result.status != IoStatus::done) {
                break;
            }
            all.append(buffer.data(), result.bytes);
        }
        return all;
    }

    web::UpgradeRules rules{.path = "/", .subprotocols = {}};
    web::PageGuard guard{{}};
    Output output;
    MemoryPair pair;
    std::unique_ptr<ByteStream> stream;
    IoStatus status = IoStatus::done;
};

const std::vector<MemoryFaults> kAllFaults = {
    {},
    {.read_at_most = 1},
    {.write_at_most = 1},
    {.read_at_most = 3, .write_at_most = 7, .again_every = 3},
};

TEST(WebSocketStream, UpgradesAndReadsWhatComesWithTheRequest) {
    for (const MemoryFaults& faults : kAllFaults) {
        Ends ends(faults);
        EXPECT_FALSE(ends.stream->established());
        ends.pair.client.send(kUpgradeRequest + masked(kBinaryFrame, std::string(100, 'e')));
        ends.pair.client.send(masked(kBinaryFrame, "later"));
        EXPECT_EQ(ends.handshake(), IoStatus::done);
        EXPECT_TRUE(ends.stream->established());
        EXPECT_EQ(ends.read(), std::string(100, 'e') + "later");
        EXPECT_EQ(ends.stream->memory(), 0U) << "nothing is kept of the request";
        EXPECT_TRUE(ends.pair.client.receive().starts_with("H"));
    }
}

TEST(WebSocketStream, AnswersARefusedRequestBeforeItEnds) {
    for (const MemoryFaults& faults : kAllFaults) {
        Ends ends(faults);
        ends.pair.client.send("POST / HTTP/1.1\r\nHost: localhost\r\n\r\nand more");
        ends.pair.client.finish();
        EXPECT_EQ(ends.handshake(), IoStatus::error);
        EXPECT_EQ(ends.stream->failure().upgrade, web::UpgradeFault::method);
        std::string response;
        for (std::string piece = ends.pair.client.receive(); !piece.empty();
             piece = ends.pair.client.receive()) {
            response += piece;
        }
        EXPECT_EQ(response, web::refusal_of(web::UpgradeFault::method));
    }
}

TEST(WebSocketStream, WaitsForTheEndOfARefusedPeer) {
    Ends ends;
    ends.pair.client.send("nonsense");
    EXPECT_EQ(ends.handshake(), IoStatus::wait_read);
    EXPECT_EQ(ends.stream->failure().upgrade, web::UpgradeFault::not_http);
}

TEST(WebSocketStream, FailsWithoutARequest) {
    Ends ended;
    ended.pair.client.send("GET / HT");
    ended.pair.client.finish();
    EXPECT_EQ(ended.handshake(), IoStatus::error);
    EXPECT_EQ(ended.stream->failure().upgrade, web::UpgradeFault::incomplete);
    const Ends silent;
    EXPECT_EQ(silent.stream->failure().upgrade, web::UpgradeFault::timeout);
}

// After the upgrade.
struct Opened : Ends {
    using Ends::Ends;

    [[nodiscard]] bool open() {
        pair.client.send(kUpgradeRequest);
        return handshake() == IoStatus::done;
    }
};

TEST(WebSocketStream, AnswersPingsBetweenFrames) {
    Opened ends;
    ASSERT_TRUE(ends.open());
    ends.pair.client.send(masked(kPingFrame, "one") + masked(kPingFrame, "two"));
    EXPECT_EQ(ends.read(), "");
    EXPECT_EQ(ends.output.written, std::vector<std::string>{"\x8A\x03two"});
}

TEST(WebSocketStream, MayBeDoneWithoutAByte) {
    Opened ends;
    ASSERT_TRUE(ends.open());
    ends.pair.client.send(masked(kPingFrame, ""));
    std::array<char, 50> buffer{};
    const IoResult result = ends.stream->read(buffer.data(), buffer.size());
    EXPECT_EQ(result.status, IoStatus::done);
    EXPECT_EQ(result.bytes, 0U);
    EXPECT_TRUE(ends.stream->short_read_is_all());
}

TEST(WebSocketStream, GivesWhatCameBeforeAViolation) {
    Opened ends;
    ASSERT_TRUE(ends.open());
    ends.pair.client.send(masked(kBinaryFrame, "good") + "\x82\x01x");
    EXPECT_EQ(ends.read(), "good");
    EXPECT_EQ(ends.status, IoStatus::error);
    EXPECT_TRUE(ends.stream->failure().only_input);
    EXPECT_EQ(ends.stream->failure().text, "WebSocket: the frame has no mask");
    EXPECT_EQ(ends.stream->farewell(CloseReason::bad_frame), "\x88\x0B\x03\xEA"s + "bad_frame");
}

TEST(WebSocketStream, EndsWithTheCloseFrameOfThePeer) {
    Opened ends;
    ASSERT_TRUE(ends.open());
    ends.pair.client.send(masked(kBinaryFrame, "last") + masked(kCloseFrame, "\x0F\xA0why"));
    EXPECT_EQ(ends.read(), "last");
    EXPECT_EQ(ends.status, IoStatus::end);
    EXPECT_EQ(ends.stream->peek().status, IoStatus::end);
    EXPECT_EQ(ends.stream->farewell(CloseReason::client_closed), "\x88\x02\x0F\xA0");
    EXPECT_EQ(ends.stream->farewell(CloseReason::client_closed), "") << "once";
}

TEST(WebSocketStream, SaysWhyItEnds) {
    Opened ends;
    ASSERT_TRUE(ends.open());
    EXPECT_EQ(
        ends.stream->farewell(CloseReason::shutting_down), "\x88\x0F\x03\xE9"s + "shutting_down"
    );
    ends.pair.client.send("anything, which is only dropped");
    EXPECT_EQ(ends.read(), "anything, which is only dropped");
    EXPECT_EQ(ends.status, IoStatus::wait_read);
}

TEST(WebSocketStream, HasNoWordsBeforeTheUpgrade) {
    const Ends ends;
    EXPECT_EQ(ends.stream->farewell(CloseReason::shutting_down), "");
}

TEST(CloseCodes, FitTheReason) {
    using websocket::CloseCode;
    EXPECT_EQ(close_code_of(CloseReason::client_closed), CloseCode::normal);
    EXPECT_EQ(close_code_of(CloseReason::finished), CloseCode::normal);
    EXPECT_EQ(close_code_of(CloseReason::shutting_down), CloseCode::going_away);
    EXPECT_EQ(close_code_of(CloseReason::frame_too_large), CloseCode::too_big);
    EXPECT_EQ(close_code_of(CloseReason::kicked), CloseCode::policy);
    EXPECT_EQ(close_code_of(CloseReason::memory_budget), CloseCode::try_again_later);
}

}  // namespace
}  // namespace telex::server
