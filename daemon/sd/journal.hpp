#pragma once
// Sends entries to systemd's journal, in its native protocol
// (https://systemd.io/JOURNAL_NATIVE_PROTOCOL/).
//
// libsystemd's sender blocks while the journal does not read, and would block the end of the
// process. This one waits shortly for a slow journal, and not at all for a stopped one until it
// reads again.
#include "net/fd.hpp"
#include "net/socket_address.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace telex::sd {

// One entry as the journal reads it. A field is "NAME=value"; the value may be anything.
std::string journal_entry(std::span<const std::string> fields);

// Owner: one thread.
class Journal {
public:
    explicit Journal(
        std::string_view path = "/run/systemd/journal/socket",
        std::chrono::milliseconds patience = std::chrono::seconds(1)
    );

    // Sends what journal_entry() returned. Returns false if the journal did not take it, or it was
    // too large: it is lost.
    [[nodiscard]] bool send(std::string_view entry);

private:
    bool open();

    net::SocketAddress where_;
    std::chrono::milliseconds patience_;
    net::UniqueFd socket_;
    bool stuck_ = false;
};

}  // namespace telex::sd
