#include "web/request_check.hpp"

#include "codec/decoder.hpp"
#include "support/framing_cases.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace telex::web {
namespace {

using codec::DecodeStep;
using codec::FrameError;
using codec::Framing;
using test::preset;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Received {
    std::vector<std::string> frames;
    std::optional<FrameError> error;

    friend bool operator==(const Received&, const Received&) = default;
};

std::string post(const std::string& fields) {
    return "POST / HTTP/1.1\r\nHost: localhost:8000\r\n" + fields + "Content-Length: 3\r\n\r\nabc";
}

const std::string foreign_post = post("Origin: http://evil.example\r\n");
const std::string own_post = post("Origin: http://localhost:3000\r\n");

class PageRequests : public ::testing::Test {
protected:
    // Gives the stream in pieces of this size.
    Received receive(const Framing& framing, const std::string& stream, std::size_t piece) const {
        const RequestCheck check(guard_);
        const auto decoder = codec::make_decoder(framing, &check);
        Received received;
        std::string input;
        for (std::size_t at = 0; at < stream.size(); at += piece) {
            input += stream.substr(at, piece);
            if (!take_frames(*decoder, input, received)) {
                break;
            }
        }
        return received;
    }

    // The same for every size of the pieces.
    Received receive(const Framing& framing, const std::string& stream) const {
        const Received whole = receive(framing, stream, stream.size());
        for (std::size_t piece = 1; piece < stream.size(); ++piece) {
            EXPECT_EQ(receive(framing, stream, piece), whole) << "pieces of " << piece;
        }
        return whole;
    }

    std::optional<FrameError> error_of(const std::string& stream) const {
        return receive(preset("http"), stream).error;
    }

    void permit(std::vector<std::string> origins) { guard_ = PageGuard(std::move(origins)); }

private:
    // Returns false after an error.
    static bool take_frames(codec::Decoder& decoder, std::string& input, Received& received) {
        for (;;) {
            const DecodeStep step = decoder.decode(input);
            if (step.kind == DecodeStep::Kind::error) {
                received.error = step.error;
                return false;
            }
            if (step.kind == DecodeStep::Kind::need_more) {
                return true;
            }
            if (step.kind == DecodeStep::Kind::frame) {
                received.frames.emplace_back(step.payload);
            }
            input.erase(0, step.consumed);
        }
    }

