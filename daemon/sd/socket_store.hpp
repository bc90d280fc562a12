#pragma once
// The source of the listeners' sockets. The service manager keeps sockets that the daemon opened
// (sd_notify(3), FDSTORE=1): clients that connect during a restart, or after a crash, wait for the
// next run instead of being refused.
//
//   forget_all_but(places)   closes sockets that are no longer configured: clients would hang on
//                            them, and they would block their addresses
//   open(place)              returns sockets passed for `systemd:`, those kept by an earlier run,
//                            or new ones
//   keep(place)              once they serve
//   rename(place, place)     the listener has another name
//   give_up(place)           the place is no longer served
//
// Requires a store of the manager ($FDSTORE: set by systemd 254, and by the unit for older
// versions). Otherwise nothing is kept, and a socket file is removed with its process.
#include "base/result.hpp"
#include "net/address.hpp"
#include "net/listen.hpp"
#include "sd/listen_fds.hpp"
#include "sd/notify.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace telex::sd {

// One address of what listens there. Unique: port 0 may be asked for by several.
struct Place {
    std::string listener;
    net::Address address;
};

// Owner: the application. Thread: its one.
class SocketStore {
public:
    // Without a store, and without sockets that were passed.
    SocketStore() = default;
    // `notifier` outlives it.
    SocketStore(PassedSockets passed, Notifier& notifier);

    // Waits until the manager has let go of them, too, for at most some seconds.
    void forget_all_but(const std::vector<Place>& places);

    [[nodiscard]] Result<std::vector<net::Bound>, net::SystemError> open(
        const Place& place, const net::ListenOptions& options, unsigned count
    );

    // Their files stay when the process ends, from now on. Does nothing for passed ones. The
    // sockets stay open until give_up.
    void keep(const Place& place, std::vector<net::Bound>& sockets);
    // The same address. Keeps its sockets for the next run under the name that this will ask for.
    void rename(const Place& former, const Place& place);
    void give_up(const Place& place);

    // Once everything is open: closes passed sockets that no listener uses, because clients of an
    // unserved socket would hang. Their names.
    std::vector<std::string> close_leftovers();

private:
    struct Stored {
        std::string name;
        std::size_t sockets = 0;
        std::vector<int> descriptors;  // of those that serve
    };

    std::vector<std::string> kept_names() const;
    bool is_stored_already(
        const std::string& place, const std::string& name, const std::vector<net::Bound>& sockets
    ) const;
    [[nodiscard]] bool store(
        const std::string& place, const std::string& name, std::vector<int> descriptors
    );
    void remove_stored(const std::string& place);

    PassedSockets passed_;
    Notifier* notifier_ = nullptr;  // null: there is no store
    // The sockets that the manager holds, by place.
    std::multimap<std::string, Stored> stored_;
};

}  // namespace telex::sd
