#include "client/callbacks.hpp"

#include <utility>

namespace telex::client {

namespace {

void call(const ClientOptions& options, const Connected& notice) {
    if (options.on_connected) {
        options.on_connected(notice.info);
    }
}

void call(const ClientOptions& options, const Disconnected& notice) {
    if (options.on_disconnected) {
        options.on_disconnected(notice.reason);
    }
}

void call(const ClientOptions& options, const Error& error) {
    if (options.on_error) {
        options.on_error(error);
    }
}

}  // namespace

Callbacks::Callbacks(
    std::shared_ptr<const ClientOptions> options, std::shared_ptr<Dispatcher> dispatcher
)
    : options_(std::move(options)), dispatcher_(std::move(dispatcher)) {}

template <class Kind>
void Callbacks::post(Kind notice) {
    if (!notices_->add(std::move(notice))) {
        return;
    }
    dispatcher_->post([options = options_, notices = notices_] {
        for (const Notice& next : notices->take()) {
            std::visit([&](const auto& kind) { call(*options, kind); }, next);
        }
    });
}

void Callbacks::connected(ServerInfo info) {
    post(Connected{std::move(info)});
}

void Callbacks::disconnected(Error reason) {
    post(Disconnected{std::move(reason)});
}

void Callbacks::error(Error error) {
    post(std::move(error));
}

void Callbacks::closed() {
    dispatcher_->stop([options = options_] {
        if (options->on_closed) {
            options->on_closed();
        }
    });
}

}  // namespace telex::client
