#include "protocols/nats/nats_options.hpp"

namespace telex::session::nats {

std::span<const OptionRow> nats_option_rows() {
    static const std::vector<OptionRow> rows = {
        {"handshake_first",
         "Whether TLS begins before the server has sent `INFO`, for clients with an option of this "
         "name. Other clients expect `INFO` in plain text, then TLS. Requires `tls`.",
         FlagOption{option_access<bool>(&NatsOptions::handshake_first)}},
    };
    return rows;
}

std::vector<ListenerError> check_nats_listener(const ListenerFacts& facts) {
    const auto& options = options_of<NatsOptions>(facts.options.protocol);
    if (facts.given("handshake_first") && options.handshake_first && !facts.given("tls")) {
        return {{"handshake_first", "'handshake_first' requires 'tls'"}};
    }
    return {};
}

}  // namespace telex::session::nats
