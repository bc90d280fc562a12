// Frames that begin with a block of headers. The bytes are those of curl 7.88.1,
// vscode-jsonrpc 8.2.1 and stomp.py 8.0.0, and of the specifications of SIP and RTSP.
#include "codec/headers_decoder.hpp"
#include "support/framing_checks.hpp"

#include <gmock/gmock.h>

namespace telex::codec {
namespace {

using test::drive_pieces;
using test::encode_error;
using test::error_of;
using test::expect_both_ways;
using test::frames_of;
using test::preset;
using test::written;
using ::testing::ElementsAre;

const std::string curl_post =
    "POST /x HTTP/1.1\r\nHost: 127.0.0.1:21470\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"
    "Content-Length: 3\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nabc";

// Keeps the headers and accepts start lines and headers in the first line.
Framing plain() {
    Framing framing = preset("lsp");
    framing.headers = {};
    framing.headers.keep_head = true;
    return framing;
}

TEST(Headers, OfHttpAreRemoved) {
    EXPECT_THAT(frames_of(preset("http"), curl_post + curl_post), ElementsAre("abc", "abc"));
    EXPECT_EQ(written(preset("http"), "abc"), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
    EXPECT_THAT(
        frames_of(preset("http"), "GET / HTTP/1.1\r\nHost: a\r\n\r\n" + curl_post),
        ElementsAre("", "abc")
    );
}

TEST(Headers, AreKeptIfAskedFor) {
    Framing framing = preset("http");
    framing.headers.write_head.clear();
    framing.headers.keep_head = true;
    expect_both_ways(framing, curl_post, curl_post);
    const std::string reply = "HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno";
    expect_both_ways(framing, reply, reply);
    expect_both_ways(framing, "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(Headers, OfLspAreWrittenAsItsClientsWantThem) {
    const std::string body = R"({"jsonrpc":"2.0","method":"x"})";
    expect_both_ways(preset("lsp"), body, "Content-Length: 30\r\n\r\n" + body);
    const std::string large(12'044, 'x');
    expect_both_ways(preset("lsp"), large, "Content-Length: 12044\r\n\r\n" + large);
    const std::string typed =
        "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}";
    EXPECT_THAT(frames_of(preset("lsp"), typed), ElementsAre("{}"));
}

TEST(Headers, OfSipHaveAShortName) {
    const std::string request =
        "OPTIONS sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK\r\nl: "
        "3\r\n\r\nv=0";
    expect_both_ways(preset("sip"), request, request);
    EXPECT_THAT(frames_of(preset("sip"), "\r\n\r\n" + request + "\r\n\r\n"), ElementsAre(request));
    EXPECT_EQ(error_of(preset("sip"), "OPTIONS sip:a SIP/2.0\r\n\r\n"), FrameError::bad_length);
}

TEST(Headers, OfStompEndAtTheZeroByteOrAtTheirLength) {
    const std::string connect = "CONNECT\naccept-version:1.2\nhost:/\n\n";
    const std::string nul(1, '\0');
    expect_both_ways(preset("stomp"), connect, connect + nul);
    const std::string send = "SEND\ndestination:/a\ncontent-length:5\n\nab" + nul + "cd";
    expect_both_ways(preset("stomp"), send, send + nul);
    const std::string text = "SEND\ndestination:/a\n\nhello";
    EXPECT_THAT(
        frames_of(
            preset("stomp"), connect + nul + "\n\n\n" + send + nul + "\n" + text + nul + "\n"
        ),
        ElementsAre(connect, send, text)
    );
    EXPECT_EQ(error_of(preset("stomp"), send + "x"), FrameError::bad_trailer);
    EXPECT_EQ(encode_error(preset("stomp"), text + nul + "x"), FrameError::delimiter_in_payload);
}

// RTSP and the event socket of FreeSWITCH.
TEST(Headers, OfOtherProtocolsNeedNoPreset) {
    const std::string setup = "SETUP rtsp://a/b RTSP/1.0\r\nCSeq: 3\r\n\r\n";
    expect_both_ways(plain(), setup, setup);
    const std::string event = "Content-Length: 4\nContent-Type: text/event-plain\n\nA: b";
    expect_both_ways(plain(), event, event);
    expect_both_ways(plain(), "connect\n\n", "connect\n\n");
}

TEST(Headers, MayLeaveTheEndToTheStream) {
    Framing framing = plain();
    framing.headers.without = WithoutLength::close;
    framing.headers.keep_head = false;
    EXPECT_THAT(frames_of(framing, "HTTP/1.0 200 OK\r\n\r\nall of\nit"), ElementsAre("all of\nit"));
    framing.max_frame_bytes = 8;
    EXPECT_EQ(error_of(framing, "HTTP/1.0 200 OK\r\n\r\n123456789"), FrameError::too_large);
}

TEST(HeaderLength, MustBePlainDigits) {
    for (const std::string value :
         {"", " ", "+3", "-3", "0x3", "3,3", "3 3", "3a", "3.0", "\v3", "99999999999999999999"}) {
        EXPECT_EQ(
            error_of(plain(), "A /\r\nContent-Length:" + value + "\r\n\r\nabc"),
            FrameError::bad_length
        ) << value;
    }
    EXPECT_EQ(
        error_of(plain(), "A /\r\nContent-Length: 9999999999999999999\r\n\r\n"),
        FrameError::too_large
    );
    const std::string odd = "A /\r\nCONTENT-length:\t 003 \t\r\n\r\nabc";
    EXPECT_THAT(frames_of(plain(), odd), ElementsAre(odd));
}

TEST(HeaderLength, MustNotBeRepeated) {
    for (const std::string second : {"Content-Length: 3", "content-length: 4", "l: 3"}) {
        Framing framing = preset("sip");
        EXPECT_EQ(
            error_of(framing, "A /\r\nContent-Length: 3\r\n" + second + "\r\n\r\nabc"),
            FrameError::bad_length
        ) << second;
    }
}

TEST(HeaderSmuggling, OfATransferCodingIsRefused) {
    for (const std::string name : {"Transfer-Encoding", "TRANSFER-ENCODING"}) {
        EXPECT_EQ(
            error_of(
                preset("http"), "POST / HTTP/1.1\r\n" + name + ": chunked\r\n\r\n3\r\nabc\r\n0"
            ),
            FrameError::transfer_encoding
        );
    }
    EXPECT_EQ(
        encode_error(plain(), "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"),
        FrameError::transfer_encoding
    );
}

TEST(HeaderSmuggling, OfAmbiguousLinesIsRefused) {
    for (const std::string line :
         {"Content-Length : 3",
          "Content-Length\t: 3",
          " Content-Length: 3",
          "\tx",
          ": 3",
          "no colon",
          "a b: 3",
          "a: b\rContent-Length: 3",
          "a: \r\r",
          "a\x7F: 3"}) {
        EXPECT_EQ(
            error_of(preset("http"), "GET / HTTP/1.1\r\n" + line + "\r\n\r\n"),
            FrameError::bad_header
        ) << line;
    }
    EXPECT_EQ(
        error_of(preset("stomp"), "SEND\na:" + std::string(1, '\0') + "\n\n"),
        FrameError::bad_header
    );
    EXPECT_EQ(error_of(preset("http"), "GET /\rX HTTP/1.1\r\n\r\n"), FrameError::bad_header);
    EXPECT_EQ(error_of(preset("lsp"), "GET / HTTP/1.1\r\n\r\n"), FrameError::bad_header);
}

// "start" never reads a length from the first line, "header" always does.
TEST(HeaderSmuggling, OfALengthInTheFirstLineFollowsTheOption) {
    const std::string stream = "Content-Length: 3\r\n\r\nabc";
    EXPECT_THAT(frames_of(preset("lsp"), stream), ElementsAre("abc"));
    EXPECT_EQ(drive_pieces(preset("http"), stream, 1).outcome.frames, std::vector<std::string>{""});
    EXPECT_THAT(frames_of(plain(), stream), ElementsAre(stream));
    EXPECT_THAT(frames_of(plain(), "GET http://a:80 HTTP/1.1\r\n\r\n").size(), 1U);
}

TEST(HeadLimit, EndsTheStreamBeforeTheBlankLine) {
    Framing framing = plain();
    framing.headers.head_limit = 20;
    const std::string fits = "S\r\nabc: 45678901\r\n\r\n";
    ASSERT_EQ(fits.size(), 20U);
    EXPECT_THAT(frames_of(framing, fits + fits), ElementsAre(fits, fits));
    EXPECT_EQ(error_of(framing, "S\r\nabc: 456789012\r\n\r\n"), FrameError::head_too_large);
    EXPECT_EQ(error_of(framing, std::string(20, 'x')), FrameError::head_too_large);
    EXPECT_EQ(error_of(framing, std::string(19, 'x')), FrameError::truncated);
    EXPECT_EQ(encode_error(framing, "S\r\nabc: 456789012\r\n\r\n"), FrameError::head_too_large);
}

TEST(HeadLimit, IsApartFromTheLimitOfTheBody) {
    Framing framing = preset("http");
    framing.max_frame_bytes = 3;
    EXPECT_THAT(frames_of(framing, curl_post), ElementsAre("abc"));
    framing.max_frame_bytes = 2;
    EXPECT_EQ(error_of(framing, curl_post), FrameError::too_large);
    framing.oversize = Oversize::discard;
    const auto result = drive_pieces(framing, curl_post + "GET / HTTP/1.1\r\n\r\n" + curl_post, 1);
    EXPECT_THAT(result.outcome.frames, ElementsAre(""));
    EXPECT_EQ(result.outcome.lost, 2U);
}

TEST(HeadLimit, OfABodyUpToItsTrailerCountsTheKeptHeaders) {
    Framing framing = preset("stomp");
    framing.max_frame_bytes = 8;
    framing.oversize = Oversize::discard;
    const std::string nul(1, '\0');
    const auto result = drive_pieces(
        framing,
        "S\n\n12345" + nul + "S\n\n123456" + nul + "S\nlong:header\n\n" + nul + "S\n\n" + nul,
        1
    );
    EXPECT_THAT(result.outcome.frames, ElementsAre("S\n\n12345", "S\n\n"));
    EXPECT_EQ(result.outcome.lost, 2U);
}

TEST(HeadersReply, BringsItsOwnLength) {
    EXPECT_EQ(encode_error(plain(), "HTTP/1.1 200 OK\r\n\r\nhi"), FrameError::bad_length);
    EXPECT_EQ(
        encode_error(plain(), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi"),
        FrameError::bad_length
    );
    EXPECT_EQ(encode_error(plain(), "hi"), FrameError::bad_header);
    EXPECT_EQ(encode_error(plain(), "\r\nContent-Length: 0\r\n\r\n"), FrameError::bad_header);
    EXPECT_EQ(encode_error(plain(), ""), FrameError::bad_header);
}

TEST(HeadersWork, IsLinearForAHeadOfSingleBytes) {
    Framing framing = plain();
    framing.headers.head_limit = kMaxHeadLimit;
    std::string head = "S\r\n";
    while (head.size() < kMaxHeadLimit - 20) {
        head += "a: b\r\n";
    }
    head += "\r\n";
    HeadersDecoder decoder(framing, nullptr);
    for (std::size_t size = 1; size < head.size(); ++size) {
        ASSERT_EQ(decoder.decode(ByteView(head).substr(0, size)).kind, DecodeStep::Kind::need_more);
    }
    EXPECT_EQ(decoder.decode(head).kind, DecodeStep::Kind::frame);
    EXPECT_LE(decoder.examined(), 5 * head.size());
}

using Options = HeaderOptions&;

// The reason why `change` makes the framing impossible; empty if it does not.
std::string fault_of(void (*change)(Options)) {
    Framing framing = preset("lsp");
    framing.headers = {};
    change(framing.headers);
    return validate(framing).value_or("");
}

TEST(HeaderOptions, OfLengthsThatAreImpossibleAreRefused) {
    using ::testing::HasSubstr;
    EXPECT_EQ(fault_of([](Options) {}), "");
    EXPECT_THAT(fault_of([](Options h) { h.lengths = {}; }), HasSubstr("1 to 4 names"));
    EXPECT_THAT(fault_of([](Options h) { h.lengths = {"a b"}; }), HasSubstr("letters, digits"));
    EXPECT_THAT(fault_of([](Options h) { h.lengths = {"a", "A"}; }), HasSubstr("twice"));
    EXPECT_THAT(
        fault_of([](Options h) { h.lengths = {"transfer-encoding"}; }), HasSubstr("never accepted")
    );
    EXPECT_THAT(fault_of([](Options h) { h.head_limit = 0; }), HasSubstr("must be 1"));
    EXPECT_THAT(
        fault_of([](Options h) { h.head_limit = kMaxHeadLimit + 1; }), HasSubstr("must be 1")
    );
    EXPECT_THAT(fault_of([](Options h) { h.head_limit = 30; }), HasSubstr("too small"));
}

TEST(HeaderOptions, OfBodiesThatAreImpossibleAreRefused) {
    using ::testing::HasSubstr;
    EXPECT_THAT(
        fault_of([](Options h) { h.without = WithoutLength::trailer; }),
        HasSubstr("needs headers.trailer")
    );
    const auto closing = [](Options h) {
        h.without = WithoutLength::close;
        h.trailer = "x";
    };
    EXPECT_THAT(fault_of(closing), HasSubstr("impossible"));
}

TEST(HeaderOptions, ThatCannotBeWrittenAreRefused) {
    using ::testing::HasSubstr;
    const auto written = [](Options h) { h.write_head = "a: b\r\n"; };
    EXPECT_EQ(fault_of(written), "");
    EXPECT_THAT(
        fault_of([](Options h) { h.first_line = FirstLine::start; }),
        HasSubstr("needs headers.write_head")
    );
    EXPECT_THAT(fault_of([](Options h) { h.write_head = "a: b"; }), HasSubstr("whole lines"));
    EXPECT_THAT(fault_of([](Options h) { h.write_head = "a: b\n\n"; }), HasSubstr("blank line"));
    EXPECT_THAT(
        fault_of([](Options h) { h.write_head = "Content-Length: 1\r\n"; }), HasSubstr("a length")
    );
    EXPECT_THAT(fault_of([](Options h) { h.write_head = "a: b\n c\n"; }), HasSubstr("bad_header"));
    const auto unused = [](Options h) {
        h.write_head = "a: b\n";
        h.keep_head = true;
    };
    EXPECT_THAT(fault_of(unused), HasSubstr("not written"));
}

}  // namespace
}  // namespace telex::codec
