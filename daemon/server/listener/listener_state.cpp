#include "server/listener/listener_state.hpp"

#include <utility>

namespace telex::server {

namespace {

// An unfinished handshake holds about 47 KiB.
constexpr std::uint32_t kRejectSlots = 64;

bool take(std::atomic<std::uint32_t>& taken, std::uint32_t most) {
    if (taken.fetch_add(1, std::memory_order_relaxed) < most) {
        return true;
    }
    taken.fetch_sub(1, std::memory_order_relaxed);
    return false;
}

}  // namespace

ListenerState::ListenerState(ListenerSettingsPtr settings, Authenticator* authenticator)
    : authenticator_(authenticator),
      most_connections_(settings->options().max_connections),
      pre_auth_(settings->options().max_unauthenticated),
      settings_(std::move(settings)) {}

ListenerSettingsPtr ListenerState::settings() const {
    const std::scoped_lock lock(settings_mutex_);
    return settings_;
}

void ListenerState::use(ListenerSettingsPtr settings) {
    most_connections_ = settings->options().max_connections;
    {
        const std::scoped_lock lock(pre_auth_mutex_);
        pre_auth_.set_slots(settings->options().max_unauthenticated);
    }
    const std::scoped_lock lock(settings_mutex_);
    settings_ = std::move(settings);
}

std::string ListenerState::former_name() const {
    const std::scoped_lock lock(settings_mutex_);
    return former_name_;
}

void ListenerState::set_former_name(std::string name) {
    const std::scoped_lock lock(settings_mutex_);
    former_name_ = std::move(name);
}

std::vector<std::string> ListenerState::unreachable_addresses() const {
    std::vector<std::string> addresses;
    for (const SocketFile& file : socket_files) {
        if (file.is_lost()) {
            addresses.push_back(net::to_string(file.address));
        }
    }
    return addresses;
}

bool ListenerState::take_slot() {
    return take(connections_, most_connections_.load(std::memory_order_relaxed));
}

bool ListenerState::enter_pre_auth(std::string_view network) {
    const std::scoped_lock lock(pre_auth_mutex_);
    return pre_auth_.enter(std::string(network));
}

void ListenerState::leave_pre_auth(std::string_view network) {
    const std::scoped_lock lock(pre_auth_mutex_);
    pre_auth_.leave(std::string(network));
}

bool ListenerState::take_reject_slot() {
    return take(standing_, kRejectSlots);
}

}  // namespace telex::server
