#pragma once
// The queue of the calls of on_connected, on_disconnected and on_error: bounded, because a server
// can cause all three faster than the application takes them.
//
// Errors over the limit are dropped and counted, and one error says so, once per episode
// (Errc::errors_dropped). A connection over the limit is left out together with its loss, unless it
// is the present one, which is reported at last: the application ends up with the present state.
//
// Thread: any.
#include <telex/error.hpp>
#include <telex/options.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

namespace telex::client {

struct Connected {
    ServerInfo info;
};

struct Disconnected {
    Error reason;
};

using Notice = std::variant<Connected, Disconnected, Error>;

class Notices {
public:
    static constexpr std::size_t kMostNotices = 1'024;
    static constexpr std::size_t kMostBytes = std::size_t{1} << 20U;  // of their texts
    // The text of a loss while there are more.
    static constexpr std::size_t kShortTextBytes = 256;

    // Each returns whether it was queued: then take() has to be called once more.
    [[nodiscard]] bool add(Connected connected);
    [[nodiscard]] bool add(Disconnected disconnected);
    [[nodiscard]] bool add(Error error);

    // Removes the next notice, and with the last one the connection that was left out.
    std::vector<Notice> take();

    std::uint64_t dropped_errors() const;

private:
    bool is_full(std::size_t bytes) const;
    void push(Notice notice);

    mutable std::mutex mutex_;
    std::deque<Notice> waiting_;
    std::size_t bytes_ = 0;
    std::optional<Connected> left_out_;
    std::uint64_t dropped_errors_ = 0;
    bool drops_reported_ = false;
};

}  // namespace telex::client
