#pragma once
// Runs the on_* functions of ClientOptions on the callback thread. Any thread.
#include "client/dispatcher.hpp"
#include <telex/options.hpp>

#include <memory>

namespace telex::client {

class Callbacks {
public:
    Callbacks(std::shared_ptr<const ClientOptions> options, std::shared_ptr<Dispatcher> dispatcher);

    void connected(ServerInfo info);
    void disconnected(Error reason);
    void error(Error error);
    // The last callback; ends the callback thread.
    void closed();

    Dispatcher& dispatcher() { return *dispatcher_; }

private:
    const std::shared_ptr<const ClientOptions> options_;
    const std::shared_ptr<Dispatcher> dispatcher_;
};

}  // namespace telex::client
