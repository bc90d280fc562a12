#include "cli/frames/capture.hpp"

#include "cli_testing.hpp"
#include "codec/encoder.hpp"
#include "config/framing_lookup.hpp"
#include "support/framing_cases.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace telex::cli {
namespace {

using test::bytes;

const std::vector<Recipe>& recipes() {
    static const std::vector<Recipe> all = all_recipes();
    return all;
}

std::vector<Fit> fits_of(const std::string& stream) {
    return fit_recipes(
               recipes(), [&stream] { return pieces_of(stream, stream.size() + 1); }
    ).value();
}

std::string best(const std::string& stream) {
    const std::vector<Fit> fits = fits_of(stream);
    return fits.empty() ? "" : fits.front().recipe->framing;
}

std::optional<Fit> fit_of(const std::string& framing, const std::string& stream) {
    const Recipe recipe{{"test"}, framing};
    return fit_recipe(recipe, pieces_of(stream, 7)).value();
}

// Frames with these bodies as a peer sends them.
std::string stream_of(codec::Framing framing, const std::vector<std::string>& bodies) {
    framing.write.clear();
    std::string stream;
    if (!framing.first.framing.empty() && framing.first.begins.empty()) {
        stream.append(framing.first.framing.front().fixed_bytes, '.');
    }
    if (framing.first.framing.empty()) {
        framing.length.keep_head = false;
        framing.max_frame_bytes = codec::default_max_frame_bytes(framing);
    }
    const auto encoder = codec::make_encoder(framing);
    for (std::string body : bodies) {
        body.resize(framing.kind == codec::FramingKind::fixed ? framing.fixed_bytes : body.size());
        EXPECT_TRUE(encoder->encode(test::payload_of(framing, body), stream));
    }
    return stream;
}

TEST(Capture, FitsItsOwnRecipe) {
    for (const Recipe& recipe : recipes()) {
        const codec::Framing framing = config::framing_of_text(recipe.framing).value();
        const std::string stream = stream_of(
            framing,
            {"hello, world, hello, moon",
             "some bytes more than twenty",
             "and thirty bytes in the third"}
        );
        const auto fit = fit_of(recipe.framing, stream);
        ASSERT_TRUE(fit) << recipe.framing;
        EXPECT_GE(fit->frames, 3U) << recipe.framing;
        EXPECT_EQ(fit->rest, 0U) << recipe.framing;
        EXPECT_EQ(fit->evidence == Evidence::none, framing.kind == codec::FramingKind::fixed)
            << recipe.framing;
    }
}

TEST(Capture, HasTheBestFitFirst) {
    EXPECT_EQ(best("5:hello,2:hi,"), "netstring");
    EXPECT_EQ(best(bytes({0, 0, 0, 5}) + "hello" + bytes({0, 0, 0, 2}) + "hi"), "u32be");
    EXPECT_EQ(
        best(bytes({0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1, 0, 2, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1})),
        "modbus-tcp"
    );
    EXPECT_EQ(best("{\"a\":1}\n{\"b\":[2,3]}\n"), "json");
    EXPECT_EQ(best("*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPING\r\n"), "resp");
    EXPECT_EQ(best("\x0bMSH|^~\r\x1c\r\x0bMSH|2\r\x1c\r"), "mllp");
    EXPECT_EQ(best("$GPGGA,1*77\r\n$GPGSA,2*01\r\n"), "crlf");
    EXPECT_EQ(
        best("GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi"),
        "{preset: http, headers: {keep_head: true}}"
    );
}

TEST(Capture, HasFitsOfNearlyAnyBytesLast) {
    const std::vector<Fit> fits = fits_of("<14>one\n<14>two\n");
    ASSERT_GE(fits.size(), 3U);
    EXPECT_EQ(fits.front().evidence, Evidence::delimiters);
    EXPECT_TRUE(std::ranges::is_sorted(fits, {}, [](const Fit& fit) {
        return fit.evidence == Evidence::none;
    }));
    EXPECT_EQ(fits.back().evidence, Evidence::none);
    EXPECT_EQ(fit_of("msgpack", "text of small numbers")->evidence, Evidence::none);
    EXPECT_EQ(fit_of("lines", "one line\n")->evidence, Evidence::none);
    EXPECT_EQ(fit_of("lines", "a\nb\nno end")->evidence, Evidence::none);
    EXPECT_EQ(fit_of("fixed:4", "12345678")->evidence, Evidence::none);
}

TEST(Capture, MayEndInsideItsLastFrame) {
    const std::string two = bytes({0, 2}) + "hi" + bytes({0, 3}) + "you";
    EXPECT_EQ(fit_of("u16be", two)->rest, 0U);
    const auto fit = fit_of("u16be", two + bytes({0, 9}) + "cut");
    ASSERT_TRUE(fit);
    EXPECT_EQ(fit->frames, 2U);
    EXPECT_EQ(fit->rest, 5U);
}

TEST(Capture, DoesNotFitWithTooLittle) {
    EXPECT_FALSE(fit_of("u16be", ""));
    EXPECT_FALSE(fit_of("u16be", bytes({0, 9}) + "one incomplete frame"));
    EXPECT_FALSE(fit_of("u16be", bytes({0, 2}) + "hi" + bytes({0, 9}) + "x"));
    EXPECT_FALSE(fit_of("u16be", bytes({0, 0, 0, 0})));
    EXPECT_FALSE(fit_of("fixed:4", "123456789"));
    EXPECT_FALSE(fit_of("netstring", "2:hi,2:hi;"));
    EXPECT_TRUE(fits_of("").empty());
}

TEST(Capture, CountsLostFramesAsRest) {
    const auto fit = fit_of("{preset: hdlc, damaged: discard}", "~abc~~def~ab\x7d~");
    ASSERT_TRUE(fit);
    EXPECT_EQ(fit->frames, 2U);
    EXPECT_EQ(fit->rest, 4U);
}

// Without the file: more than the memory that a recipe may use, made while it is read.
TEST(Capture, IsReadInPieces) {
    const std::string frame = bytes({0, 0, 3, 232}) + std::string(1'000, 'x');
    constexpr std::size_t kFrames = 20'000;
    std::size_t position = 0;
    std::size_t largest = 0;
    const Recipe recipe{{"test"}, "u32be"};
    const auto fit = fit_recipe(recipe, [&](char* to, std::size_t size) -> InputChunk {
        largest = std::max(largest, size);
        if (position == frame.size() * kFrames) {
            return {.end = InputEnd::end, .error = {}};
        }
        const std::size_t at = position % frame.size();
        const std::size_t count = std::min(size, frame.size() - at);
        frame.copy(to, count, at);
        position += count;
        return {.size = count, .error = {}};
    });
    EXPECT_EQ(fit.value()->frames, kFrames);
    EXPECT_LT(largest, std::size_t{1} << 20U);
}

TEST(Capture, ReportsASourceThatFails) {
    const Recipe recipe{{"test"}, "u8"};
    const auto fit = fit_recipe(recipe, [](char*, std::size_t) {
        return InputChunk{.end = InputEnd::failed, .error = "input error"};
    });
    ASSERT_FALSE(fit);
    EXPECT_EQ(fit.error(), "input error");
}

}  // namespace
}  // namespace telex::cli
