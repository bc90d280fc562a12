// Lifecycle: options, start, drain, close, and what can be asked at any time.
#include "client/core.hpp"

#include "tls/client_context.hpp"

#include <algorithm>
#include <utility>

namespace telex::client {
namespace {

// Longer than any wait that is meant, shorter than what overflows a clock.
constexpr std::chrono::milliseconds kLongestWait = std::chrono::hours(24 * 365);

Error bad_option(std::string_view what) {
    return {Errc::invalid_argument, "ClientOptions::" + std::string(what)};
}

std::optional<Error> check(const ClientOptions& options) {
    using std::chrono::milliseconds;
    const auto positive = [](milliseconds time) { return time > milliseconds(0); };
    if (!positive(options.attempt_timeout) || !positive(options.connect_timeout) ||
        !positive(options.ping_interval) || !positive(options.request_timeout)) {
        return bad_option("*_timeout and ping_interval must be longer than zero");
    }
    if (options.full_timeout < milliseconds(0) || options.close_timeout < milliseconds(0)) {
        return bad_option("full_timeout and close_timeout must not be negative");
    }
    const ReconnectOptions& reconnect = options.reconnect;
    if (!positive(reconnect.initial_delay) || reconnect.max_delay < reconnect.initial_delay) {
        return bad_option("reconnect: 0 < initial_delay <= max_delay must hold");
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
    return std::nullopt;
}

// Null when no endpoint needs it.
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
        return tl::unexpected(
            Error{Errc::invalid_argument, "TLS: a certificate and its key go together"}
        );
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

// Nothing when no key is named.
[[nodiscard]] Expected<std::optional<auth::SigningKey>> read_key(const Credentials& credentials) {
    const int ways = int{!credentials.user.empty() || !credentials.password.empty()} +
                     int{!credentials.token.empty()} + int{!credentials.key_file.empty()};
    if (ways > 1) {
        return tl::unexpected(bad_option("credentials: at most one of password, token, key_file"));
    }
    if (credentials.user.empty() && !credentials.password.empty()) {
        return tl::unexpected(bad_option("credentials: a password needs its user"));
    }
    if (credentials.key_file.empty()) {
        return std::optional<auth::SigningKey>();
    }
    auto key = auth::SigningKey::read(credentials.key_file);
    if (!key) {
        return tl::unexpected(Error{Errc::invalid_argument, key.error()});
    }
    return std::optional(*std::move(key));
}

}  // namespace

TimePoint deadline_after(std::chrono::milliseconds timeout) {
    const auto wait = std::clamp(timeout, std::chrono::milliseconds(0), kLongestWait);
    return std::chrono::steady_clock::now() + wait;
}

Core::Core(
    ClientOptions options,
    std::vector<Endpoint> endpoints,
    tls::ContextPtr tls,
    std::optional<auth::SigningKey> key
)
    : options_(std::make_shared<const ClientOptions>(std::move(options))),
      tls_(std::move(tls)),
      key_(std::move(key)),
      work_(io_.get_executor()),
      timer_(io_),
      outbox_(options_->max_buffered_bytes),
      round_(std::move(endpoints)),
      backoff_(options_->reconnect),
      random_(std::random_device{}()) {}

Expected<std::shared_ptr<Core>> Core::start(ClientOptions options) {
    if (auto error = check(options)) {
        return tl::unexpected(*std::move(error));
    }
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
    std::shared_ptr<Core> core(
        new Core(std::move(options), *std::move(endpoints), *std::move(tls), *std::move(key))
    );
    core->dispatcher_->start();
    core->io_thread_ = std::thread([self = core.get()] {
        self->start_round();
        self->io_.run();
    });
    return core;
}

Core::~Core() {
    // close() has been called by the Client, unless its threads were never started.
    if (io_thread_.joinable()) {
        io_thread_.join();
    }
    dispatcher_->stop(nullptr);
    dispatcher_->join();
}

Expected<void> Core::wait_connected() {
    std::unique_lock lock(mutex_);
    const bool decided =
        changed_.wait_until(lock, deadline_after(options_->connect_timeout), [this] {
            return counters_.connects != 0 || failed_rounds_ != 0 || phase_ == Phase::closed;
        });
    if (counters_.connects != 0) {
        return {};
    }
    if (!decided) {
        return tl::unexpected(Error{Errc::timed_out, "connect_timeout passed"});
    }
    return tl::unexpected(last_failure_);
}

Expected<void> Core::drain(std::chrono::milliseconds timeout) {
    if (is_inherited()) {
        return tl::unexpected(inherited_error());
    }
    if (dispatcher_->on_this_thread()) {
        return tl::unexpected(Error{Errc::would_deadlock, "drain() inside a callback"});
    }
    const TimePoint deadline = deadline_after(timeout);
    std::vector<SubscriptionPtr> subscriptions;
    {
        const std::scoped_lock lock(mutex_);
        if (!is_open()) {
            return tl::unexpected(closed_error());
        }
        draining_ = true;
        for (const auto& [id, subscription] : subscriptions_) {
            subscriptions.push_back(subscription);
        }
        for (const auto& subscription : subscriptions) {
            begin_drain(*subscription);
        }
    }
    wait_all_ended(subscriptions, deadline);
    const bool in_time = dispatcher_->wait_idle(deadline) && wait_answers(deadline);
    Expected<void> result = flush(deadline);
    if (result && !in_time) {
        result = tl::unexpected(Error{Errc::timed_out, "callbacks or answers took too long"});
    }
    close();
    return result;
}

void Core::close() {
    if (is_inherited()) {
        return;
    }
    dispatcher_->drop_deliveries();
    {
        std::unique_lock lock(mutex_);
        if (is_open()) {
            closing_ = true;
            room_.notify_all();
            wake();
        }
        changed_.wait(lock, [this] { return phase_ == Phase::closed; });
    }
    // From a callback the threads are left to the destructor: this one is among them.
    if (!dispatcher_->on_this_thread()) {
        const std::scoped_lock lock(join_mutex_);
        if (io_thread_.joinable()) {
            io_thread_.join();
        }
        dispatcher_->join();
    }
}

Status Core::status() const {
    if (is_inherited()) {
        return Status::closed;
    }
    const std::scoped_lock lock(mutex_);
    if (phase_ == Phase::closed) {
        return Status::closed;
    }
    if (draining_ || closing_) {
        return Status::draining;
    }
    if (phase_ == Phase::connected) {
        return Status::connected;
    }
    return counters_.connects == 0 ? Status::connecting : Status::reconnecting;
}

std::optional<ServerInfo> Core::server_info() const {
    if (is_inherited()) {
        return std::nullopt;
    }
    const std::scoped_lock lock(mutex_);
    return info_;
}

Statistics Core::statistics() const {
    if (is_inherited()) {
        return {};
    }
    const std::scoped_lock lock(mutex_);
    Statistics statistics = counters_;
    statistics.subscriptions = subscriptions_.size();
    statistics.pending_requests = requests_.size();
    statistics.buffered_bytes = outbox_.unsent_bytes();
    return statistics;
}

Error Core::closed_error() const {
    std::string text = "the client is closed";
    if (!closing_ && last_failure_.code != Errc::unspecified) {
        text += ": " + last_failure_.text;
    }
    return {Errc::closed, std::move(text)};
}

}  // namespace telex::client
