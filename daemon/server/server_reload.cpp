// Server: a changed configuration. Everything that may fail comes first; then everything is done.
#include "server/server.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace telex::server {

ListenerState* Server::find_listener(std::string_view name) const {
    const auto found =
        std::find_if(listeners_.begin(), listeners_.end(), [&](const auto& listener) {
            return listener->settings()->options().name == name;
        });
    return found == listeners_.end() ? nullptr : found->get();
}

Result<void, net::SystemError> Server::reload(
    std::vector<ListenerOptions> listeners,
    std::vector<access::User> users,
    const std::vector<access::Account>& accounts
) {
    sd::PassedSockets none;
    std::vector<std::pair<ListenerState*, ListenerSettingsPtr>> kept;
    std::vector<Prepared> added;
    for (ListenerOptions& options : listeners) {
        ListenerState* const known = find_listener(options.name);
        if (known == nullptr) {
            auto prepared = prepare(std::move(options), none);
            if (!prepared) {
                return unexpected(std::move(prepared.error()));
            }
            added.push_back(*std::move(prepared));
            continue;
        }
        auto settings = make_settings(std::move(options), {});
        if (!settings) {
            return unexpected(std::move(settings.error()));
        }
        kept.emplace_back(known, *std::move(settings));
    }
    for (auto& [listener, settings] : kept) {
        listener->use(std::move(settings));
    }
    remove_listeners_but(kept);
    for (Prepared& prepared : added) {
        serve(std::move(prepared));
    }
    if (doorkeeper_) {
        use_users(std::move(users), accounts);
    }
    publish_info();
    return {};
}

void Server::remove_listeners_but(
    const std::vector<std::pair<ListenerState*, ListenerSettingsPtr>>& kept
) {
    const auto is_kept = [&](const std::unique_ptr<ListenerState>& listener) {
        return std::any_of(kept.begin(), kept.end(), [&](const auto& entry) {
            return entry.first == listener.get();
        });
    };
    const auto gone = std::stable_partition(listeners_.begin(), listeners_.end(), is_kept);
    std::vector<std::unique_ptr<ListenerState>> removed(
        std::make_move_iterator(gone), std::make_move_iterator(listeners_.end())
    );
    listeners_.erase(gone, listeners_.end());
    on_all([&removed](Worker& worker) {
        for (const auto& listener : removed) {
            worker.stop_serving(*listener);
        }
    });
    // A connection that was on its way between two reactors has arrived by now, unless it was sent
    // off just before: those of this reload wait for the next.
    std::erase_if(removed_listeners_, [](const auto& listener) {
        return !listener->has_parties();
    });
    std::move(removed.begin(), removed.end(), std::back_inserter(removed_listeners_));
}

void Server::use_users(
    std::vector<access::User> users, const std::vector<access::Account>& accounts
) {
    const access::UsersPtr before = doorkeeper_->users();
    const auto fresh = std::make_shared<access::Users>(std::move(users), accounts, before.get());
    doorkeeper_->use(fresh);
    on_all([this, &fresh](Worker& worker) {
        exchange_->shard(worker.reactor().index()).use_accounts(fresh->accounts());
        worker.review_users();
    });
}

}  // namespace telex::server
