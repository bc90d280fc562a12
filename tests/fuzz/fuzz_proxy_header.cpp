// The header of the PROXY protocol, compared with a naive reading of the whole input. The first
// byte says in what pieces the others arrive.
#include "net/proxy_header.hpp"
#include "support/naive_proxy_header.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using telex::net::ProxyHeader;
using telex::testing::NaiveProxyHeader;

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

std::string peer_text(const ProxyHeader& header) {
    switch (header.from) {
        case ProxyHeader::From::itself:
            return "itself";
        case ProxyHeader::From::named:
            return telex::net::to_string(header.peer);
        default:
            return {};
    }
}

void check(std::string_view input, std::size_t piece) {
    const NaiveProxyHeader expected = telex::testing::read_proxy_header(input);
    telex::net::ProxyHeaderParser parser;
    std::size_t taken = 0;
    while (taken < input.size() && !parser.done()) {
        const auto step = parser.take(input.substr(taken, piece));
        if (!step) {
            require(expected.result == NaiveProxyHeader::Result::wrong);
            return;
        }
        require(*step > 0);
        taken += *step;
    }
    if (!parser.done()) {
        require(expected.result == NaiveProxyHeader::Result::incomplete);
        return;
    }
    require(expected.result == NaiveProxyHeader::Result::complete && expected.size == taken);
    require(peer_text(parser.header()) == expected.peer);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 0) {
        const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
        check(input, std::max<std::size_t>(data[0], 1));
    }
    return 0;
}
