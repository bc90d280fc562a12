#include "client/core.hpp"

#include "client/client_drain.hpp"
#include "client/environment.hpp"
#include "tls/client_context.hpp"

#include <asio/post.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace telex::client {
namespace {

Error bad_option(std::string_view what) {
    return {Errc::invalid_argument, "ClientOptions::" + std::string(what)};
}

bool is_empty(const Credentials& credentials) {
    if (const auto* const user = std::get_if<UserPassword>(&credentials)) {
        return user->user.empty();
    }
    if (const auto* const token = std::get_if<Token>(&credentials)) {
        return token->value.empty();
    }
    const auto* const file = std::get_if<KeyFile>(&credentials);
    return file != nullptr && file->path.empty();
}

std::optional<Error> check(const ClientOptions& options) {
    using std::chrono::milliseconds;
    const auto positive = [](milliseconds time) { return time > milliseconds(0); };
    if (!positive(options.attempt_timeout) || !positive(options.connect_timeout) ||
        !positive(options.ping_interval) || !positive(options.request_timeout)) {
        return bad_option("*_timeout and ping_interval must be greater than zero");
    }
    if (options.full_timeout < milliseconds(0) || options.close_timeout < milliseconds(0)) {
        return bad_option("full_timeout and close_timeout must not be negative");
    }
    const ReconnectOptions& reconnect = options.reconnect;
    if (!positive(reconnect.initial_delay) || reconnect.max_delay < reconnect.initial_delay) {
        return bad_option("reconnect: 0 < initial_delay <= max_delay is required");
    }
    if (!(reconnect.jitter >= 0.0 && reconnect.jitter <= 1.0)) {
        return bad_option("reconnect.jitter must be from 0 to 1");
    }
    if (reconnect.max_rounds && *reconnect.max_rounds == 0) {
        return bad_option("reconnect.max_rounds must not be zero");
    }
    if (options.max_buffered_bytes == 0 || options.max_frame_bytes == 0) {
        return bad_option("max_buffered_bytes and max_frame_bytes must not be zero");
    }
    if (is_empty(options.credentials)) {
        return bad_option("credentials: the user, the token or the path of the key file is empty");
    }
    return std::nullopt;
}

// Returns null if no endpoint needs TLS.
[[nodiscard]] Expected<tls::ContextPtr> make_tls_context(
    const TlsOptions& options, const std::vector<Endpoint>& endpoints
) {
    const bool needed = std::any_of(
        endpoints.begin(), endpoints.end(), [](const Endpoint& endpoint) { return endpoint.tls; }
    );
    if (!needed) {
        return tls::ContextPtr();
    }
    if (options.certificate_file.empty() != options.key_file.empty()) {
        return tl::unexpected(Error{
            Errc::invalid_argument, "TLS: a certificate requires its key, and a key its certificate"
        });
    }
    auto context = tls::make_client_context(
        {.ca = options.ca_file,
         .key_pin = options.key_pin,
         .certificate = options.certificate_file,
         .key = options.key_file,
         .protocol = "telex"}
    );
    if (!context) {
        return tl::unexpected(Error{Errc::invalid_argument, "TLS: " + context.error()});
    }
    return *std::move(context);
}

// Returns nullopt if no key file is configured.
[[nodiscard]] Expected<std::optional<auth::SigningKey>> read_key(const Credentials& credentials) {
    const auto* const file = std::get_if<KeyFile>(&credentials);
    if (file == nullptr) {
        return std::optional<auth::SigningKey>();
    }
    auto key = auth::SigningKey::read(file->path);
    if (!key) {
        return tl::unexpected(Error{Errc::invalid_argument, key.error()});
    }
    return std::optional(*std::move(key));
}

}  // namespace

Core::Core(const std::shared_ptr<const ClientOptions>& options, Connection::Options connection)
    : state_(options, [this] { asio::post(io_, [this] { connection_.on_wake(); }); }),
      callbacks_(options, dispatcher_),
      publisher_(state_),
      subscriptions_(state_, callbacks_),
      connection_(io_, state_, subscriptions_, callbacks_, std::move(connection)) {}

Expected<std::shared_ptr<Core>> Core::start(ClientOptions given) {
    if (auto error = check(given)) {
        return tl::unexpected(*std::move(error));
    }
    auto completed = with_environment(std::move(given));
    if (!completed) {
        return tl::unexpected(std::move(completed.error()));
    }
    ClientOptions options = *std::move(completed);
    auto endpoints = parse_servers(options.servers);
    if (!endpoints) {
        return tl::unexpected(std::move(endpoints.error()));
    }
    auto tls = make_tls_context(options.tls, *endpoints);
    if (!tls) {
        return tl::unexpected(std::move(tls.error()));
    }
    auto key = read_key(options.credentials);
    if (!key) {
        return tl::unexpected(std::move(key.error()));
    }
    // The constructor is private, so make_shared cannot be used.
    std::shared_ptr<Core> core(new Core(
        std::make_shared<const ClientOptions>(std::move(options)),
        {*std::move(endpoints), *std::move(tls), *std::move(key)}
    ));
    core->dispatcher_->start();
    core->io_thread_ = std::thread([self = core.get()] {
        self->connection_.start();
        self->io_.run();
    });
    return core;
}

Core::~Core() {
    // The Client has called close(), unless the threads were never started.
    if (io_thread_.joinable()) {
        io_thread_.join();
    }
    dispatcher_->stop(nullptr);
    dispatcher_->join();
}

