#include "web/upgrade_refusal.hpp"

#include <fmt/format.h>

#include <array>

namespace telex::web {

namespace {

struct Row {
    UpgradeFault fault;
    std::string_view name;
    std::string_view status;  // empty: no response
    std::string_view fields;
    std::string_view text;
};

constexpr std::string_view kBadRequest = "400 Bad Request";
constexpr std::string_view kUpgradeRequired = "426 Upgrade Required";

constexpr std::array<Row, kUpgradeFaults> kRows{{
    {UpgradeFault::not_http,
     "not_http",
     kBadRequest,
     {},
     "this port speaks WebSocket, which begins with a request of HTTP/1.1"},
    {UpgradeFault::head_too_large,
     "head_too_large",
     "431 Request Header Fields Too Large",
     {},
     "the request is longer than 8 KiB"},
    {UpgradeFault::bad_header,
     "bad_header",
     kBadRequest,
     {},
     "a header is missing, repeated or malformed, or the request has a body"},
    {UpgradeFault::method,
     "method",
     "405 Method Not Allowed",
     "Allow: GET\r\n",
     "this port speaks WebSocket, which begins with GET"},
    {UpgradeFault::path, "path", "404 Not Found", {}, "there is no WebSocket at this path"},
    {UpgradeFault::not_an_upgrade,
     "not_an_upgrade",
     kUpgradeRequired,
     "Upgrade: websocket\r\n",
     "this port speaks WebSocket"},
    {UpgradeFault::version,
     "version",
     kUpgradeRequired,
     "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
     "this port speaks version 13 of WebSocket"},
    {UpgradeFault::key, "key", kBadRequest, {}, "Sec-WebSocket-Key is not 16 bytes in base64"},
    {UpgradeFault::host,
     "host",
     "421 Misdirected Request",
     {},
     "the Host field names another server"},
    {UpgradeFault::origin,
     "origin",
     "403 Forbidden",
     {},
     "pages of this origin may not connect here; 'origins' of the listener permits them"},
    {UpgradeFault::subprotocol,
     "subprotocol",
     kBadRequest,
     {},
     "none of the offered subprotocols is spoken here"},
    {UpgradeFault::incomplete,
     "incomplete",
     {},
     {},
     "the connection ended before its request for WebSocket"},
    {UpgradeFault::timeout, "timeout", {}, {}, "the request for WebSocket timed out"},
}};

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        if (kRows[i].fault != static_cast<UpgradeFault>(i)) {
            return false;
        }
    }
    return true;
}

static_assert(is_in_order());

const Row& row_of(UpgradeFault fault) {
    return kRows.at(static_cast<std::size_t>(fault));
}

}  // namespace

std::string_view name_of(UpgradeFault fault) {
    return row_of(fault).name;
}

std::string_view text_of(UpgradeFault fault) {
    return row_of(fault).text;
}

std::string refusal_of(UpgradeFault fault) {
    const Row& row = row_of(fault);
    if (row.status.empty()) {
        return {};
    }
    return fmt::format(
        "HTTP/1.1 {}\r\n"
        "{}"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Length: {}\r\n"
        "Connection: close\r\n"
        "\r\n"
        "{}\n",
        row.status,
        row.fields,
        row.text.size() + 1,
        row.text
    );
}

}  // namespace telex::web
