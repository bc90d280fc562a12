#pragma once
// Options of a client. Plain data; the defaults suit a service on the exchange's host. Zero never
// disables a limit: fields that can be unlimited are std::optional.
#include <telex/credentials.hpp>
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

// Facts that the exchange sent when the connection was made.
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
    // Of this client that wait for the disk. 0: the exchange has no streams.
    std::uint32_t max_durable_publications = 0;
};

// After a lost connection the client tries every server in turn; after each failed round it waits,
// twice as long each time, up to `max_delay`. A server that rejects the credentials
// (Errc::not_authenticated) closes the client: no other server gets them, and a retry would only
// count as another failed attempt there.
struct ReconnectOptions {
    // If false, the client closes when it first loses the connection.
    bool enabled = true;
    std::chrono::milliseconds initial_delay{100};
    std::chrono::milliseconds max_delay{5000};
    // Random part of each delay, 0 to 1: with 0.5 a delay of 100 ms lasts 50 to 100 ms, so that the
    // clients of a restarted server do not all reconnect at once.
    double jitter = 0.5;
    // Maximum failed rounds in a row; then the client closes. nullopt: unlimited.
    std::optional<std::uint32_t> max_rounds;
};

// Behaviour of publish() and request() when `max_buffered_bytes` are waiting to be sent.
enum class WhenFull : std::uint8_t {
    block,  // wait up to `full_timeout`, then return Errc::buffer_full
    fail,   // return Errc::buffer_full at once
};

// TLS settings for tls:// URLs. TLS 1.2 or later; a server that cannot be verified is rejected.
struct TlsOptions {
    // PEM file with the trusted authorities. Empty: the system's.
    std::string ca_file;
    // SHA-256 of the server's public key in base64, as from
    //   openssl x509 -in server.pem -pubkey -noout | openssl pkey -pubin -outform der |
    //     openssl dgst -sha256 -binary | base64
    // With `ca_file`, both must match; without it only the key is checked, not the name.
    std::string key_pin;
    // Required name or address in the server's certificate. Empty: the host of the URL.
    std::string server_name;
    // PEM files of the client's certificate and private key, for servers that request one.
    std::string certificate_file;
    std::string key_file;
};

struct ClientOptions {
    // host, host:port, tcp://host:port, tls://host:port, unix:///path or unix:@name, tried in
    // order; the port defaults to 4650. Every address of a host name is tried; a silent one delays
    // the next by 250 ms. Empty: those of TELEX_URL, separated by commas, with TELEX_CREDENTIALS if
    // `credentials` are empty too: a file with a token, a private key, or the password of
    // TELEX_USER. Without TELEX_URL: the trusted ones of default_servers().
    std::vector<std::string> servers;
    TlsOptions tls;
    Credentials credentials;
    // Name in the exchange's logs, such as "billing-worker/2.1".
    std::string name;
    // Do not deliver this client's own publications to it.
    bool no_echo = false;

    // Limit for one attempt at one server, until its Welcome.
    std::chrono::milliseconds attempt_timeout{2000};
    // Limit for Client::connect() in total.
    std::chrono::milliseconds connect_timeout{5000};
    ReconnectOptions reconnect;

    // Maximum bytes of publish() and request() that wait to be sent, while disconnected or while
    // the server does not read.
    std::size_t max_buffered_bytes = std::size_t{8} << 20;
    WhenFull when_full = WhenFull::block;
    std::chrono::milliseconds full_timeout{5000};

    // Maximum size of a frame from the server, plus 4 KiB for the head of a delivery; a larger one
    // ends the connection. Defaults to 16 MiB or the server's own limit
    // (ServerInfo::max_frame_bytes), whichever is larger, up to 1 GiB.
    std::optional<std::size_t> max_frame_bytes;
    // A server that is silent for this time is pinged; after twice this time the connection is
    // closed.
    std::chrono::milliseconds ping_interval{30000};
    // Default of RequestOptions::timeout.
    std::chrono::milliseconds request_timeout{10000};
    // Limit for close() and the destructor to send buffered messages.
    std::chrono::milliseconds close_timeout{1000};

