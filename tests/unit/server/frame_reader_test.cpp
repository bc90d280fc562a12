#include "server/stream/frame_reader.hpp"

#include "base/time.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = FrameReader::Step::Kind;
using std::chrono::milliseconds;

class FrameReaderTest : public ::testing::Test {
protected:
    explicit FrameReaderTest(
        std::string_view preset = "lines",
        FrameReader::Options options = {},
        std::size_t max_frame_bytes = 1'023
    )
        : framing_(framing(preset, max_frame_bytes)),
          reader_(buffers_, codec::make_decoder(framing_), options) {}

    static codec::Framing framing(std::string_view preset, std::size_t max_frame_bytes) {
        codec::Framing framing = *codec::parse_preset(preset);
        framing.max_frame_bytes = max_frame_bytes;
        return framing;
    }

    // A turn of one read; returns the step that ended it.
    FrameReader::Step read(std::string_view bytes) {
        reader_.begin_turn();
        const std::span<char> room = reader_.room();
        EXPECT_GE(room.size(), bytes.size());
        std::copy(bytes.begin(), bytes.end(), room.begin());
        reader_.received(bytes.size(), now_);
        return take_frames();
    }

    FrameReader::Step take_frames() {
        for (;;) {
            const FrameReader::Step step = reader_.next();
            if (step.kind == Kind::frame) {
                frames_.emplace_back(step.payload);
            } else if (step.kind == Kind::lost) {
                frames_.emplace_back("(lost)");
            } else {
                return step;
            }
        }
    }

