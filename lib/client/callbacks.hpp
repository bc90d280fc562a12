#pragma once
// Runs the on_* functions of ClientOptions on the callback thread. Any thread.
#include "client/dispatcher.hpp"
#include "client/notices.hpp"
#include <telex/options.hpp>

#include <cstdint>
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

    std::uint64_t dropped_errors() const { return notices_->dropped_errors(); }

    Dispatcher& dispatcher() { return *dispatcher_; }

private:
    template <class Kind>
    void post(Kind notice);

    const std::shared_ptr<const ClientOptions> options_;
    const std::shared_ptr<Dispatcher> dispatcher_;
    const std::shared_ptr<Notices> notices_ = std::make_shared<Notices>();
};

}  // namespace telex::client
