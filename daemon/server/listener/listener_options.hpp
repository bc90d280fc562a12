#pragma once
// What the configuration says about one listener. Plain data with the defaults of the daemon; the
// loader fills it, the server reads it.
#include "codec/framing.hpp"
#include "net/address.hpp"
#include "net/network.hpp"
#include "session/options.hpp"
#include "tls/server_context.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace telex::server {

// What happens to a connection whose messages pile up (telex.v1.SlowPolicy without "unspecified").
enum class SlowPolicy : std::uint8_t { block, drop_oldest, drop_newest, disconnect };

enum class AcceptMode : std::uint8_t {
    balanced,   // hand a new connection to the less loaded of two reactors
    reuseport,  // it stays on the reactor that the kernel chose
};

struct SlowConsumerOptions {
    SlowPolicy policy = SlowPolicy::disconnect;
    // Applies when `block` lasted max_block; not `block` itself.
    SlowPolicy fallback = SlowPolicy::disconnect;
    std::chrono::milliseconds max_block{5'000};
    // Bytes queued for one connection before its policy acts.
    std::size_t max_pending_bytes = 8U << 20U;
    // Age of the oldest queued message before its policy acts.
    std::chrono::milliseconds max_pending_age{10'000};
};

// Answers to datagrams of claimed addresses: bytes for each byte of the question.
struct AmplificationOptions {
    std::uint32_t factor = 1;
    std::vector<net::Network> networks;  // where it holds; elsewhere it is 1
};

struct TlsOptions {
    tls::ServerOptions context;
    std::chrono::milliseconds handshake_timeout{5'000};
};

struct ListenerOptions {
    std::string name;
    std::vector<net::Address> addresses;
    std::string protocol = "telex";
    codec::Framing framing;
    std::string framing_name;  // as configured, for the status
    AcceptMode accept = AcceptMode::balanced;
    // Unix sockets: permission bits, owner and group of the socket file.
    std::optional<mode_t> mode;
    std::optional<std::string> owner;
    std::optional<std::string> group;
    // Abstract unix sockets have no permissions: they must be asked for.
    bool allow_abstract = false;
    std::uint32_t max_connections = 10'000;
    // Of these, such as have not introduced themselves; a quarter of them for one network.
    std::uint32_t max_unauthenticated = 4'096;
    // Passwords and tokens are taken where others could read them on their way.
    bool plaintext_secrets = false;
    int backlog = 1'024;
    // For one frame, from its first byte on; more for long ones, see Connection.
    std::chrono::milliseconds frame_timeout{30'000};
    SlowConsumerOptions slow_consumer;
    AmplificationOptions amplification;
    std::optional<TlsOptions> tls;
    // Stands for peers that are no other user; empty: these are not taken, where there are users.
    std::string user;
    session::SessionOptions session;
};

// What a listener was called until a reload, by its new name.
using Renames = std::map<std::string, std::string>;

}  // namespace telex::server
