// Values that end themselves. The bytes are those of python3-msgpack 1.0.3, python3-cbor2 5.4.6 and
// redis-cli 7.0.15, and of the appendix of RFC 8949.
#include "codec/json_scan.hpp"
#include "codec/value_decoder.hpp"
#include "support/framing_checks.hpp"

#include <gmock/gmock.h>

namespace telex::codec {
namespace {

using test::bytes;
using test::drive_pieces;
using test::encode_error;
using test::error_of;
using test::expect_both_ways;
using test::frames_of;
using test::preset;
using ::testing::ElementsAre;

TEST(JsonValue, NeedsNoSeparator) {
    EXPECT_THAT(
        frames_of(preset("json"), R"({"a":1}{"b":[]} [1,2]"x"true null12 -3.5e+7{"c":"}\"{"})"),
        ElementsAre(
            R"({"a":1})",
            R"({"b":[]})",
            "[1,2]",
            "\"x\"",
            "true",
            "null",
            "12",
            "-3.5e+7",
            R"({"c":"}\"{"})"
        )
    );
    EXPECT_THAT(frames_of(preset("json"), " \r\n\t1\n2"), ElementsAre("1", "2"));
    expect_both_ways(preset("json"), R"({"k":"\u00e9"})", "{\"k\":\"\\u00e9\"}\n");
}

TEST(JsonValue, ThatIsNotOneIsRefused) {
    for (const std::string text :
         {"}",    "]",   ",",   "x",     "{1:2}",      "{\"a\"}",       "{\"a\":}",
          "[1,]", "[,",  "{,",  "[1 2]", "{\"a\":1,}", "tru ",          "nul]",
          "01",   "1.x", "-x",  "1e+x",  "\"\n\"",     "\"\\x\"",       "\"\\u12g4\"",
          "[}",   "{]",  "12,", "+1",    "1true",      "\xEF\xBB\xBF{}"}) {
        EXPECT_EQ(error_of(preset("json"), text), FrameError::bad_value) << text;
    }
    for (const std::string text : {"{", "[1", "\"a", "tru", "1.", "-", "1e"}) {
        EXPECT_EQ(error_of(preset("json"), text), FrameError::truncated) << text;
    }
}

TEST(JsonValue, IsWrittenAlone) {
    EXPECT_EQ(encode_error(preset("json"), ""), FrameError::bad_value);
    EXPECT_EQ(encode_error(preset("json"), "{"), FrameError::bad_value);
    EXPECT_EQ(encode_error(preset("json"), "{}{}"), FrameError::delimiter_in_payload);
    EXPECT_EQ(encode_error(preset("json"), " {}"), FrameError::delimiter_in_payload);
    EXPECT_EQ(encode_error(preset("json"), "{}\n"), FrameError::delimiter_in_payload);
    EXPECT_EQ(encode_error(preset("json"), "1 2"), FrameError::delimiter_in_payload);
}

// {"a": [1, -1, 1.5, None, True], "b": b"xyz", "long": "x" * 40} and 300.
const std::string packed_map =
    bytes({0x83, 0xA1}) + "a" +
    bytes({0x95, 1, 0xFF, 0xCB, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0, 0xC0, 0xC3, 0xA1}) + "b" +
    bytes({0xC4, 3}) + "xyz" + bytes({0xA4}) + "long" + bytes({0xD9, 40}) + std::string(40, 'x');

TEST(MsgpackValue, OfEveryTypeIsRead) {
    const std::string number = bytes({0xCD, 1, 0x2C});
    const std::string extension = bytes({0xD6, 0xFF, 0x65, 0x53, 0xF1, 0});  // a time stamp
    const std::string empty_map = bytes({0xDF, 0, 0, 0, 0});
    EXPECT_THAT(
        frames_of(preset("msgpack"), packed_map + number + extension + empty_map + packed_map),
        ElementsAre(packed_map, number, extension, empty_map, packed_map)
    );
    expect_both_ways(preset("msgpack"), packed_map, packed_map);
    EXPECT_EQ(error_of(preset("msgpack"), bytes({0xC1})), FrameError::bad_value);
    EXPECT_EQ(encode_error(preset("msgpack"), packed_map + "x"), FrameError::delimiter_in_payload);
}

