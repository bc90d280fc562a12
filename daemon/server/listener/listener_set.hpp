#pragma once
// The listeners that are served, and the removed ones that still have connections.
//
// Owner and thread: the server's.
#include "base/result.hpp"
#include "net/address.hpp"
#include "net/listen.hpp"
#include "net/socket_error.hpp"
#include "sd/socket_store.hpp"
#include "server/listener/authenticator.hpp"
#include "server/listener/listener_opener.hpp"
#include "server/listener/listener_state.hpp"
#include "server/workers/workers.hpp"
#include "telex/v1/admin.pb.h"

#include <memory>
#include <string_view>
#include <vector>

namespace telex::server {

// Sockets that replace those of a deleted socket file.
struct RemadeSockets {
    ListenerState* listener = nullptr;
    net::Address address;
    BoundSockets sockets;
};

class ListenerSet {
public:
    // All of them outlive it. `authenticator` is null if there are no users.
    ListenerSet(Workers& workers, sd::SocketStore& sockets, Authenticator* authenticator)
        : workers_(workers), sockets_(sockets), authenticator_(authenticator) {}

    const std::vector<std::unique_ptr<ListenerState>>& all() const { return listeners_; }

    // Returns null if there is none.
    ListenerState* find(std::string_view name) const;
    v1::ListenerList list() const;

    // Throws std::system_error if a reactor cannot serve a socket.
    void serve(PreparedListener prepared);
    // Serves all of them, or none.
    [[nodiscard]] Result<void, net::SystemError> serve_all(std::vector<PreparedListener> added);
    // Existing connections stay: only they could still reach the former socket.
    void serve(RemadeSockets remade);
    // Replaces the settings of a listener, perhaps with another name.
    void use(ListenerState& listener, ListenerSettingsPtr settings);
    // Call after the users have changed: until then they may refer to a former name.
    void forget_former_names();
    // Closes the sockets of these listeners. Their connections stay.
    void remove(const std::vector<const ListenerState*>& gone);
    // On shutdown: their files are not reported as deleted from now on.
    void forget_socket_files();

private:
    static void remember_file(
        ListenerState& listener, const net::Address& address, const BoundSockets& sockets
    );
    static void note_addresses(ListenerState& listener, const std::vector<BoundSockets>& all);
    // `shared`: with other sockets of the listener.
    void serve(ListenerState& listener, net::Bound socket, bool shared);

    Workers& workers_;
    sd::SocketStore& sockets_;
    Authenticator* const authenticator_;
    std::vector<std::unique_ptr<ListenerState>> listeners_;
    std::vector<std::unique_ptr<ListenerState>> removed_;  // may have connections
    unsigned next_single_ = 0;  // the reactor of the next socket that cannot be shared
};

}  // namespace telex::server
