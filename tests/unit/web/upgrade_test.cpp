#include "web/upgrade.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace telex::web {
namespace {

using Lines = std::vector<std::string>;

const Lines kRequest = {
    "GET /chat HTTP/1.1",
    "Host: localhost:80",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
};

std::string text_of(const Lines& lines) {
    std::string text;
    for (const std::string& line : lines) {
        text += line + "\r\n";
    }
    return text + "\r\n";
}

// The request with another line at `index`; an empty one removes it.
std::string with_line(std::size_t index, const std::string& line) {
    Lines lines = kRequest;
    lines[index] = line;
    if (line.empty()) {
        lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(index));
    }
    return text_of(lines);
}

std::string with_more(const std::string& line) {
    Lines lines = kRequest;
    lines.push_back(line);
    return text_of(lines);
}

struct Outcome {
    std::size_t used = 0;
    std::string fault;  // "none", or "incomplete request"
    std::string response;
};

Outcome offer(
    const std::string& request, std::size_t piece = SIZE_MAX, UpgradeRules rules = {"/chat", {}}
) {
    const PageGuard guard({});
    Upgrade upgrade(rules, guard);
    Outcome outcome;
    std::string_view rest = request;
    while (!rest.empty() && !upgrade.is_complete()) {
        const std::string_view bytes = rest.substr(0, piece);
        outcome.used += upgrade.take(bytes);
        rest.remove_prefix(bytes.size());
    }
    outcome.fault = !upgrade.is_complete() ? "incomplete request"
                    : upgrade.fault()      ? std::string(name_of(*upgrade.fault()))
                                           : "none";
    outcome.response = upgrade.response();
    return outcome;
}

// The example of RFC 6455, 1.3.
TEST(Upgrade, AcceptsTheKeyOfTheStandard) {
    const Outcome outcome = offer(text_of(kRequest));
    EXPECT_EQ(outcome.fault, "none");
    EXPECT_EQ(
        outcome.response,
        "HTTP/1.1 101 Switching Protocols\r\n"
        "Upgrade: websocket\r\n"
        "Connection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
        "\r\n"
    );
}

TEST(Upgrade, IsTheSameForEverySplit) {
    const std::string request = text_of(kRequest);
    const std::string stream = request + "\x81\x80more";
    for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
        const Outcome outcome = offer(stream, piece);
        EXPECT_EQ(outcome.fault, "none");
        EXPECT_EQ(outcome.used, request.size()) << "in pieces of " << piece;
    }
    for (std::size_t size = 0; size < request.size(); ++size) {
        EXPECT_EQ(offer(request.substr(0, size)).fault, "incomplete request");
    }
}

TEST(Upgrade, IgnoresCaseAndOrderOfListsAndQueries) {
    EXPECT_EQ(offer(with_line(0, "GET /chat?room=1 HTTP/1.1")).fault, "none");
    EXPECT_EQ(offer(with_line(2, "upgrade: h2c, WebSocket")).fault, "none");
    EXPECT_EQ(offer(with_line(3, "CONNECTION:keep-alive,\tuPGRADE")).fault, "none");
    EXPECT_EQ(offer(with_more("Sec-WebSocket-Extensions: permessage-deflate")).fault, "none");
    EXPECT_EQ(offer(with_more("Content-Length: 0")).fault, "none");
}

