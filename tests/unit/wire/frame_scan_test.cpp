#include "support/scan_oracle.hpp"
#include "wire/frame_view.hpp"
#include "wire/quiet_protobuf.hpp"
#include "wire/writer.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace telex::wire {
namespace {

using namespace std::string_literals;

// A length-delimited field with a number below 16.
std::string field(int number, std::string_view bytes) {
    std::string out(1, static_cast<char>(number * 8 + 2));
    char length[kMaxVarintBytes];
    out.append(length, write_varint(length, bytes.size()));
    return out.append(bytes);
}

std::string repeated(std::string_view text, std::size_t count) {
    std::string out;
    while (count-- > 0) {
        out += text;
    }
    return out;
}

// `depth` groups of field 31, one in the other.
std::string groups(std::size_t depth) {
    return repeated("\xFB\x01", depth) + repeated("\xFC\x01", depth);
}

ScanError scan_error_of(std::string_view bytes) {
    quiet_protobuf();
    EXPECT_EQ(telex::testing::scan_disagreement(bytes), "");
    const auto view = scan_frame(bytes);
    EXPECT_FALSE(view) << ::testing::PrintToString(bytes);
    return view ? ScanError{} : view.error();
}

// The views are valid as long as `bytes`.
FrameView scanned(const std::string& bytes) {
    quiet_protobuf();
    EXPECT_EQ(telex::testing::scan_disagreement(bytes), "");
    const auto view = scan_frame(bytes);
    EXPECT_TRUE(view) << ::testing::PrintToString(bytes);
    return view.value_or(FrameView{});
}

// Bytes without another owner are kept until the end.
FrameView scanned(std::string&& bytes) {
    static std::deque<std::string> kept;
    const std::string& frame = kept.emplace_back(std::move(bytes));
    return scanned(frame);
}

TEST(ScanFrame, EmptyFrameHasNothing) {
    const FrameView view = scanned("");
    EXPECT_FALSE(view.has_message);
    EXPECT_FALSE(view.has_control);
}

TEST(ScanFrame, FindsEveryFieldAsAViewIntoTheFrame) {
    const std::string header = field(1, "name") + field(2, "value");
    const std::string body = field(1, "a.b") + field(2, "payload") + field(3, "reply.here") +
                             field(4, header) + field(5, "id") + field(6, "text/plain") +
                             field(7, "x.Y");
    const std::string frame =
        "\x08\x05"s + field(2, body) + "\x18\xAC\x02" + "\x20\x07" + field(5, "_REPLY.1");
    const FrameView view = scanned(frame);
    EXPECT_EQ(view.subscription, 5U);
    EXPECT_EQ(view.request, 300U);
    EXPECT_EQ(view.timeout_ms, 7U);
    EXPECT_EQ(view.reply_to, "_REPLY.1");
    ASSERT_TRUE(view.has_message);
    EXPECT_EQ(view.message.body, body);
    EXPECT_EQ(view.message.subject, "a.b");
    EXPECT_EQ(view.message.payload, "payload");
    EXPECT_EQ(view.message.reply, "reply.here");
    EXPECT_EQ(view.message.header_count, 1U);
    EXPECT_EQ(view.message.header_bytes, header.size());
    EXPECT_GE(view.message.subject.data(), frame.data());
    EXPECT_LE(view.message.subject.data(), frame.data() + frame.size());
}

TEST(ScanFrame, LastOccurrenceOfAFieldCounts) {
    const std::string body = field(1, "first") + field(2, "x") + field(1, "second") + field(2, "");
    const FrameView view = scanned("\x08\x01"s + field(2, body) + "\x08\x02");
    EXPECT_EQ(view.subscription, 2U);
    EXPECT_EQ(view.message.subject, "second");
    EXPECT_EQ(view.message.payload, "");
}

TEST(ScanFrame, ControlsAreSkippedAndNamed) {
    const FrameView ping = scanned(field(15, "\x08\x05"));
    EXPECT_TRUE(ping.has_control);
    EXPECT_EQ(ping.control_count, 1U);
    EXPECT_EQ(ping.control_field, static_cast<std::uint32_t>(v1::Frame::kPing));
    EXPECT_FALSE(ping.has_message);
    const FrameView two = scanned(field(15, "") + field(8, "\x08\x01"));
    EXPECT_EQ(two.control_count, 2U);
    EXPECT_EQ(two.control_field, static_cast<std::uint32_t>(v1::Frame::kHello));
}

TEST(ScanFrame, ControlBytesAreLeftToTheParser) {
    const std::string bytes = field(15, "\xFF");
    EXPECT_TRUE(scanned(bytes).has_control);
    EXPECT_FALSE(v1::Frame().ParseFromString(bytes));
}

TEST(ScanFrame, UnknownFieldsOfEveryTypeAreSkipped) {
    const std::string unknown = "\xF8\x01\x96\x01"s +
                                "\xF9\x01"
                                "12345678" +
                                "\xFA\x01\x02hi" +
                                "\xFD\x01"
                                "1234" +
                                groups(3);
    const FrameView view = scanned(unknown + field(2, unknown + field(1, "a") + unknown) + unknown);
    EXPECT_EQ(view.message.subject, "a");
    EXPECT_FALSE(view.has_control);
}

TEST(ScanFrame, KnownNumberWithAnotherWireTypeIsAnUnknownField) {
    const FrameView view = scanned(
        "\x0A\x01x"s + "\x10\x05" +
        "\x25"
        "1234" +
        "\x78\x01"
    );
    EXPECT_EQ(view.subscription, 0U);
    EXPECT_EQ(view.timeout_ms, 0U);
    EXPECT_FALSE(view.has_message);
    EXPECT_FALSE(view.has_control);
}

TEST(ScanFrame, OverlongVarintsAreReadLikeTheLibrary) {
    EXPECT_EQ(scanned("\x88\x80\x80\x80\x00\x05"s).subscription, 5U);
    EXPECT_EQ(scanned("\x88\x80\x80\x80\x70\x05"s).subscription, 5U);
    EXPECT_EQ(scan_error_of("\x88\x80\x80\x80\x80\x00\x05"s), ScanError::malformed);
    EXPECT_EQ(scanned("\x08\x85\x80\x80\x80\x80\x80\x80\x80\x80\x00"s).subscription, 5U);
    EXPECT_EQ(
        scan_error_of("\x08\x85\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"s), ScanError::malformed
    );
    EXPECT_EQ(scanned("\x20\x85\x80\x80\x80\x90\x01"s).timeout_ms, 5U);
    EXPECT_TRUE(scanned("\x12\x82\x80\x80\x80\x00\x0A\x00"s).has_message);
}

TEST(ScanFrame, OtherBytesAreMalformed) {
    EXPECT_EQ(scan_error_of("\0"s), ScanError::malformed);        // field number 0
    EXPECT_EQ(scan_error_of("\x02\x00"s), ScanError::malformed);  // field number 0
    EXPECT_EQ(scan_error_of("\x0E"s), ScanError::malformed);      // wire type 6
    EXPECT_EQ(scan_error_of("\x0F"s), ScanError::malformed);      // wire type 7
    EXPECT_EQ(scan_error_of("\xFC\x01"s), ScanError::malformed);  // end of a group that is not open
    EXPECT_EQ(scan_error_of("\xFB\x01"s), ScanError::malformed);  // a group without an end
    EXPECT_EQ(
        scan_error_of("\xFB\x01\x8C\x02"s), ScanError::malformed
    );  // the end of another group
    EXPECT_EQ(scan_error_of("\x08"s), ScanError::malformed);
    EXPECT_EQ(scan_error_of("\x12\x05\x0A\x01"s), ScanError::malformed);
    EXPECT_EQ(
        scan_error_of("\xF9\x01"
                      "1234567"s),
        ScanError::malformed
    );
}

TEST(ScanFrame, LengthBeyondTheFrameIsRefused) {
    EXPECT_EQ(scan_error_of("\x12\xFF\xFF\xFF\xFF\x07"s), ScanError::malformed);
    EXPECT_EQ(scan_error_of("\x12\xFF\xFF\xFF\xFF\x0F"s), ScanError::malformed);
    EXPECT_EQ(scan_error_of("\x12\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"s), ScanError::malformed);
}

TEST(ScanFrame, NestedLengthBeyondItsParentIsRefused) {
    EXPECT_EQ(
        scan_error_of(
            field(
                2,
                "\x0A\x05"
                "ab"
            ) +
            "cdefghij"
        ),
        ScanError::malformed
    );
    EXPECT_EQ(scan_error_of(field(2, "\x22\x05\x0A\x01") + "a\x12\x00"s), ScanError::malformed);
}

TEST(ScanFrame, EveryStringIsCheckedForUtf8) {
    const std::vector<std::string> bodies{
        field(1, "\xFF"),
        field(3, "\xFF"),
        field(5, "\xFF"),
        field(6, "\xFF"),
        field(7, "\xFF"),
        field(4, field(1, "\xFF")),
        field(4, field(2, "\xC3")),
    };
    for (const std::string& body : bodies) {
        EXPECT_EQ(scan_error_of(field(2, body)), ScanError::bad_utf8);
    }
    EXPECT_EQ(scan_error_of(field(5, "\xFF")), ScanError::bad_utf8);
    EXPECT_TRUE(scanned(field(2, field(2, "\xFF"))).has_message);
}

TEST(ScanFrame, EarlierOccurrencesAreCheckedAsWell) {
    EXPECT_EQ(scan_error_of(field(2, field(1, "\xFF") + field(1, "good"))), ScanError::bad_utf8);
}

TEST(ScanFrame, GroupsNestAsDeepAsInTheLibrary) {
    const auto header = [](std::size_t depth) { return field(2, field(4, groups(depth))); };
    EXPECT_FALSE(scanned(groups(100)).has_message);
    EXPECT_EQ(scan_error_of(groups(101)), ScanError::too_deep);
    EXPECT_TRUE(scanned(field(2, groups(99))).has_message);
    EXPECT_EQ(scan_error_of(field(2, groups(100))), ScanError::too_deep);
    EXPECT_TRUE(scanned(header(98)).has_message);
    EXPECT_EQ(scan_error_of(header(99)), ScanError::too_deep);
    EXPECT_EQ(scan_error_of(repeated("\xFB\x01", 100'000)), ScanError::too_deep);
}

TEST(ScanFrame, SecondMessageIsUnusualAndMergedByTheSlowPath) {
    const std::string frame = field(2, field(1, "a") + field(2, "old") + field(4, field(1, "h1"))) +
                              field(2, field(2, "new") + field(4, field(1, "h2")));
    EXPECT_EQ(scan_error_of(frame), ScanError::unusual);
    std::string storage = "content of before";
    const auto view = scan_merged(frame, storage);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->message.subject, "a");
    EXPECT_EQ(view->message.payload, "new");
    EXPECT_EQ(view->message.header_count, 2U);
}

TEST(ScanFrame, SlowPathKeepsUnknownFields) {
    const std::string frame = field(2, field(1, "a")) + field(2, "\xFA\x01\x02hi"s);
    std::string storage;
    const auto view = scan_merged(frame, storage);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->message.body, field(1, "a") + "\xFA\x01\x02hi");
}

TEST(ScanFrame, SlowPathRejectsBrokenBytesAfterTheSecondMessage) {
    const std::string frame = field(2, "") + field(2, "") + "\x08";
    std::string storage;
    EXPECT_EQ(scan_merged(frame, storage).error(), ScanError::malformed);
}

TEST(ScanFrame, SlowPathDoesNotJoinTwoBrokenMessages) {
    const std::string body = field(1, "subject");
    const std::string frame = field(2, body.substr(0, 4)) + field(2, body.substr(4));
    std::string storage;
    EXPECT_EQ(telex::testing::scan_disagreement(frame), "");
    EXPECT_EQ(scan_merged(frame, storage).error(), ScanError::malformed);
}

TEST(ScanFrame, CountsHeadersOfAnEmptyHeaderBomb) {
    const FrameView view = scanned(field(2, repeated("\x22\x00"s, 50'000)));
    EXPECT_EQ(view.message.header_count, 50'000U);
    EXPECT_EQ(view.message.header_bytes, 0U);
}

TEST(ScanMessage, ReadsABodyAlone) {
    const std::string body = field(1, "a.b") + field(2, "payload");
    const auto view = scan_message(body);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->body.data(), body.data());
    EXPECT_EQ(view->body.size(), body.size());
    EXPECT_EQ(view->subject, "a.b");
    EXPECT_EQ(view->payload, "payload");
    EXPECT_EQ(
        scan_message("\x0A\x05"
                     "ab")
            .error(),
        ScanError::malformed
    );
}

TEST(ScanMessage, IsTheOutermostLevel) {
    EXPECT_TRUE(scan_message(groups(100)));
    EXPECT_EQ(scan_message(groups(101)).error(), ScanError::too_deep);
}

TEST(HeaderReader, WalksHeadersInOrderWithTheirLastValues) {
    const std::string body = field(4, field(1, "a") + field(2, "1")) + field(1, "subject") +
                             field(4, "") + groups(2) +
                             field(4, field(2, "x") + field(1, "a") + field(2, "2"));
    std::vector<std::pair<std::string, std::string>> headers;
    for_each_header(body, [&](std::string_view name, std::string_view value) {
        headers.emplace_back(name, value);
    });
    const std::vector<std::pair<std::string, std::string>> expected{
        {"a", "1"}, {"", ""}, {"a", "2"}
    };
    EXPECT_EQ(headers, expected);
}

TEST(HeaderReader, StopsAtBrokenBytes) {
    int count = 0;
    for_each_header(field(4, "") + "\x22\x05", [&](auto, auto) { ++count; });
    EXPECT_EQ(count, 1);
}

TEST(ScanError, EachHasAText) {
    EXPECT_NE(text_of(ScanError::malformed), text_of(ScanError::bad_utf8));
    EXPECT_NE(text_of(ScanError::too_deep), text_of(ScanError::unusual));
}

}  // namespace
}  // namespace telex::wire
