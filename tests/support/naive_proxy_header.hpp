#pragma once
// The header of the PROXY protocol as a plain reading of the whole input, to compare with
// net::ProxyHeaderParser.
#include <arpa/inet.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::testing {

struct NaiveProxyHeader {
    enum class Result { incomplete, complete, wrong };

    Result result = Result::wrong;
    std::size_t size = 0;  // complete
    // As net::to_string writes it; empty: no address. "itself": the proxy.
    std::string peer{};
};

namespace naive {

inline std::string text_of(int family, const void* address, unsigned port) {
    char text[INET6_ADDRSTRLEN] = {};
    ::inet_ntop(family, address, text, sizeof text);
    std::string host = text;
    if (family == AF_INET6 && host.starts_with("::ffff:") && host.find('.') != std::string::npos) {
        host = host.substr(7);
        family = AF_INET;
    }
    return (family == AF_INET ? host : "[" + host + "]") + ":" + std::to_string(port);
}

inline std::optional<unsigned> port_of(const std::string& text) {
    if (text.empty() || text.size() > 5 ||
        text.find_first_not_of("0123456789") != std::string::npos ||
        (text.size() > 1 && text[0] == '0') || std::stoul(text) > 65'535) {
        return std::nullopt;
    }
    return static_cast<unsigned>(std::stoul(text));
}

inline NaiveProxyHeader read_line(std::string_view input) {
    const std::size_t end = input.substr(0, 107).find('\n');
    if (end == std::string_view::npos) {
        return {
            input.size() < 107 ? NaiveProxyHeader::Result::incomplete
                               : NaiveProxyHeader::Result::wrong
        };
    }
    if (input[end - 1] != '\r') {
        return {};
    }
    std::vector<std::string> words(1);
    for (const char letter : input.substr(0, end - 1)) {
        if (letter == ' ') {
            words.emplace_back();
        } else {
            words.back() += letter;
        }
    }
    if (words[1] == "UNKNOWN") {
        return {NaiveProxyHeader::Result::complete, end + 1};
    }
    const bool v4 = words[1] == "TCP4";
    if (words.size() != 6 || (!v4 && words[1] != "TCP6")) {
        return {};
    }
    unsigned char source[16];
    unsigned char destination[16];
    for (const std::size_t at : {2U, 3U}) {
        const bool plain =
            words[at].find_first_not_of("0123456789abcdefABCDEF:.") == std::string::npos;
        if (!plain || ::inet_pton(
                          v4 ? AF_INET : AF_INET6, words[at].c_str(), at == 2 ? source : destination
                      ) != 1) {
            return {};
        }
    }
    const auto port = port_of(words[4]);
    if (!port || !port_of(words[5])) {
        return {};
    }
    return {
        NaiveProxyHeader::Result::complete, end + 1, text_of(v4 ? AF_INET : AF_INET6, source, *port)
    };
}

inline NaiveProxyHeader read_binary(std::string_view input) {
    if (input.size() < 16) {
        return {NaiveProxyHeader::Result::incomplete};
    }
    const auto at = [&](std::size_t place) { return static_cast<unsigned char>(input[place]); };
    const std::size_t rest = at(14) * 256U + at(15);
    const bool itself = at(12) == 0x20;
    std::size_t addresses = 0;
    if (!itself) {
        switch (at(13)) {
            case 0x00:
                break;
            case 0x11:
                addresses = 12;
                break;
            case 0x21:
                addresses = 36;
                break;
            case 0x31:
                addresses = 216;
                break;
            default:
                return {};
        }
        if (at(12) != 0x21 || rest < addresses) {
            return {};
        }
    }
    if (16 + rest > 2'048) {
        return {};
    }
    if (input.size() < 16 + rest) {
        return {NaiveProxyHeader::Result::incomplete};
    }
    NaiveProxyHeader header{NaiveProxyHeader::Result::complete, 16 + rest, itself ? "itself" : ""};
    if (addresses == 12) {
        header.peer = text_of(AF_INET, &input[16], at(24) * 256U + at(25));
    } else if (addresses == 36) {
        header.peer = text_of(AF_INET6, &input[16], at(48) * 256U + at(49));
    }
    return header;
}

}  // namespace naive

inline NaiveProxyHeader read_proxy_header(std::string_view input) {
    const std::string_view binary("\r\n\r\n\0\r\nQUIT\n", 12);
    for (const std::string_view start : {std::string_view("PROXY "), binary}) {
        const std::size_t size = std::min(start.size(), input.size());
        if (input.substr(0, size) == start.substr(0, size)) {
            if (size < start.size()) {
                return {NaiveProxyHeader::Result::incomplete};
            }
            return start == binary ? naive::read_binary(input) : naive::read_line(input);
        }
    }
    return {};
}

}  // namespace telex::testing