    ReactorBuffers buffers_;
    codec::Framing framing_;
    FrameReader reader_;
    std::vector<std::string> frames_;
    TimePoint now_{milliseconds(1'000)};
};

TEST_F(FrameReaderTest, ReturnsTheFramesOfOneRead) {
    EXPECT_EQ(read("one\ntwo\n\nthree\n").kind, Kind::need_more);
    EXPECT_THAT(frames_, ElementsAre("one", "two", "", "three"));
    EXPECT_EQ(reader_.frames(), 4U);
    EXPECT_EQ(reader_.frames_of_read(), 4U);
    EXPECT_EQ(reader_.bytes(), 15U);
    EXPECT_EQ(reader_.partial_since(), std::nullopt);
}

TEST_F(FrameReaderTest, JoinsAFrameThatArrivesInPieces) {
    for (const char byte : std::string("one\ntwo\n")) {
        EXPECT_EQ(read({&byte, 1}).kind, Kind::need_more);
    }
    EXPECT_THAT(frames_, ElementsAre("one", "two"));
}

TEST_F(FrameReaderTest, TimesAPartialFrameFromItsFirstByte) {
    (void)read("one\ntw");
    EXPECT_EQ(reader_.partial_since(), now_);
    EXPECT_EQ(reader_.partial_bytes(), 2U);
    const auto began = now_;
    now_ += milliseconds(10);
    (void)read("o");
    EXPECT_EQ(reader_.partial_since(), began);
    reader_.restart_partial(now_);
    EXPECT_EQ(reader_.partial_since(), now_);
    (void)read("\n");
    EXPECT_EQ(reader_.partial_since(), std::nullopt);
    EXPECT_THAT(frames_, ElementsAre("one", "two"));
}

// A frame that has to outlive the read takes a reference to the chunk.
TEST_F(FrameReaderTest, NamesTheOwnerOfAFrame) {
    const std::span<char> room = reader_.room();
    room[0] = 'x';
    room[1] = '\n';
    reader_.received(2, now_);
    const FrameReader::Step step = reader_.next();
    ASSERT_EQ(step.kind, Kind::frame);
    ASSERT_NE(step.owner, nullptr);
    const ChunkRef kept = *step.owner;
    EXPECT_EQ(reader_.next().kind, Kind::need_more);
    EXPECT_EQ(step.payload, "x");
}

TEST_F(FrameReaderTest, EndsAFrameByAPause) {
    codec::Framing framing;
    framing.kind = codec::FramingKind::idle;
    FrameReader reader(buffers_, codec::make_decoder(framing), {});
    for (const std::string burst : {"one", "two"}) {
        for (const char byte : burst) {
            reader.begin_turn();
            reader.room()[0] = byte;
            reader.received(1, now_);
            EXPECT_EQ(reader.next().kind, Kind::need_more);
        }
        EXPECT_EQ(reader.partial_since(), now_);
        const FrameReader::Step step = reader.end_by_pause();
        ASSERT_EQ(step.kind, Kind::frame);
        EXPECT_EQ(step.payload, burst);
        reader.clear();
        EXPECT_EQ(reader.partial_since(), std::nullopt);
        EXPECT_EQ(reader.partial_bytes(), 0U);
        EXPECT_EQ(reader.end_by_pause().kind, Kind::need_more);
    }
    EXPECT_EQ(reader.frames(), 2U);
}

TEST_F(FrameReaderTest, PausesMeanNothingWithinALine) {
    (void)read("on");
    EXPECT_EQ(reader_.end_by_pause().kind, Kind::need_more);
    (void)read("e\n");
    EXPECT_THAT(frames_, ElementsAre("one"));
}

struct StuffedFrames : FrameReaderTest {
    StuffedFrames() : FrameReaderTest("slip") {}
};

TEST_F(StuffedFrames, HaveNoOwner) {
    const std::string bytes =
        "a\xdb\xdc"
        "b\xc0";  // an escaped END
    std::copy(bytes.begin(), bytes.end(), reader_.room().begin());
    reader_.received(bytes.size(), now_);
    FrameReader::Step step = reader_.next();
    ASSERT_EQ(step.kind, Kind::frame);
    EXPECT_EQ(
        step.payload,
        "a\xc0"
        "b"
    );
    EXPECT_EQ(step.owner, nullptr);
}

TEST_F(FrameReaderTest, EndsAtAFrameThatIsTooLong) {
    const FrameReader::Step step = read("one\n" + std::string(1'024, 'x') + "\n");
    EXPECT_EQ(step.kind, Kind::error);
    EXPECT_EQ(step.error, codec::FrameError::too_large);
    EXPECT_THAT(frames_, ElementsAre("one"));
}

TEST_F(FrameReaderTest, LimitsPayloadsUntilThePeerIsAuthenticated) {
    reader_.limit_payload(10);
    (void)read("0123456789\n");
    reader_.limit_payload(SIZE_MAX);
    (void)read(std::string(1'023, 'x') + "\n");
    ASSERT_EQ(frames_.size(), 2U);
    reader_.limit_payload(10);
    EXPECT_EQ(read("01234567890\n").kind, Kind::error);
}

TEST(FrameReader, SkipsLongFramesWhereTheFramingSaysSo) {
    ReactorBuffers buffers;
    codec::Framing framing = *codec::parse_preset("lines");
    framing.max_frame_bytes = 10;
    framing.oversize = codec::Oversize::discard;
    FrameReader reader(buffers, codec::make_decoder(framing), {});
    const std::string bytes = std::string(50, 'x') + "\nshort\n";
    std::copy(bytes.begin(), bytes.end(), reader.room().begin());
    reader.received(bytes.size(), {});
    std::vector<Kind> kinds;
    do {
        kinds.push_back(reader.next().kind);
    } while (kinds.back() != Kind::need_more);
    EXPECT_THAT(kinds, ElementsAre(Kind::lost, Kind::frame, Kind::need_more));
}

TEST(FrameReader, DoesNotTimeASkippedFrame) {
    ReactorBuffers buffers;
    codec::Framing framing = *codec::parse_preset("lines");
    framing.max_frame_bytes = 10;
    framing.oversize = codec::Oversize::discard;
    FrameReader reader(buffers, codec::make_decoder(framing), {});
    const auto read = [&](std::string_view bytes) {
        reader.begin_turn();
        std::copy(bytes.begin(), bytes.end(), reader.room().begin());
        reader.received(bytes.size(), TimePoint(milliseconds(1)));
        while (reader.next().kind != Kind::need_more) {
        }
    };
    read("begun");
    EXPECT_TRUE(reader.partial_since());
    read(std::string(50, 'x') + "\n");
    EXPECT_FALSE(reader.partial_since());
}

TEST_F(FrameReaderTest, DetectsAnotherProtocolByTheFirstBytes) {
    EXPECT_EQ(read("GET / HTTP/1.1\r\nHost: x\r\n\r\n").kind, Kind::other_protocol);
    EXPECT_EQ(reader_.detected(), codec::OtherProtocol::http);
    EXPECT_THAT(frames_, IsEmpty());
}

TEST_F(FrameReaderTest, TakesTheSameBytesLater) {
    (void)read("hello\n");
    EXPECT_EQ(read("GET / HTTP/1.1\r\n").kind, Kind::need_more);
    EXPECT_EQ(frames_.size(), 2U);
}

struct AnyBytes : FrameReaderTest {
    AnyBytes() : FrameReaderTest("u32be", {.detect_protocols = false}) {}
};

// The reason of the error, though the protocol takes any bytes.
TEST_F(AnyBytes, AreNamedOnlyWhenTheyMakeNoFrame) {
    EXPECT_EQ(read("GET / HTTP/1.1\r\n").kind, Kind::error);
    EXPECT_EQ(reader_.detected(), codec::OtherProtocol::http);
}

struct LooksLikeHttp : FrameReaderTest {
    LooksLikeHttp()
        : FrameReaderTest("lines", {.ignored_protocols = {codec::OtherProtocol::http}}, 20) {}
};

TEST_F(LooksLikeHttp, ReadsItsOwnFirstBytes) {
    EXPECT_EQ(read("GET / HTTP/1.1\n").kind, Kind::need_more);
    EXPECT_THAT(frames_, ElementsAre("GET / HTTP/1.1"));
}

TEST_F(LooksLikeHttp, IsNotNamedAfterAnError) {
    EXPECT_EQ(read("GET /longer/than/the/limit HTTP/1.1\n").kind, Kind::error);
    EXPECT_EQ(reader_.detected(), std::nullopt);
}

TEST_F(LooksLikeHttp, DetectsOthers) {
    EXPECT_EQ(read("SSH-2.0-OpenSSH_9.2\n").kind, Kind::other_protocol);
    EXPECT_EQ(reader_.detected(), codec::OtherProtocol::ssh);
}

TEST_F(FrameReaderTest, FinishesWithTheUnterminatedFrame) {
    (void)read("one\ntwo");
    const FrameReader::Step step = reader_.finish();
    EXPECT_EQ(step.kind, Kind::frame);
    EXPECT_EQ(step.payload, "two");
    EXPECT_EQ(reader_.frames(), 2U);
    reader_.clear();
    EXPECT_EQ(reader_.partial_bytes(), 0U);
}

TEST_F(AnyBytes, FinishWithAnErrorWithinAFrame) {
    (void)read(std::string_view("\0\0\0\x05xy", 6));
    EXPECT_EQ(reader_.finish().kind, Kind::error);
}

TEST_F(FrameReaderTest, EndsATurnAfterItsBytes) {
    (void)read("one\n");
    EXPECT_TRUE(reader_.room().empty()) << "another read might exceed the budget";
    reader_.begin_turn();
    EXPECT_EQ(reader_.room().size(), FrameReader::kTurnBytes);
}

TEST_F(FrameReaderTest, ReadsNoMoreThanAskedFor) {
    reader_.begin_turn();
    EXPECT_EQ(reader_.room(100).size(), 100U);
    EXPECT_EQ(reader_.room().size(), FrameReader::kTurnBytes);
}

// Many small frames take long: the next reads are smaller, down to a bound, and grow again.
TEST_F(FrameReaderTest, AdaptsTheReadSizeToTheNumberOfFrames) {
    const std::string many(FrameReader::kReadFrames + 1, '\n');
    for (int i = 0; i < 10; ++i) {
        (void)read(many);
    }
    reader_.begin_turn();
    EXPECT_EQ(reader_.room().size(), FrameReader::kMinRead);
    for (int i = 0; i < 10; ++i) {
        reader_.begin_turn();
        const std::size_t size = reader_.room().size();
        std::string few;
        while (few.size() < size) {
            few += std::string(std::min<std::size_t>(size - few.size(), 1'024) - 1, 'x') + "\n";
        }
        (void)read(few);
    }
    reader_.begin_turn();
    EXPECT_EQ(reader_.room().size(), FrameReader::kTurnBytes);
}

// A slice may end within a read: what is left comes before the next read, and is not read again.
TEST_F(FrameReaderTest, PausesWithinARead) {
    for (const std::size_t count : {10U, 1'000U, 50'000U}) {
        frames_.clear();
        std::string bytes;
        for (std::size_t i = 0; i < count; ++i) {
            bytes += std::to_string(i) + "\n";
        }
        bytes.resize(std::min(bytes.size(), reader_.room().size() - 1));
        bytes.back() = '\n';
        const auto expected =
            static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
        std::copy(bytes.begin(), bytes.end(), reader_.room().begin());
        reader_.received(bytes.size(), now_);
        EXPECT_FALSE(reader_.is_paused());
        do {
            for (int i = 0; i < 7; ++i) {
                const FrameReader::Step step = reader_.next();
                if (step.kind == Kind::frame) {
                    EXPECT_NE(step.owner, nullptr);
                    frames_.emplace_back(step.payload);
                }
            }
            reader_.pause();
            EXPECT_EQ(reader_.is_paused(), frames_.size() < expected);
        } while (reader_.resume(now_));
        ASSERT_EQ(frames_.size(), expected);
        for (std::size_t i = 0; i + 1 < expected; ++i) {
            ASSERT_EQ(frames_[i], std::to_string(i));
        }
        EXPECT_EQ(reader_.next().kind, Kind::need_more);
        EXPECT_EQ(reader_.partial_bytes(), 0U);
        reader_.begin_turn();
    }
}

TEST_F(FrameReaderTest, DoesNotTimeWholeFramesThatWait) {
    const std::string_view bytes = "one\ntwo\nthr";
    std::copy(bytes.begin(), bytes.end(), reader_.room().begin());
    reader_.received(bytes.size(), now_);
    (void)reader_.next();
    reader_.pause();
    EXPECT_EQ(reader_.partial_since(), std::nullopt);
    now_ += milliseconds(10);
    ASSERT_TRUE(reader_.resume(now_));
    EXPECT_EQ(take_frames().kind, Kind::need_more);
    EXPECT_EQ(reader_.partial_since(), now_) << "the peer did not cause the pause";
    EXPECT_FALSE(reader_.resume(now_));
    (void)read("ee\n");
    EXPECT_THAT(frames_, ElementsAre("two", "three"));
}

// Reads become as large as a slice.
TEST_F(FrameReaderTest, ReadsLessIfAReadTakesSeveralSlices) {
    for (int i = 0; i < 10; ++i) {
        reader_.begin_turn();
        const std::string_view bytes = "one\ntwo\nthree\n";
        std::copy(bytes.begin(), bytes.end(), reader_.room().begin());
        reader_.received(bytes.size(), now_);
        for (int slice = 0; slice < 2; ++slice) {
            (void)reader_.next();
            reader_.pause();
            ASSERT_TRUE(reader_.resume(now_));
        }
        (void)take_frames();
    }
    reader_.begin_turn();
    EXPECT_EQ(reader_.room().size(), FrameReader::kMinRead);
}

struct Packets : FrameReaderTest {
    Packets() : FrameReaderTest("datagram", {.packets = true}) {}
};

TEST_F(Packets, AreOneFrameEach) {
    (void)read("one");
    (void)read("two");
    EXPECT_THAT(frames_, ElementsAre("one", "two"));
}

TEST_F(Packets, ThatTheKernelCutUseUpTheTurn) {
    reader_.begin_turn();
    ASSERT_FALSE(reader_.room().empty());
    reader_.packet_cut();
    EXPECT_TRUE(reader_.room().empty());
}

TEST_F(FrameReaderTest, HoldsNoMemoryBetweenWholeFrames) {
    (void)read("one\n" + std::string(900, 'x'));
    EXPECT_GT(reader_.memory(), 0U);
    (void)read("\n");
    reader_.shrink();
    EXPECT_EQ(reader_.memory(), 0U);
}

TEST_F(FrameReaderTest, GivesAwayItsDecoderBetweenFrames) {
    (void)read("one\n");
    std::unique_ptr<codec::Decoder> decoder = reader_.release_decoder();
    ASSERT_NE(decoder, nullptr);
    EXPECT_FALSE(reader_.has_decoder());
    EXPECT_EQ(reader_.release_decoder(), nullptr) << "it has none";
    reader_.borrow_decoder(std::move(decoder));
    (void)read("two\n");
    EXPECT_THAT(frames_, ElementsAre("one", "two"));
}

TEST_F(FrameReaderTest, KeepsItsDecoderWithinAFrame) {
    (void)read("one\ntw");
    EXPECT_EQ(reader_.release_decoder(), nullptr);
    (void)read("o\n");
    EXPECT_NE(reader_.release_decoder(), nullptr);
    EXPECT_THAT(frames_, ElementsAre("one", "two"));
}

TEST_F(FrameReaderTest, KeepsItsDecoderWhileItIsPaused) {
    reader_.begin_turn();
    const std::string_view bytes = "one\ntwo\n";
    std::copy(bytes.begin(), bytes.end(), reader_.room().begin());
    reader_.received(bytes.size(), now_);
    EXPECT_EQ(reader_.next().payload, "one");
    reader_.pause();
    EXPECT_EQ(reader_.release_decoder(), nullptr);
}

TEST_F(FrameReaderTest, KeepsItsDecoderAtTheEnd) {
    (void)reader_.finish();
    EXPECT_EQ(reader_.release_decoder(), nullptr);
}

TEST_F(FrameReaderTest, LimitsADecoderThatItBorrows) {
    std::unique_ptr<codec::Decoder> decoder = reader_.release_decoder();
    ASSERT_NE(decoder, nullptr);
    reader_.limit_payload(2);
    reader_.borrow_decoder(std::move(decoder));
    EXPECT_EQ(reader_.release_decoder(), nullptr) << "others have another limit";
    EXPECT_EQ(read("one\n").kind, Kind::error);
}

}  // namespace
}  // namespace telex::server
