#include "web/upgrade.hpp"

#include "base/printable.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace telex::web {

const codec::HeaderOptions& Upgrade::head_options() {
    static const codec::HeaderOptions options = [] {
        codec::HeaderOptions head;
        head.first_line = codec::FirstLine::start;
        head.head_limit = kMaxHead;
        return head;
    }();
    return options;
}

std::size_t Upgrade::take(std::string_view bytes) {
    const std::size_t before = head_.size();
    head_.append(bytes.substr(0, kMaxHead - before));
    // Clients of other protocols get their response at once, not after a time-out.
    if (!head_.empty() && (head_.front() < 'A' || head_.front() > 'Z')) {
        refuse({UpgradeFault::not_http});
        return bytes.size();
    }
    const auto whole = block_.read(head_, examined_);
    if (!whole) {
        refuse(
            {whole.error() == codec::FrameError::head_too_large ? UpgradeFault::head_too_large
                                                                : UpgradeFault::bad_header}
        );
        return bytes.size();
    }
    if (!*whole) {
        return bytes.size();
    }
    head_.resize(block_.size());
    decide();
    return block_.size() - before;
}

void Upgrade::decide() {
    if (block_.body().value_or(0) != 0) {
        refuse({UpgradeFault::bad_header, "Content-Length"});
        return;
    }
    const auto request = check_upgrade(head_, rules_, guard_);
    if (!request) {
        refuse(request.error());
        return;
    }
    complete_ = true;
    response_ = fmt::format(
        "HTTP/1.1 101 Switching Protocols\r\n"
        "Upgrade: websocket\r\n"
        "Connection: Upgrade\r\n"
        "Sec-WebSocket-Accept: {}\r\n",
        accept_of(request->key)
    );
    if (!request->subprotocol.empty()) {
        response_.append(fmt::format("Sec-WebSocket-Protocol: {}\r\n", request->subprotocol));
    }
    response_.append("\r\n");
}

void Upgrade::refuse(const UpgradeError& error) {
    fail(error.fault);
    response_ = refusal_of(error.fault);
    if (!error.value.empty()) {
        detail_.append(": ").append(printable(error.value, kQuotedField));
    }
}

void Upgrade::fail(UpgradeFault fault) {
    complete_ = true;
    fault_ = fault;
    detail_ = text_of(fault);
}

}  // namespace telex::web
