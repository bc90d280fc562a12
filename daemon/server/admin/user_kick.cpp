#include "server/admin/user_kick.hpp"

#include "base/printable.hpp"
#include "reactor/work_meter.hpp"
#include "server/admin/ask_workers.hpp"
#include "server/connection/connection.hpp"
#include "server/connection/connection_table.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace telex::server {

namespace {

// The part of one reactor. Owned by its query. Thread: the reactor's of the table.
class UserKick {
public:
    UserKick(Worker& worker, v1::Kick request) : worker_(&worker), request_(std::move(request)) {}

    // Until the slice is over. Returns true when all connections were visited.
    bool run() {
        reactor::WorkMeter& work = worker_->reactor().work();
        while (!work.slice_is_over()) {
            Connection* const connection = worker_->connections().next(place_);
            if (connection == nullptr) {
                worker_->reactor().ensure_turn();
                return true;
            }
            work.add(reactor::work::kListEntry);
            if (connection->user_name() == request_.user()) {
                ++kicked_;
                work.add(reactor::work::kConnection);
                connection->kick(request_.reason());
            }
        }
        return false;
    }

    std::uint64_t take() const { return kicked_; }

private:
    Worker* worker_;
    v1::Kick request_;
    ConnectionTable::Place place_;
    std::uint64_t kicked_ = 0;
};

}  // namespace

wire::AdminResult<v1::Kicked> kick_user(Workers& workers, const v1::Kick& request) {
    if (request.connection() != 0) {
        return unexpected(wire::admin_error(
            v1::AdminError::INVALID_ARGUMENT, "give a connection or a user, not both"
        ));
    }
    const auto parts = ask_workers_in_slices<std::uint64_t>(workers, [request](Worker& worker) {
        return UserKick(worker, request);
    });
    if (!parts) {
        return unexpected(parts.error());
    }
    v1::Kicked kicked;
    kicked.set_connections(std::accumulate(parts->begin(), parts->end(), std::uint64_t{0}));
    if (kicked.connections() == 0) {
        return unexpected(wire::admin_error(
            v1::AdminError::NOT_FOUND,
            fmt::format("user '{}' has no connection", printable(request.user()))
        ));
    }
    return kicked;
}

}  // namespace telex::server
