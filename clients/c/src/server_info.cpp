// Facts about the server of a client.
#include "handles.hpp"
#include "keys.hpp"

#include <utility>

namespace telex::c {
namespace {

constexpr std::array kServerTexts{
    &ServerInfo::url, &ServerInfo::name, &ServerInfo::version, &ServerInfo::session_id
};
static_assert(kServerTexts.size() == TELEX_SERVER_SESSION_ID);

using ServerNumber = std::uint64_t (*)(const ServerInfo& info);

constexpr std::array<ServerNumber, 9> kServerNumbers{
    [](const ServerInfo& info) { return std::uint64_t{info.protocol_version}; },
    [](const ServerInfo& info) { return info.max_frame_bytes; },
    [](const ServerInfo& info) { return std::uint64_t{info.max_subject_bytes}; },
    [](const ServerInfo& info) { return std::uint64_t{info.max_subject_tokens}; },
    [](const ServerInfo& info) { return std::uint64_t{info.max_subscriptions}; },
    [](const ServerInfo& info) { return std::uint64_t{info.max_pending_requests}; },
    [](const ServerInfo& info) {
        return static_cast<std::uint64_t>(info.max_request_timeout.count());
    },
    [](const ServerInfo& info) { return static_cast<std::uint64_t>(info.idle_timeout.count()); },
    [](const ServerInfo& info) { return std::uint64_t{info.max_headers}; },
};
static_assert(kServerNumbers.size() == TELEX_SERVER_MAX_HEADERS);

}  // namespace
}  // namespace telex::c

using telex::c::fail;
using telex::c::fail_null;

int telex_client_server_info(const telex_client* client, telex_server_info** server) {
    if (client == nullptr || server == nullptr) {
        return fail_null(client == nullptr ? "client" : "server");
    }
    *server = nullptr;
    return telex::c::guarded([&]() -> int {
        auto info = client->client.server_info();
        if (!info) {
            return fail(TELEX_DISCONNECTED, "the client was not connected yet");
        }
        *server = new telex_server_info{*std::move(info)};
        return TELEX_OK;
    });
}

void telex_server_info_free(telex_server_info* server) {
    delete server;
}

const char* telex_server_info_text(const telex_server_info* server, int key) {
    const auto* const member = telex::c::row_of(telex::c::kServerTexts, key);
    return server == nullptr || member == nullptr ? "" : (server->info.**member).c_str();
}

uint64_t telex_server_info_number(const telex_server_info* server, int key) {
    const auto* const number = telex::c::row_of(telex::c::kServerNumbers, key);
    return server == nullptr || number == nullptr ? 0 : (*number)(server->info);
}
