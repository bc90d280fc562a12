#pragma once
// The signals that an operator sends: stop (SIGTERM, SIGINT) and reload (SIGHUP).
//
// They are read from a descriptor (signalfd) and not counted by a handler: the kernel keeps one of
// each kind until it is read. A thousand SIGHUP during one reload are one more reload, and a stop
// that comes with them goes first.
#include "net/fd.hpp"

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include <functional>

namespace telex::app {

// Owner: the application. Thread: the one that runs the context.
class SignalSource {
public:
    struct Handlers {
        std::function<void(int number)> stop;
        std::function<void()> reload;
    };

    // Blocks the signals for this thread and those that it starts: construct before the first
    // thread. They stay blocked. Throws std::system_error.
    SignalSource(asio::io_context& context, Handlers handlers);

private:
    void watch();
    void take();

    asio::posix::stream_descriptor signals_;
    Handlers handlers_;
};

}  // namespace telex::app
