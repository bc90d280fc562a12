// The life of a client: connect, flush, drain, close, and its state.
#include "handles.hpp"
#include "keys.hpp"
#include "times.hpp"

#include <new>
#include <utility>

namespace telex::c {
namespace {

constexpr std::array kClientCounters{
    &Statistics::published_messages,
    &Statistics::published_bytes,
    &Statistics::received_messages,
    &Statistics::received_bytes,
    &Statistics::dropped_messages,
    &Statistics::unsent_messages,
    &Statistics::connects,
    &Statistics::subscriptions,
    &Statistics::pending_requests,
    &Statistics::buffered_bytes,
    &Statistics::dropped_errors,
};
static_assert(kClientCounters.size() == TELEX_UNREPORTED_ERRORS);

using Connect = Expected<Client> (*)(ClientOptions);

int connect_by(Connect connect, const telex_options* options, telex_client** client) noexcept {
    if (client == nullptr) {
        return fail_null("client");
    }
    *client = nullptr;
    return guarded([&] {
        auto connected = connect(options == nullptr ? ClientOptions() : options->options);
        if (!connected) {
            return fail(connected.error());
        }
        *client = new telex_client{*std::move(connected)};
        return int{TELEX_OK};
    });
}

}  // namespace
}  // namespace telex::c

using telex::c::fail_null;
using telex::c::guarded;
using telex::c::result_of;
using telex::c::time_or;

int telex_connect(const telex_options* options, telex_client** client) {
    return telex::c::connect_by(&telex::Client::connect, options, client);
}

int telex_connect_in_background(const telex_options* options, telex_client** client) {
    return telex::c::connect_by(&telex::Client::connect_in_background, options, client);
}

void telex_close(telex_client* client) {
    if (client != nullptr) {
        client->client.close();
    }
}

void telex_client_free(telex_client* client) {
    delete client;
}

telex_status telex_client_status(const telex_client* client) {
    return client == nullptr ? TELEX_STATUS_CLOSED
                             : static_cast<telex_status>(client->client.status());
}

const char* telex_status_name(int status) {
    // The names are literals, which end with NUL.
    return telex::name_of(static_cast<telex::Status>(status)).data();
}

uint64_t telex_client_statistic(const telex_client* client, int key) {
    const auto* const member = telex::c::row_of(telex::c::kClientCounters, key);
    return client == nullptr || member == nullptr ? 0 : client->client.statistics().**member;
}

int telex_flush(telex_client* client, int64_t timeout) {
    if (client == nullptr) {
        return fail_null("client");
    }
    return guarded([&] {
        return result_of(client->client.flush(time_or(timeout, std::chrono::seconds(10))));
    });
}

int telex_drain(telex_client* client, int64_t timeout) {
    if (client == nullptr) {
        return fail_null("client");
    }
    return guarded([&] {
        return result_of(client->client.drain(time_or(timeout, std::chrono::seconds(30))));
    });
}