Expected<void> Core::wait_connected() {
    std::unique_lock lock(state_.mutex);
    const bool decided =
        state_.changed.wait_until(lock, deadline_after(options().connect_timeout), [this] {
            return state_.counters.connects != 0 || state_.failed_rounds != 0 ||
                   state_.phase == Phase::closed;
        });
    if (state_.counters.connects != 0) {
        return {};
    }
    if (!decided) {
        return tl::unexpected(
            Error{Errc::connect_failed, "no server accepted within connect_timeout"}
        );
    }
    return tl::unexpected(state_.last_failure);
}

Expected<void> Core::begin_drain(std::chrono::milliseconds timeout, Done<void> done) {
    if (is_inherited()) {
        return tl::unexpected(inherited_error());
    }
    ClientDrain::Parts
        parts{state_, *dispatcher_, subscriptions_, publisher_, [core = weak_from_this()] {
                  if (const auto locked = core.lock()) {
                      locked->notify_changed();
                  }
              }};
    const auto drain =
        std::make_shared<ClientDrain>(std::move(parts), deadline_after(timeout), std::move(done));
    return drain->start();
}

Expected<void> Core::drain(std::chrono::milliseconds timeout) {
    if (!is_inherited() && dispatcher_->on_this_thread()) {
        return tl::unexpected(Error{Errc::would_deadlock, "drain() inside a callback"});
    }
    bool begun = false;
    auto result = wait_done<void>([&](Done<void> done) {
        auto started = begin_drain(timeout, std::move(done));
        begun = started.has_value();
        return started;
    });
    if (begun) {
        close();
    }
    return result;
}

Expected<void> Core::drain(const SubscriptionPtr& subscription, TimePoint deadline) {
    if (is_inherited()) {
        return tl::unexpected(inherited_error());
    }
    if (dispatcher_->on_this_thread()) {
        return tl::unexpected(Error{Errc::would_deadlock, "drain() inside a callback"});
    }
    return wait_done<void>([&](Done<void> done) {
        subscriptions_.drain(subscription, deadline, std::move(done));
        return Expected<void>();
    });
}

void Core::close() {
    if (is_inherited()) {
        return;
    }
    dispatcher_->drop_deliveries();
    {
        std::unique_lock lock(state_.mutex);
        if (state_.is_open()) {
            state_.closing = true;
            state_.room.notify_all();
            state_.wake();
        }
        state_.changed.wait(lock, [this] { return state_.phase == Phase::closed; });
    }
    // Called from a callback, this thread is one of the two: the destructor joins them.
    if (!dispatcher_->on_this_thread()) {
        const std::scoped_lock lock(join_mutex_);
        if (io_thread_.joinable()) {
            io_thread_.join();
        }
        dispatcher_->join();
    }
}

Expected<void> Core::subscribe(
    std::string_view filter,
    MessageHandler handler,
    const SubscribeOptions& options,
    Done<Subscription> done
) {
    return subscriptions_.subscribe(
        filter, std::move(handler), options, weak_from_this(), with_handle(std::move(done))
    );
}

Expected<void> Core::consume(
    ConsumeTerms terms,
    MessageHandler handler,
    const SubscribeOptions& options,
    Done<Subscription> done
) {
    const auto shared = std::make_shared<const ConsumeTerms>(std::move(terms));
    return subscriptions_.subscribe(
        shared->stream,
        std::move(handler),
        options,
        weak_from_this(),
        with_handle(std::move(done)),
        shared
    );
}

Expected<void> Core::acknowledge(
    const SubscriptionState& subscription,
    const RecordPlace& place,
    RecordOutcome outcome,
    std::chrono::milliseconds delay
) {
    const std::scoped_lock lock(state_.mutex);
    if (!state_.is_open()) {
        return tl::unexpected(state_.closed_error());
    }
    if (subscription.phase() == SubscriptionState::Phase::ended) {
        return tl::unexpected(subscription.end_reason());
    }
    if (state_.phase == Phase::connecting || subscription.is_stale(place)) {
        return tl::unexpected(Error{
            Errc::disconnected, "the connection that brought the message is lost: it comes again"
        });
    }
    const std::uint64_t sequence = place.position.sequence;
    const auto delay_ms = static_cast<std::uint64_t>(delay.count());
    state_.outcomes.add({subscription.id(), sequence, sequence, outcome, delay_ms});
    state_.wake();
    return {};
}

Done<Core::SubscriptionPtr> Core::with_handle(Done<Subscription> done) {
    return
        [core = weak_from_this(), done = std::move(done)](Expected<SubscriptionPtr> subscription) {
            if (subscription) {
                done(Subscription(core, *std::move(subscription)));
            } else {
                done(tl::unexpected(std::move(subscription.error())));
            }
        };
}

void Core::notify_changed() {
    const std::scoped_lock lock(state_.mutex);
    state_.notify_changed();
}

Status Core::status() const {
    if (is_inherited()) {
        return Status::closed;
    }
    const std::scoped_lock lock(state_.mutex);
    if (state_.phase == Phase::closed) {
        return Status::closed;
    }
    if (state_.draining || state_.closing) {
        return Status::draining;
    }
    if (state_.phase == Phase::connected) {
        return Status::connected;
    }
    return state_.counters.connects == 0 ? Status::connecting : Status::reconnecting;
}

std::optional<ServerInfo> Core::server_info() const {
    if (is_inherited()) {
        return std::nullopt;
    }
    const std::scoped_lock lock(state_.mutex);
    return state_.info;
}

Statistics Core::statistics() const {
    if (is_inherited()) {
        return {};
    }
    const std::scoped_lock lock(state_.mutex);
    Statistics statistics = state_.counters;
    statistics.subscriptions = subscriptions_.size();
    statistics.pending_requests = state_.requests.size();
    statistics.buffered_bytes = state_.buffer.unsent_bytes();
    statistics.dropped_errors = callbacks_.dropped_errors();
    return statistics;
}

}  // namespace telex::client
