#include "config/keys/listener_keys.hpp"

#include "config/keys/address_text.hpp"
#include "config/keys/limit_keys.hpp"
#include "config/keys/list_keys.hpp"
#include "config/keys/protocol_keys.hpp"
#include "config/keys/proxy_keys.hpp"
#include "config/keys/text_rules.hpp"
#include "config/keys/tls_keys.hpp"
#include "config/keys/units.hpp"
#include "config/keys/websocket_keys.hpp"
#include "protocols/registry/protocols.hpp"
#include "wire/slow_policy.hpp"

#include <span>

namespace telex::config {

namespace {

using Draft = ListenerDraft;
using server::AcceptMode;

constexpr std::array<Word<AcceptMode>, 2> kAcceptModes{{
    {"balanced", AcceptMode::balanced},
    {"reuseport", AcceptMode::reuseport},
}};

constexpr std::array<Word<std::optional<bool>>, 3> kPackets{{
    {"auto", std::nullopt},
    {"whole", false},
    {"split", true},
}};

// Not `block`: publishers must not be stopped forever.
constexpr auto kFallbacks = std::span(wire::kSlowPolicies).subspan<1>();
static_assert(wire::kSlowPolicies[0].value == v1::SLOW_POLICY_BLOCK);

constexpr std::uint64_t kGiB = kMiB * 1'024;

void read_address(Draft& draft, const Node& node, const std::string& path, Reader& reader) {
    const auto text = reader.text(node, path);
    if (!text) {
        return;
    }
    auto address = address_of(*text);
    if (!address) {
        reader.error(node.at, path, address.error());
        return;
    }
    draft.options.addresses.push_back(*std::move(address));
}

void read_addresses(Draft& draft, const Node& node, const std::string& path, Reader& reader) {
    if (node.kind != Node::Kind::list) {
        read_address(draft, node, path, reader);
        return;
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const std::string where = item(path, i);
        reader.origins().set(where, node.items[i].at, node.items[i].at);
        read_address(draft, node.items[i], where, reader);
        if (!reader.origins().good(where)) {
            reader.origins().fail(path);
        }
    }
}

std::vector<Word<std::string_view>> protocol_words() {
    std::vector<Word<std::string_view>> words;
    for (const session::Protocol* protocol : session::protocols()) {
        words.push_back({protocol->name, protocol->name});
    }
    return words;
}

void add_entry_keys(Table<Draft>& table) {
    table.push_back(text_key<Draft>(
        "name",
        kNameKind,
        [](auto& d) -> auto& { return d.options.name; },
        check_name,
        {.doc = "Unique name of the listener in logs, counters and `{listener}`. A reload renames "
                "a listener if its addresses stay the same and have no port 0.",
         .required = true}
    ));
    table.push_back(special<Draft>(
        "address",
        ListKind{{"address", "see below"}},
        {.doc = "Address to listen on, or several.", .reload = Reload::restart, .required = true},
        read_addresses
    ));
    table.push_back(choice_key<Draft>(
        "protocol",
        [](auto& d) -> auto& { return d.options.protocol; },
        protocol_words(),
        {"Protocol of the frames, see below.", Reload::restart}
    ));
}

void add_frame_keys(Table<Draft>& table) {
    table.push_back(special<Draft>(
        "framing",
        NameOrMappingKind{"framing"},
        {.doc = "How the byte stream is divided into frames. On packet sockets (udp, unix-dgram, "
                "unix-seqpacket) a packet is a frame, without the ending that `trim` removes, "
                "unless `packets` is `split`.",
         .reload = Reload::restart,
         .unset = "of the protocol"},
        [](Draft& draft, const Node& node, const std::string&, Reader&) { draft.framing = &node; }
    ));
    table.push_back(choice_key<Draft>(
        "packets",
        [](auto& d) -> auto& { return d.split_packets; },
        kPackets,
        {.doc =
             "Frames of a datagram (udp, unix-dgram) of a raw listener. `whole`: the datagram is "
             "one. `split`: the framing divides it, for senders that put several lines or "
             "records into one datagram, such as statsd; what is left at its end is treated as "
             "at the end of a stream (`at_eof`), and replies have this framing, too. `auto`: "
             "`split` "
             "if all addresses are udp or unix-dgram and the framing is neither `datagram` nor "
             "of kind `syslog`.",
         .reload = Reload::restart}
    ));
}

void add_peer_keys(Table<Draft>& table) {
    table.push_back(choice_key<Draft>(
        "accept",
        [](auto& d) -> auto& { return d.options.accept; },
        kAcceptModes,
        {"How connections are distributed over reactors. `balanced`: to the less loaded of two "
         "reactors. `reuseport`: to the reactor that the kernel selects (TCP only).",
         Reload::restart}
    ));
    table.push_back(boolean_key<Draft>(
        "plaintext_secrets",
        [](auto& d) -> auto& { return d.options.plaintext_secrets; },
        {"Accept passwords and tokens from other hosts over TCP without TLS, where they can be "
         "intercepted.",
         Reload::restart,
         {&session::Capabilities::has_hello}}
    ));
    table.push_back(text_key<Draft>(
        "user",
        {"name", "one of `users`"},
        [](auto& d) -> auto& { return d.options.user; },
        check_name,
        {"User of peers that do not authenticate. Without this key they are refused if the "
         "configuration has `users`.",
         Reload::restart}
    ));
}

void add_socket_file_keys(Table<Draft>& table) {
    table.push_back(permissions_key<Draft>(
        "mode",
        [](auto& d) -> auto& { return d.options.mode; },
        {.doc = "Permission bits of the socket file, which control access to it. Unix paths only.",
         .reload = Reload::restart,
         .unset = kSocketFileMode}
    ));
    table.push_back(text_key<Draft>(
        "owner",
        {"user", "name or number"},
        [](auto& d) -> auto& { return d.options.owner; },
        check_account,
        {"Owner of the socket file. Requires CAP_CHOWN.", Reload::restart}
    ));
    table.push_back(text_key<Draft>(
        "group",
        {"group", "name or number"},
        [](auto& d) -> auto& { return d.options.group; },
        check_account,
        {"Group of the socket file. The daemon must be a member of the group.", Reload::restart}
    ));
    table.push_back(boolean_key<Draft>(
        "allow_abstract",
        [](auto& d) -> auto& { return d.options.allow_abstract; },
        {"Permit `unix:@NAME` addresses. They have no permissions: every local user may connect, "
         "and any local process can take the name first.",
         Reload::restart}
    ));
}

std::optional<std::string> take_network(Draft& draft, const Text& text) {
    auto network = net::parse_network(text.value);
    if (!network) {
        return fmt::format("{} {}", text.quoted, network.error());
    }
    if (network->prefix == 0) {
        return fmt::format(
            "{} contains every address; name the networks of the devices", text.quoted
        );
    }
    draft.options.amplification.networks.push_back(*network);
    return std::nullopt;
}

void add_amplification_keys(Table<Draft>& table) {
    table.push_back(section<Draft>(
        "amplification",
        {"Replies over UDP that are larger than their requests. The source address of a datagram "
         "can be forged, so each received byte allows one byte of replies; the rest is dropped and "
         "counted (`amplification`). Loopback addresses are exempt."}
    ));
    table.push_back(count_key<Draft>(
        "amplification.factor",
        [](auto& d) -> auto& { return d.options.amplification.factor; },
        {1, 1'000},
        {"Maximum reply bytes for each byte received from one of `networks`."}
    ));
    table.push_back(texts<Draft>(
        "amplification.networks",
        {"network", "addresses with a prefix length"},
        {"Networks to which `factor` applies, such as `10.1.0.0/16` or `fd00:1::/32`. Hosts "
         "outside "
         "of them should not be able to send datagrams with these source addresses to this "
         "listener."},
        take_network
    ));
}

void add_slow_consumer_keys(Table<Draft>& table) {
    table.push_back(section<Draft>(
        "slow_consumer", {"Policy for connections that read more slowly than messages arrive."}
    ));
    table.push_back(choice_key<Draft>(
        "slow_consumer.policy",
        [](auto& d) -> auto& { return d.options.slow_consumer.policy; },
        wire::kSlowPolicies,
        {"`block` stops reading from the publishers, `drop-oldest` and `drop-newest` drop "
         "messages, `disconnect` closes the connection. A subscription can select another policy."}
    ));
    table.push_back(choice_key<Draft>(
        "slow_consumer.fallback",
        [](auto& d) -> auto& { return d.options.slow_consumer.fallback; },
        kFallbacks,
        {"Policy that replaces `block` after `max_block`."}
    ));
    table.push_back(duration_key<Draft>(
        "slow_consumer.max_block",
        [](auto& d) -> auto& { return d.options.slow_consumer.max_block; },
        {10, 3'600 * kSecond},
        {"Maximum time that `block` stops publishers for one connection. `fallback` applies after "
         "it."}
    ));
    table.push_back(size_key<Draft>(
        "slow_consumer.max_pending",
        [](auto& d) -> auto& { return d.options.slow_consumer.max_pending_bytes; },
        {kKiB, 64 * kGiB},
        {"Maximum bytes queued for one connection. `policy` applies above it. With `protocol: "
         "nats` the default is a quarter of `server.memory_budget`, but at most 64MiB, which is "
         "nats-server's, and at least 8MiB."}
    ));
    table.push_back(duration_key<Draft>(
        "slow_consumer.max_pending_age",
        [](auto& d) -> auto& { return d.options.slow_consumer.max_pending_age; },
        {10, kDay},
        {"Maximum age of the oldest queued message. `policy` applies above it."}
    ));
    table.push_back(boolean_key<Draft>(
        "slow_consumer.allow_block",
        [](auto& d) -> auto& { return d.options.slow_consumer.allow_block; },
        {.doc = "Whether a subscription may select `block`, with which a client slows others down. "
                "`allow_block` of a user takes precedence. `policy: block` applies regardless.",
         .applies = {&session::Capabilities::client_subscribes},
         .unset = "if there are no users"}
    ));
}

Table<Draft> make_listener_table() {
    Table<Draft> table;
    add_entry_keys(table);
    add_frame_keys(table);
    add_peer_keys(table);
    add_socket_file_keys(table);
    add_protocol_keys(table);
    add_amplification_keys(table);
    add_limit_keys(table);
    add_slow_consumer_keys(table);
    add_proxy_keys(table);
    add_tls_keys(table);
    add_websocket_keys(table);
    return table;
}

}  // namespace

const Table<ListenerDraft>& listener_keys() {
    static const Table<Draft> table = make_listener_table();
    return table;
}

}  // namespace telex::config
