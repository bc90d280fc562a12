#pragma once
// What a client can be told. Plain data with defaults that suit a service on the exchange's host.
// A limit is never switched off by zero: where "no limit" exists the field is a std::optional.
#include <telex/error.hpp>
#include <telex/export.hpp>
#include <telex/message.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace telex {

// What the exchange said of itself when the connection was made.
struct ServerInfo {
    std::string url;  // the entry of ClientOptions::servers
    std::string name;
    std::string version;
    std::string session_id;
    std::uint32_t protocol_version = 0;
    std::uint64_t max_frame_bytes = 0;
    std::uint32_t max_subject_bytes = 0;
    std::uint32_t max_subject_tokens = 0;
    std::uint32_t max_subscriptions = 0;
    std::uint32_t max_pending_requests = 0;
    std::chrono::milliseconds max_request_timeout{0};
    std::chrono::milliseconds idle_timeout{0};
    std::uint32_t max_headers = 0;
};

// When the connection is lost, the client tries every server in turn; after each round without
// success it waits, twice as long as before up to `max_delay`. A server that does not take the
// credentials (Errc::not_authenticated) ends the client: no other server gets them, and trying
// again would only count as one more failed attempt there.
struct ReconnectOptions {
    // False: the first loss of the connection closes the client.
    bool enabled = true;
    std::chrono::milliseconds initial_delay{100};
    std::chrono::milliseconds max_delay{5000};
    // Part of each delay that is random, 0 to 1: with 0.5 a delay of 100 ms lasts 50 to 100 ms, so
    // that the clients of a restarted server do not come back all at once.
    double jitter = 0.5;
    // Rounds without success after which the client closes itself.
    std::optional<std::uint32_t> max_rounds;
};

// What publish() and request() do when `max_buffered_bytes` wait to be sent.
enum class WhenFull : std::uint8_t {
    block,  // wait for room, at most `full_timeout`, then Errc::buffer_full
    fail,   // Errc::buffer_full at once
};

// How servers of tls:// URLs are recognised, and what they are shown. TLS 1.2 or later; a server
// that cannot be verified is not talked to.
struct TlsOptions {
    // PEM file with the authorities to trust. Empty: those of the system.
    std::string ca_file;
    // The server's public key: SHA-256 of it in base64, as
    //   openssl x509 -in server.pem -pubkey -noout | openssl pkey -pubin -outform der |
    //     openssl dgst -sha256 -binary | base64
    // With `ca_file`, both must fit; without, the key alone decides, and any name will do.
    std::string key_pin;
    // Name or address that the server's certificate must be for. Empty: the host of the URL.
    std::string server_name;
    // PEM files of this client's own certificate and its private key, for servers that ask for one.
    std::string certificate_file;
    std::string key_file;
};

// Who the client is, for exchanges that have users and do not know it by the connection itself. At
// most one of the three ways. Password and token are sent as they are: exchanges take them over
// TLS, unix sockets and loopback. They go to every server that ClientOptions::servers names, and
// never to the default TCP address.
struct Credentials {
    std::string user;
    std::string password;  // of that user
    std::string token;
    // PEM file with an Ed25519 private key, as `telex keygen` makes it. It stays here: the exchange
    // gets a signature.
    std::string key_file;
};

struct ClientOptions {
    // tcp://host:port, tls://host:port or unix:///path (also unix:@name), tried in this order. Of a
    // host name every address is tried; one that is silent holds up the next for 250 ms.
    // Empty: default_servers(), as far as they can be trusted (see there).
    std::vector<std::string> servers;
    TlsOptions tls;
    Credentials credentials;
    // For the exchange's logs, such as "billing-worker/2.1".
    std::string name;
    // Do not deliver to this client what it published itself.
    bool no_echo = false;

    // One attempt at one server, until its Welcome.
    std::chrono::milliseconds attempt_timeout{2000};
    // Client::connect() as a whole.
    std::chrono::milliseconds connect_timeout{5000};
    ReconnectOptions reconnect;

