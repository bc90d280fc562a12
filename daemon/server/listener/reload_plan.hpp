#pragma once
// How a reload changes the listeners. Making the plan does everything that can fail, and changes
// nothing; what it has opened is closed if it is dropped.
//
// Owner and thread: the server's.
#include "base/result.hpp"
#include "net/socket_error.hpp"
#include "server/listener/listener_opener.hpp"
#include "server/listener/listener_options.hpp"
#include "server/listener/listener_set.hpp"
#include "telex/v1/admin.pb.h"

#include <utility>
#include <vector>

namespace telex::server {

struct ReloadPlan {
    std::vector<std::pair<ListenerState*, ListenerSettingsPtr>> kept;
    std::vector<PreparedListener> added;
    std::vector<const ListenerState*> gone;
    std::vector<RemadeSockets> remade;
    v1::ReloadReport report;  // its effects and warnings
};

class ReloadPlanner {
public:
    // Both outlive it.
    ReloadPlanner(const ListenerOpener& opener, const ListenerSet& listeners)
        : opener_(opener), listeners_(listeners) {}

    // From the listeners that are served to `listeners`.
    [[nodiscard]] Result<ReloadPlan, net::SystemError> plan(
        std::vector<ListenerOptions> listeners, const Renames& renamed
    ) const;

private:
    [[nodiscard]] Result<void, net::SystemError> plan_known(
        ListenerState& listener, ListenerOptions options, ReloadPlan& plan
    ) const;
    [[nodiscard]] Result<void, net::SystemError> plan_new(ListenerOptions options, ReloadPlan& plan)
        const;
    // Replaces deleted socket files.
    [[nodiscard]] Result<void, net::SystemError> plan_files(
        ListenerState& listener, const ListenerOptions& options, ReloadPlan& plan
    ) const;

    const ListenerOpener& opener_;
    const ListenerSet& listeners_;
};

}  // namespace telex::server
