#pragma once
// The connections of the HTTP server: which one has to leave when there are too many, and which
// ones take too long.
//
// A newcomer always gets a place, so that a crowd of silent peers keeps no client out, however
// often it comes again. The connection that has been in its phase for longest leaves, of the source
// that has the most of them: a crowd displaces itself first. A phase is the wait for a request, or
// for the peer to read a response.
//
// Thread: one at a time.
#include "base/time.hpp"

#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace telex::http {

class Places {
public:
    explicit Places(std::size_t most) : most_(most) {}

    // Adds a connection, whose first phase has to end by `deadline`. Returns the connection that
    // has to leave for it; it is not chosen again.
    [[nodiscard]] std::optional<int> enter(int fd, std::string source, TimePoint deadline);
    // A connection begins another phase.
    void begin_phase(int fd, TimePoint deadline);
    void leave(int fd);

    // The connections whose phase should have ended.
    std::vector<int> overdue(TimePoint now) const;

private:
    using Order = std::list<int>;  // the earliest phase first

    struct Place {
        std::string source;
        TimePoint deadline;
        std::optional<Order::iterator> turn;  // absent once it has to leave
    };

    std::optional<int> displace_for(int newcomer);
    void take_turn_from(Place& place);

    const std::size_t most_;
    std::size_t staying_ = 0;
    std::map<int, Place> places_;
    std::map<std::string, Order> order_of_;  // by source
};

}  // namespace telex::http