    // Bytes that publish() and request() may leave unsent: while there is no connection, or while
    // the server does not read.
    std::size_t max_buffered_bytes = std::size_t{8} << 20;
    WhenFull when_full = WhenFull::block;
    std::chrono::milliseconds full_timeout{5000};

    // Largest frame that is accepted from the server, besides 4 KiB for the head of a delivery; a
    // longer one ends the connection. Empty: 16 MiB, or as much as the server takes itself
    // (ServerInfo::max_frame_bytes) if that is more, and 1 GiB at most.
    std::optional<std::size_t> max_frame_bytes;
    // A server that is silent this long is pinged; silent for twice as long, it is given up.
    std::chrono::milliseconds ping_interval{30000};
    // Used where RequestOptions say nothing.
    std::chrono::milliseconds request_timeout{10000};
    // How long close() and the destructor go on sending what is buffered.
    std::chrono::milliseconds close_timeout{1000};

    // All four run on the callback thread (see Client), one at a time.
    std::function<void(const ServerInfo&)> on_connected;  // also after each reconnect
    std::function<void(const Error&)> on_disconnected;    // why
    std::function<void(const Error&)> on_error;           // refusals that no call waits for, drops
    std::function<void()> on_closed;                      // once, the last callback of all
};

// The servers that are tried when none are named: the unix socket `telex.sock` in
// $RUNTIME_DIRECTORY, in $XDG_RUNTIME_DIR/telex, in /tmp/telex-$UID and in /run/telex (those that
// apply, in this order), then tcp://127.0.0.1:4650.
//
// Other users of the host may listen there, so a client that names no servers makes sure. A socket
// is used only when its folder belongs to this user or to root (or is /run/telex), nobody else may
// write there, and the process that listens runs as this user, root or the owner of the folder.
// Credentials never go to the TCP address. A server that is passed over for such a reason is
// reported to on_error as Errc::untrusted_server once another one is connected, and is named in the
// text of connect_failed otherwise.
TELEX_EXPORT std::vector<std::string> default_servers();

// What the exchange does when this subscriber reads more slowly than its messages arrive.
enum class SlowPolicy : std::uint8_t {
    listener_default = 0,
    block = 1,  // stop reading from the publishers, for a bounded time
    drop_oldest = 2,
    drop_newest = 3,
    disconnect = 4,
};

struct SubscribeOptions {
    // Members of a group share the messages: each goes to one of them. Empty: no group.
    std::string queue_group;
    SlowPolicy slow_policy = SlowPolicy::listener_default;
    // Messages that the exchange may send ahead of the application. Each message that was taken (by
    // next(), or whose callback returned) gives its credit back by itself, unless
    // `automatic_credit` is off: then Subscription::add_credit does. Without credit the exchange
    // sends as fast as the socket takes it. A credit of zero is an invalid argument.
    std::optional<std::uint64_t> credit;
    bool automatic_credit = true;
    // The subscription ends by itself after this many messages.
    std::optional<std::uint64_t> max_messages;
    // What may wait in this process for the application; beyond it the newest are dropped and
    // counted, and on_error is told once per episode (Errc::messages_dropped).
    std::size_t max_pending_messages = 65536;
    std::size_t max_pending_bytes = std::size_t{64} << 20;
    // How long subscribe() waits for the exchange to say that the subscription is active.
    std::chrono::milliseconds timeout{5000};
    // False: subscribe() returns at once; a refusal goes to on_error and ends the subscription.
    bool wait = true;
};

struct PublishOptions {
    // Where answers are wanted: a subject that the application subscribes to itself.
    std::string reply;
    Headers headers;
    std::string id;
    std::string content_type;
    std::string type;
};

struct RequestOptions {
    // Empty: ClientOptions::request_timeout.
    std::optional<std::chrono::milliseconds> timeout;
    Headers headers;
    std::string id;
    std::string content_type;
    std::string type;
};

}  // namespace telex
