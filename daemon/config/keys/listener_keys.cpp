#include "config/keys/listener_keys.hpp"

#include "config/keys/address_text.hpp"
#include "config/keys/limit_keys.hpp"
#include "config/keys/list_keys.hpp"
#include "config/keys/text_rules.hpp"
#include "config/keys/tls_keys.hpp"
#include "config/keys/units.hpp"

namespace telex::config {

namespace {

using Draft = ListenerDraft;
using server::AcceptMode;
using server::SlowPolicy;

constexpr std::array<Word<AcceptMode>, 2> kAcceptModes{{
    {"balanced", AcceptMode::balanced},
    {"reuseport", AcceptMode::reuseport},
}};

constexpr std::array<Word<SlowPolicy>, 4> kPolicies{{
    {"block", SlowPolicy::block},
    {"drop-oldest", SlowPolicy::drop_oldest},
    {"drop-newest", SlowPolicy::drop_newest},
    {"disconnect", SlowPolicy::disconnect},
}};

// A publisher may be stopped for the policy's sake, but somebody must be cut in the end.
constexpr std::array<Word<SlowPolicy>, 3> kFallbacks{{
    {"drop-oldest", SlowPolicy::drop_oldest},
    {"drop-newest", SlowPolicy::drop_newest},
    {"disconnect", SlowPolicy::disconnect},
}};

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
    if (node.items.empty()) {
        reader.error(node.at, path, "is an empty list; a listener needs an address");
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

void add_entry_keys(Table<Draft>& table) {
    table.push_back(text_key<Draft>(
        "name",
        [](auto& d) -> auto& { return d.options.name; },
        "name",
        "1 to 64 letters, digits, `-`, `_`",
        check_name,
        {"Required. Unique; names the listener in logs, counters and `{listener}`. A reload can "
         "give "
         "a listener another one when its addresses stay, and their ports are not 0.",
         Reload::hot}
    ));
    table.push_back(special<Draft>(
        "address",
        "address or list",
        "see below",
        {"Required. Where to listen.", Reload::restart},
        read_addresses
    ));
    table.push_back(text_key<Draft>(
        "protocol",
        [](auto& d) -> auto& { return d.options.protocol; },
        "word",
        "see below",
        check_protocol,
        {"What a frame means.", Reload::restart}
    ));
    table.push_back(special<Draft>(
        "framing",
        "name or mapping",
        "see below",
        {"How the byte streams are cut into frames. On packet sockets (udp, unix-dgram, "
         "unix-seqpacket) a packet is a frame, without the ending that `trim` removes.",
         Reload::restart},
        [](Draft& draft, const Node& node, const std::string&, Reader&) { draft.framing = &node; },
        "of the protocol"
    ));
    table.push_back(word_key<Draft>(
        "accept",
        [](auto& d) -> auto& { return d.options.accept; },
        kAcceptModes,
        {"`balanced`: a new connection goes to the less loaded of two reactors. `reuseport`: it "
         "stays where the kernel put it (TCP).",
         Reload::restart}
    ));
    table.push_back(flag_key<Draft>(
        "plaintext_secrets",
        [](auto& d) -> auto& { return d.options.plaintext_secrets; },
        {"Take passwords and tokens also over TCP without TLS and from other machines, where "
         "whoever is on the way can read them.",
         Reload::restart,
         Applies::frames}
    ));
}

void add_user_key(Table<Draft>& table) {
    table.push_back(text_key<Draft>(
        "user",
        [](auto& d) -> auto& { return d.options.user; },
        "name",
        "one of `users`",
        check_name,
        {"Who peers are that are recognised as nobody else. Without this key they are not taken, "
         "where there are `users`.",
         Reload::restart}
    ));
}

void add_socket_file_keys(Table<Draft>& table) {
    table.push_back(permissions_key<Draft>(
        "mode",
        [](auto& d) -> auto& { return d.options.mode; },
        {"Who may connect to the socket file. Unix paths only.", Reload::restart}
    ));
    table.push_back(text_key<Draft>(
        "owner",
        [](auto& d) -> auto& { return d.options.owner; },
        "user",
        "name or number",
        check_account,
        {"Owner of the socket file; needs the right to give files away.", Reload::restart}
    ));
    table.push_back(text_key<Draft>(
        "group",
        [](auto& d) -> auto& { return d.options.group; },
        "group",
        "name or number",
        check_account,
        {"Group of the socket file, one that the daemon is a member of.", Reload::restart}
    ));
    table.push_back(flag_key<Draft>(
        "allow_abstract",
        [](auto& d) -> auto& { return d.options.allow_abstract; },
        {"Permits `unix:@NAME` addresses. They have no permissions: every local user may connect, "
         "and whoever comes first has the name.",
         Reload::restart}
    ));
}

void add_raw_keys(Table<Draft>& table) {
    const auto raw = [](std::string_view doc) { return About{doc, Reload::restart, Applies::raw}; };
    table.push_back(text_key<Draft>(
        "publish",
        [](auto& d) -> auto& { return d.options.session.raw.publish; },
        "subject template",
        "",
        check_template,
        raw("Each frame is published on this subject.")
    ));
    table.push_back(text_key<Draft>(
        "subscribe",
        [](auto& d) -> auto& { return d.options.session.raw.subscribe; },
        "filter template",
        "",
        check_template,
        raw("Messages on these subjects are written as frames. Not on datagram sockets.")
    ));
    table.push_back(text_key<Draft>(
        "request",
        [](auto& d) -> auto& { return d.options.session.raw.request; },
        "subject template",
        "",
        check_template,
        raw("Each frame is a request to this subject; the answers are written in the order of the "
            "frames. Stands alone, without `publish` and `subscribe`.")
    ));
    table.push_back(text_key<Draft>(
        "queue_group",
        [](auto& d) -> auto& { return d.options.session.raw.queue_group; },
        "name",
        "a subject of at most 255 bytes",
        check_queue_group_name,
        raw("With `subscribe`: each message goes to one member of the group.")
    ));
    table.push_back(flag_key<Draft>(
        "echo",
        [](auto& d) -> auto& { return d.options.session.raw.echo; },
        raw("With `publish` and `subscribe`: a peer gets its own messages, too.")
    ));
    table.push_back(duration_key<Draft>(
        "request_timeout",
        [](auto& d) -> auto& { return d.options.session.raw.request_timeout; },
        {1, kDay},
        raw("With `request`: how long an answer may take. After it the connection is closed: the "
            "peer could not tell which answer is missing.")
    ));
}

void add_amplification_keys(Table<Draft>& table) {
    table.push_back(section<Draft>(
        "amplification",
        {"Answers over UDP that are larger than their questions. The sender of a datagram may be "
         "forged, so that each byte that came allows one byte back, and the rest is withheld and "
         "counted (`amplification`). Senders at loopback addresses are not bounded."}
    ));
    table.push_back(count_key<Draft>(
        "amplification.factor",
        [](auto& d) -> auto& { return d.options.amplification.factor; },
        {1, 1'000},
        {"Bytes of answers for each byte that comes from one of `networks`."}
    ));
    const auto take = [](Draft& draft, const Text& text) -> std::optional<std::string> {
        auto network = net::parse_network(text.value);
        if (!network) {
            return fmt::format("{} {}", text.quoted, network.error());
        }
        if (network->prefix == 0) {
            return fmt::format("{} is everybody; name the networks of the devices", text.quoted);
        }
        draft.options.amplification.networks.push_back(*network);
        return std::nullopt;
    };
    table.push_back(texts<Draft>(
        "amplification.networks",
        "network or list",
        "addresses with the bits of their prefix",
        {"Where `factor` holds, as in `10.1.0.0/16` or `fd00:1::/32`. Nobody outside should be "
         "able "
         "to send here in the name of these addresses."},
        take
    ));
}

void add_slow_consumer_keys(Table<Draft>& table) {
    table.push_back(section<Draft>(
        "slow_consumer", {"What happens to a connection that reads slower than messages come."}
    ));
    table.push_back(word_key<Draft>(
        "slow_consumer.policy",
        [](auto& d) -> auto& { return d.options.slow_consumer.policy; },
        kPolicies,
        {"`block` stops reading from the publishers; the others drop messages or close the "
         "connection. Subscriptions may ask for another one."}
    ));
    table.push_back(word_key<Draft>(
        "slow_consumer.fallback",
        [](auto& d) -> auto& { return d.options.slow_consumer.fallback; },
        kFallbacks,
        {"What `block` turns into after `max_block`."}
    ));
    table.push_back(duration_key<Draft>(
        "slow_consumer.max_block",
        [](auto& d) -> auto& { return d.options.slow_consumer.max_block; },
        {10, 3'600 * kSecond},
        {"The longest time that publishers are stopped for one connection."}
    ));
    table.push_back(size_key<Draft>(
        "slow_consumer.max_pending",
        [](auto& d) -> auto& { return d.options.slow_consumer.max_pending_bytes; },
        {kKiB, 64 * kGiB},
        {"Bytes queued for one connection before its policy acts."}
    ));
    table.push_back(duration_key<Draft>(
        "slow_consumer.max_pending_age",
        [](auto& d) -> auto& { return d.options.slow_consumer.max_pending_age; },
        {10, kDay},
        {"Age of the oldest queued message before the policy acts."}
    ));
}

Table<Draft> make_listener_table() {
    Table<Draft> table;
    add_entry_keys(table);
    add_user_key(table);
    add_socket_file_keys(table);
    add_raw_keys(table);
    add_amplification_keys(table);
    add_limit_keys(table);
    add_slow_consumer_keys(table);
    add_tls_keys(table);
    return table;
}

}  // namespace

const Table<ListenerDraft>& listener_keys() {
    static const Table<Draft> table = make_listener_table();
    return table;
}

}  // namespace telex::config