    PageGuard guard_{{}};
};

TEST_F(PageRequests, OfOtherSitesAreRefusedBeforeTheirBody) {
    const std::string head = foreign_post.substr(0, foreign_post.size() - 3);
    EXPECT_EQ(error_of(head), FrameError::foreign_page);
    const Received received = receive(preset("http"), foreign_post);
    EXPECT_THAT(received.frames, IsEmpty());
    EXPECT_EQ(received.error, FrameError::foreign_page);
}

TEST_F(PageRequests, AreRefusedInAnySpelling) {
    for (const char* line :
         {"origin:http://evil.example\r\n",
          "ORIGIN: \t null \r\n",
          "Origin: http://localhost.evil\n"}) {
        EXPECT_EQ(error_of(post(line)), FrameError::foreign_page) << line;
    }
    EXPECT_EQ(
        error_of("\r\n\r\nPUT / HTTP/1.0\nOrigin: http://evil.example\n\n"),
        FrameError::foreign_page
    );
}

TEST_F(PageRequests, OfThisHostEnter) {
    EXPECT_THAT(receive(preset("http"), own_post + own_post).frames, ElementsAre("abc", "abc"));
    EXPECT_EQ(error_of(own_post), std::nullopt);
}

TEST_F(PageRequests, OfListedOriginsEnter) {
    permit({"http://evil.example"});
    EXPECT_THAT(receive(preset("http"), foreign_post).frames, ElementsAre("abc"));
    EXPECT_EQ(error_of(post("Origin: http://other.example\r\n")), FrameError::foreign_page);
    permit({"*"});
    EXPECT_EQ(error_of(post("Origin: http://other.example\r\n")), std::nullopt);
    EXPECT_EQ(error_of(post("Sec-Fetch-Site: cross-site\r\n")), std::nullopt);
}

TEST_F(PageRequests, WithoutAnOriginEnter) {
    EXPECT_EQ(error_of(post("")), std::nullopt);
    EXPECT_EQ(error_of("GET / HTTP/1.1\r\nHost: gateway.lan\r\n\r\n"), std::nullopt);
    EXPECT_EQ(error_of("GET / HTTP/1.0\r\n\r\n"), std::nullopt);
}

// Images and links of a page.
TEST_F(PageRequests, WithoutAnOriginAreRefusedIfTheBrowserNamesAnotherSite) {
    for (const char* site : {"cross-site", "same-site"}) {
        EXPECT_EQ(
            error_of(post(std::string("Sec-Fetch-Site: ") + site + "\r\n")),
            FrameError::foreign_page
        ) << site;
    }
    for (const char* site : {"none", "same-origin"}) {
        EXPECT_EQ(error_of(post(std::string("Sec-Fetch-Site: ") + site + "\r\n")), std::nullopt)
            << site;
    }
}

TEST_F(PageRequests, ByAnotherNameOfThisHostAreRefused) {
    EXPECT_EQ(
        error_of("POST / HTTP/1.1\r\nHost: evil.example:8000\r\nOrigin: http://localhost\r\n\r\n"),
        FrameError::foreign_page
    );
    EXPECT_EQ(
        error_of("POST / HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\n\r\n"),
        FrameError::foreign_page
    );
    EXPECT_EQ(
        error_of("POST / HTTP/1.1\r\nOrigin: http://localhost\r\n\r\n"), FrameError::foreign_page
    );
}

TEST_F(PageRequests, AreEachChecked) {
    for (const std::string& first : {own_post, post("")}) {
        const Received received = receive(preset("http"), first + foreign_post + own_post);
        EXPECT_THAT(received.frames, ElementsAre("abc"));
        EXPECT_EQ(received.error, FrameError::foreign_page);
    }
}

TEST_F(PageRequests, WithSeveralOriginsAreAmbiguous) {
    const std::string line = "Origin: http://localhost\r\n";
    EXPECT_EQ(error_of(post(line + line)), FrameError::bad_header);
    EXPECT_EQ(error_of(post("Origin:\r\n")), FrameError::bad_header);
    EXPECT_EQ(error_of(post("Host: localhost\r\n")), FrameError::bad_header);
}

TEST_F(PageRequests, AreCheckedForOtherFramingsWithStartLines) {
    Framing either = preset("http");
    either.headers = {};
    for (const Framing& framing : {either, preset("sip")}) {
        EXPECT_EQ(receive(framing, foreign_post).error, FrameError::foreign_page);
    }
    Framing later = preset("http");
    later.first.framing = {preset("lines")};
    later.first.begins = "first";
    ASSERT_EQ(codec::validate(later), std::nullopt);
    const Received received = receive(later, "first line\n" + foreign_post);
    EXPECT_THAT(received.frames, ElementsAre("first line"));
    EXPECT_EQ(received.error, FrameError::foreign_page);
}

TEST_F(PageRequests, AreOfHttpOnly) {
    const std::string request =
        "OPTIONS sip:a SIP/2.0\r\nOrigin: http://evil.example\r\nl: 0\r\n\r\n";
    EXPECT_THAT(receive(preset("sip"), request).frames, ElementsAre(request));
    const std::string response = "HTTP/1.1 200 OK\r\nOrigin: http://evil.example\r\n\r\n";
    EXPECT_THAT(receive(preset("http"), response).frames, ElementsAre(""));
}

// With headers only, a start line is an error already.
TEST_F(PageRequests, AreNotFramesOfHeadersOnly) {
    EXPECT_EQ(receive(preset("lsp"), foreign_post).error, FrameError::bad_header);
    EXPECT_FALSE(codec::has_start_lines(preset("lsp")));
    EXPECT_FALSE(codec::has_start_lines(preset("lines")));
}

}  // namespace
}  // namespace telex::web