TEST(Upgrade, RefusesOtherRequests) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"\n", "not_http"},
        {R"({"hello":{}})", "not_http"},
        {"\x16\x03\x01", "not_http"},
        {with_line(0, "GET /chat HTTP/1.0"), "not_http"},
        {with_line(0, "GET  HTTP/1.1"), "not_http"},
        {with_line(0, "GET /chat"), "not_http"},
        {with_line(0, "GET /ch at HTTP/1.1"), "not_http"},
        {with_line(0, "POST /chat HTTP/1.1"), "method"},
        {with_line(0, "GET / HTTP/1.1"), "path"},
        {with_line(0, "GET /chat/ HTTP/1.1"), "path"},
        {with_line(1, ""), "bad_header"},
        {with_more("Host: localhost"), "bad_header"},
        {with_line(1, "Host : localhost"), "bad_header"},
        {with_line(1, "Host: localhost\r\n folded"), "bad_header"},
        {with_more("no colon"), "bad_header"},
        {with_more("Content-Length: 1"), "bad_header"},
        {with_more("Transfer-Encoding: chunked"), "bad_header"},
        {with_more("Origin:"), "bad_header"},
        {with_line(2, ""), "not_an_upgrade"},
        {with_line(2, "Upgrade: websocket2"), "not_an_upgrade"},
        {with_line(3, ""), "not_an_upgrade"},
        {with_line(3, "Connection: close"), "not_an_upgrade"},
        {with_line(4, ""), "key"},
        {with_line(4, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ="), "key"},
        {with_line(4, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j!Q=="), "key"},
        {with_more(kRequest[4]), "bad_header"},
        {with_line(5, ""), "version"},
        {with_line(5, "Sec-WebSocket-Version: 8"), "version"},
        {with_more(kRequest[5]), "bad_header"},
        {with_more("Origin: https://evil.org"), "origin"},
        {with_more("Sec-WebSocket-Protocol: a b"), "bad_header"},
    };
    for (const auto& [request, fault] : cases) {
        EXPECT_EQ(offer(request).fault, fault) << request;
        EXPECT_EQ(offer(request, 1).fault, fault) << request;
    }
}

TEST(Upgrade, RefusesTheHostOfAnotherServerToPages) {
    Lines lines = kRequest;
    lines[1] = "Host: gateway.lan";
    EXPECT_EQ(offer(text_of(lines)).fault, "none") << "not a browser";
    lines.emplace_back("Origin: http://localhost");
    EXPECT_EQ(offer(text_of(lines)).fault, "host");
}

TEST(Upgrade, HasALimit) {
    std::string request = "GET /chat HTTP/1.1\r\nA: ";
    request.append(2 * Upgrade::kMaxHead, 'x');
    for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, request.size()}) {
        EXPECT_EQ(offer(request, piece).fault, "head_too_large");
    }
    std::string longest = text_of(kRequest);
    longest.insert(longest.size() - 2, "A: \r\n");
    longest.insert(longest.size() - 4, std::string(Upgrade::kMaxHead - longest.size(), 'x'));
    EXPECT_EQ(longest.size(), Upgrade::kMaxHead);
    EXPECT_EQ(offer(longest).fault, "none");
}

std::string chosen(const std::string& offered, std::vector<std::string> spoken) {
    const Outcome outcome = offer(with_more(offered), SIZE_MAX, {"/chat", std::move(spoken)});
    constexpr std::string_view kName = "Sec-WebSocket-Protocol: ";
    const std::size_t begin = outcome.response.find(kName);
    if (begin == std::string::npos) {
        return outcome.fault;
    }
    const std::size_t value = begin + kName.size();
    return outcome.response.substr(value, outcome.response.find("\r\n", value) - value);
}

TEST(Upgrade, ChoosesTheFirstSubprotocolThatIsOffered) {
    EXPECT_EQ(chosen("Sec-WebSocket-Protocol: a, b", {}), "a");
    EXPECT_EQ(chosen("Sec-WebSocket-Protocol: a, b", {"b", "c"}), "b");
    EXPECT_EQ(chosen("Sec-WebSocket-Protocol: c\r\nSec-WebSocket-Protocol: b", {"b", "c"}), "c");
    EXPECT_EQ(chosen("Sec-WebSocket-Protocol: a", {"b"}), "subprotocol");
    EXPECT_EQ(chosen("Sec-WebSocket-Protocol:", {"b"}), "none");
    EXPECT_EQ(chosen("Accept: none offered", {"b"}), "none");
}

}  // namespace
}  // namespace telex::web
