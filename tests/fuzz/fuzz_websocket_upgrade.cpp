// The request for a WebSocket: any split gives the same response, and only requests that have all
// that RFC 6455 requires are accepted. The first byte says in what pieces the others arrive.
#include "web/upgrade.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using telex::web::PageGuard;
using telex::web::Upgrade;
using telex::web::UpgradeRules;

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

struct Outcome {
    bool complete = false;
    bool accepted = false;
    std::size_t used = 0;
    std::string response;
};

Outcome run(std::string_view input, std::size_t piece) {
    const UpgradeRules rules{.path = "/chat", .subprotocols = {}};
    const PageGuard guard({});
    Upgrade upgrade(rules, guard);
    Outcome outcome;
    while (!input.empty() && !upgrade.is_complete()) {
        const std::string_view bytes = input.substr(0, piece);
        const std::size_t used = upgrade.take(bytes);
        require(used <= bytes.size());
        outcome.used += used;
        input.remove_prefix(bytes.size());
    }
    outcome.complete = upgrade.is_complete();
    outcome.accepted = upgrade.is_complete() && !upgrade.fault();
    outcome.response = upgrade.response();
    require(upgrade.memory() <= 4 * Upgrade::kMaxHead);
    return outcome;
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

void check(std::string_view input, std::size_t piece) {
    const Outcome whole = run(input, input.size());
    const Outcome split = run(input, piece);
    require(whole.complete == split.complete && whole.accepted == split.accepted);
    require(whole.response == split.response);
    if (whole.accepted) {
        require(whole.used == split.used);
        const std::string_view head = input.substr(0, whole.used);
        require(head.starts_with("GET /chat") && contains(head, " HTTP/1.1"));
        require(head.ends_with("\n\n") || head.ends_with("\n\r\n"));
        require(contains(whole.response, "101 Switching Protocols"));
        require(whole.response.ends_with("\r\n\r\n"));
    } else if (whole.complete) {
        require(!contains(whole.response.substr(0, 12), "101"));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 1) {
        const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
        check(input, std::max<std::size_t>(data[0], 1));
    }
    return 0;
}