TEST(CborValue, OfEveryTypeIsRead) {
    const std::string definite = bytes({0xA2, 0x61}) + "a" + bytes({0x83, 1, 0x20, 0xF9, 0x3E, 0}) +
                                 bytes({0x61}) + "b" + bytes({0x43}) + "xyz";
    const std::string indefinite = bytes({0xBF, 0x63}) + "Fun" + bytes({0xF5, 0x63}) + "Amt" +
                                   bytes({0x9F, 0x5F, 0x42, 1, 2, 0x40, 0xFF, 0xFF, 0xFF});
    const std::string date = bytes({0xC1, 0x1A, 0x51, 0x4B, 0x67, 0xB0});
    const std::string simple = bytes({0xF8, 0xFF});
    EXPECT_THAT(
        frames_of(preset("cbor"), definite + indefinite + date + simple),
        ElementsAre(definite, indefinite, date, simple)
    );
    expect_both_ways(preset("cbor"), indefinite, indefinite);
}

TEST(CborValue, ThatIsNotWellFormedIsRefused) {
    for (const std::string& value :
         {bytes({0xFF}),                    // a stop without a beginning
          bytes({0x81, 0xFF}),              // in an array of known size
          bytes({0xBF, 1, 0xFF}),           // between key and value
          bytes({0x5F, 0x61, 'a', 0xFF}),   // text in a byte string
          bytes({0x5F, 0x5F, 0xFF, 0xFF}),  // chunks in chunks
          bytes({0x5F, 1, 0xFF}),
          bytes({0x1C}),
          bytes({0x1F}),
          bytes({0xDF}),
          bytes({0xF8, 0x1F}),
          bytes({0xFC})}) {
        EXPECT_EQ(error_of(preset("cbor"), value), FrameError::bad_value) << value.size();
    }
}

TEST(RespValue, OfEveryTypeIsRead) {
    const std::string set = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\na\r\nb!\r\n";
    const std::string map = "%2\r\n+server\r\n+redis\r\n+proto\r\n:3\r\n";
    const std::string attribute = "|1\r\n+ttl\r\n:3600\r\n$2\r\nhi\r\n";
    EXPECT_THAT(
        frames_of(
            preset("resp"),
            set + "$-1\r\n*-1\r\n_\r\n#t\r\n,1.5\r\n(123\r\n=5\r\ntxt:a\r\n*0\r\n" + map +
                attribute + ">2\r\n+a\r\n+b\r\n-ERR no\r\n"
        ),
        ElementsAre(
            set,
            "$-1\r\n",
            "*-1\r\n",
            "_\r\n",
            "#t\r\n",
            ",1.5\r\n",
            "(123\r\n",
            "=5\r\ntxt:a\r\n",
            "*0\r\n",
            map,
            attribute,
            ">2\r\n+a\r\n+b\r\n",
            "-ERR no\r\n"
        )
    );
    expect_both_ways(preset("resp"), set, set);
}

TEST(RespValue, ThatIsNotOneIsRefused) {
    for (const std::string value :
         {"PING\r\n",
          "$\r\n",
          "$x",
          "$1x",
          "$-2",
          "$-1x",
          "*-0",
          "~-1",
          "$99999999999",
          "$1\n",
          "$1\r\nabc",
          "$1\r\na\rx",
          "+a\nb",
          "+a\rb",
          "$?\r\n"}) {
        EXPECT_EQ(error_of(preset("resp"), value), FrameError::bad_value) << value;
    }
    EXPECT_EQ(encode_error(preset("resp"), "PONG"), FrameError::bad_value);
    EXPECT_EQ(encode_error(preset("resp"), "+PONG"), FrameError::bad_value);
}

