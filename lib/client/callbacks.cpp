#include "client/callbacks.hpp"

#include <utility>

namespace telex::client {

Callbacks::Callbacks(
    std::shared_ptr<const ClientOptions> options, std::shared_ptr<Dispatcher> dispatcher
)
    : options_(std::move(options)), dispatcher_(std::move(dispatcher)) {}

void Callbacks::connected(ServerInfo info) {
    dispatcher_->post([options = options_, info = std::move(info)] {
        if (options->on_connected) {
            options->on_connected(info);
        }
    });
}

void Callbacks::disconnected(Error reason) {
    dispatcher_->post([options = options_, reason = std::move(reason)] {
        if (options->on_disconnected) {
            options->on_disconnected(reason);
        }
    });
}

void Callbacks::error(Error error) {
    dispatcher_->post([options = options_, error = std::move(error)] {
        if (options->on_error) {
            options->on_error(error);
        }
    });
}

void Callbacks::closed() {
    dispatcher_->stop([options = options_] {
        if (options->on_closed) {
            options->on_closed();
        }
    });
}

}  // namespace telex::client