    // Called on the callback thread (see Client), one after the other. At most 1,024 calls or 1 MiB
    // of text wait: further errors are dropped and counted (Statistics::dropped_errors), and
    // on_error is called once per episode (Errc::errors_dropped). Of connections that were made and
    // lost meanwhile only the last one is reported.
    std::function<void(const ServerInfo&)> on_connected;  // also after each reconnect
    std::function<void(const Error&)> on_disconnected;    // the reason
    std::function<void(const Error&)> on_error;           // errors without a waiting call, drops
    std::function<void()> on_closed;                      // once, as the last callback
};

// The servers used if none are configured: the unix socket `telex.sock` in $RUNTIME_DIRECTORY,
// $XDG_RUNTIME_DIR/telex, /tmp/telex-$UID and /run/telex (those that apply, in this order), then
// tcp://127.0.0.1:4650.
//
// Other users of the host could listen there, so the client checks these servers. A socket is used
// only if its folder belongs to this user or root (or is /run/telex), is not writable by others,
// and the listening process runs as this user, root or the owner of the folder. Credentials are
// never sent to the TCP address. A skipped server is reported to on_error as Errc::untrusted_server
// once another is connected, otherwise in the text of connect_failed.
[[nodiscard]] TELEX_EXPORT std::vector<std::string> default_servers();

// The exchange's policy if this subscriber reads more slowly than its messages arrive.
enum class SlowPolicy : std::uint8_t {
    listener_default = 0,
    block = 1,  // stop reading from the publishers, for a limited time
    drop_oldest = 2,
    drop_newest = 3,
    disconnect = 4,
};

struct SubscribeOptions {
    // Members of a group share the messages: each goes to one member. Empty: no group.
    std::string queue_group;
    SlowPolicy slow_policy = SlowPolicy::listener_default;
    // Number of messages that the exchange may send before the application has taken them. Taking a
    // message (next(), or return of the callback) returns its credit, unless `automatic_credit` is
    // off: then call Subscription::add_credit. nullopt: the exchange sends as fast as the socket
    // allows. Zero is an invalid argument.
    std::optional<std::uint64_t> credit;
    bool automatic_credit = true;
    // The subscription ends after this many messages.
    std::optional<std::uint64_t> max_messages;
    // Limits of the local queue; when it is full, new messages are dropped and counted, and
    // on_error is called once per episode (Errc::messages_dropped).
    std::size_t max_pending_messages = 65536;
    std::size_t max_pending_bytes = std::size_t{64} << 20;
    // How long subscribe() waits for the exchange's confirmation.
    std::chrono::milliseconds timeout{5000};
    // If false, subscribe() returns at once; an error goes to on_error and ends the subscription.
    bool wait = true;
};

struct PublishOptions {
    // Subject for replies, to which the application subscribes itself.
    std::string reply_to;
    Headers headers;
    std::string id;
    std::string content_type;
    std::string type;
};

// A message that replaces earlier ones in its stream, which must allow it.
enum class RollUp : std::uint8_t {
    none = 0,
    subject = 1,  // those of its subject
    all = 2,      // all of the stream
};

struct DurableOptions {
    // How long to wait until the message is stored. Defaults to ClientOptions::request_timeout.
    std::optional<std::chrono::milliseconds> timeout;
    // Subject for replies, to which the application subscribes itself.
    std::string reply_to;
    Headers headers;
    // Within the stream's duplicate window only the first message with an id is stored: with an id
    // a message can be published again after a time-out or a lost connection.
    std::string id;
    std::string content_type;
    std::string type;
    // The stream removes the message after this time, which is greater than zero.
    std::optional<std::chrono::milliseconds> ttl;
    // Store the message only if the last sequence of the stream, or of this subject, is this one.
    // 0: there is no message.
    std::optional<std::uint64_t> expected_last_sequence;
    std::optional<std::uint64_t> expected_subject_sequence;
    RollUp roll_up = RollUp::none;
};

// Where a durable publication is stored.
struct StoredAt {
    std::string stream;
    std::uint64_t sequence = 0;
    // An earlier message with the same id has this sequence; this one was not stored and not
    // delivered.
    bool duplicate = false;

    bool operator==(const StoredAt&) const = default;
};

struct RequestOptions {
    // Defaults to ClientOptions::request_timeout.
    std::optional<std::chrono::milliseconds> timeout;
    Headers headers;
    std::string id;
    std::string content_type;
    std::string type;
};

}  // namespace telex