TEST(ValueNesting, IsLimited) {
    struct Case {
        std::string_view name;
        std::string open;
        std::string close;
    };

    for (const Case& format :
         {Case{"json", "[", "]"},
          Case{"msgpack", "\x91", ""},
          Case{"cbor", "\x81", ""},
          Case{"cbor", "\xC1", ""},
          Case{"cbor", "\x9F", "\xFF"},
          Case{"resp", "*1\r\n", ""}}) {
        Framing framing = preset(format.name);
        framing.nesting = 20;
        const std::string inner = format.name == "resp"   ? "_\r\n"
                                  : format.name == "json" ? "0"
                                                          : "\x01";
        std::string value = inner;
        for (int depth = 0; depth < 20; ++depth) {
            value = format.open + value + format.close;
        }
        EXPECT_THAT(frames_of(framing, value), ElementsAre(value));
        EXPECT_EQ(error_of(framing, format.open + value), FrameError::too_deep) << format.name;
        EXPECT_EQ(encode_error(framing, format.open + value + format.close), FrameError::too_deep);
    }
}

TEST(ValueLimit, IsCheckedOnTheHeadOfAString) {
    Framing framing = preset("msgpack");
    framing.max_frame_bytes = 100;
    EXPECT_EQ(error_of(framing, bytes({0xC6, 0xFF, 0xFF, 0xFF, 0xFF})), FrameError::too_large);
    EXPECT_EQ(error_of(framing, bytes({0x92, 1, 0xD9, 98})), FrameError::too_large);
    const auto decoder = make_decoder(framing);
    EXPECT_EQ(decoder->decode(bytes({0xD9, 98})).need, 100U);
    EXPECT_EQ(error_of(preset("resp"), "$9999999999\r\n"), FrameError::too_large);
    EXPECT_EQ(error_of(preset("cbor"), "\x7B" + std::string(8, '\xFF')), FrameError::too_large);
}

TEST(ValueLimit, OfAListIsThatOfItsBytes) {
    Framing framing = preset("msgpack");
    framing.max_frame_bytes = 10;
    const std::string endless = bytes({0xDD, 0xFF, 0xFF, 0xFF, 0xFF});
    EXPECT_EQ(error_of(framing, endless), FrameError::truncated);
    EXPECT_EQ(error_of(framing, endless + std::string(6, '\x01')), FrameError::too_large);
    framing.oversize = Oversize::discard;
    framing.discard_budget = 50;
    const std::string eleven = bytes({0x9A}) + std::string(10, '\x01');
    const auto result = drive_pieces(framing, eleven + "\x05" + eleven, 1);
    EXPECT_THAT(result.outcome.frames, ElementsAre("\x05"));
    EXPECT_EQ(result.outcome.lost, 2U);
    EXPECT_EQ(error_of(framing, endless + std::string(100, '\x01')), FrameError::too_large);
}

// Its end is seen at the byte behind it, when all of it was skipped.
TEST(ValueLimit, OfANumberThatIsDiscarded) {
    Framing framing = preset("json");
    framing.max_frame_bytes = 4;
    framing.oversize = Oversize::discard;
    framing.discard_budget = 50;
    EXPECT_THAT(frames_of(framing, "1234567 12 1234567[3]"), ElementsAre("12", "[3]"));
}

// A list of 20,000 values.
std::string long_list(std::string_view name) {
    struct List {
        std::string head;
        std::string item;
        std::string end;
    };

    const List list = name == "json" ? List{"[0", R"(,{"k":12})", "]"}
                      : name == "msgpack"
                          ? List{bytes({0xDC, 0x4E, 0x20}), "\x81\xA1k\xD9\x02hi", ""}
                      : name == "cbor" ? List{bytes({0x99, 0x4E, 0x20}), "\xA1\x61k\x62hi", ""}
                                       : List{"*20000\r\n", "$2\r\nhi\r\n", ""};
    std::string value = list.head;
    for (int i = 0; i < 20'000; ++i) {
        value += list.item;
    }
    return value + list.end;
}

TEST(ValueWork, IsLinearForSingleBytes) {
    for (const std::string_view name : {"json", "msgpack", "cbor", "resp"}) {
        const std::string value = long_list(name);
        const auto decoder = make_decoder(preset(name));
        for (std::size_t size = 1; size < value.size(); ++size) {
            const DecodeStep step = decoder->decode(ByteView(value).substr(0, size));
            ASSERT_EQ(step.kind, DecodeStep::Kind::need_more) << name << size;
        }
        EXPECT_EQ(decoder->decode(value).payload.size(), value.size()) << name;
        EXPECT_LE(decoder->examined(), 4 * value.size()) << name;
    }
}

}  // namespace
}  // namespace telex::codec
