#include "server/admin/user_kick.hpp"

#include "base/printable.hpp"
#include "reactor/work_meter.hpp"
#include "server/admin/ask_workers.hpp"
#include "server/connection/connection.hpp"
#include "server/connection/connection_table.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <utility>

namespace telex::server {

namespace {

// The part of one reactor. Owned by its query. Thread: the reactor's of the table.
class UserKick {
public:
    struct Part {
        std::uint64_t connections = 0;
        bool own_is_left = false;
    };

    UserKick(Worker& worker, v1::Kick request, std::uint64_t own)
        : worker_(&worker), request_(std::move(request)), own_(own) {}

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
                kick(*connection);
            }
        }
        return false;
    }

    Part take() const { return part_; }

private:
    void kick(Connection& connection) {
        ++part_.connections;
        if (connection.number() == own_) {
            part_.own_is_left = true;
            return;
        }
        worker_->reactor().work().add(reactor::work::kConnection);
        connection.kick(request_.reason());
    }

    Worker* worker_;
    v1::Kick request_;
    std::uint64_t own_;
    ConnectionTable::Place place_;
    Part part_;
};

}  // namespace

wire::AdminResult<KickResult> kick_user(
    Workers& workers, const v1::Kick& request, std::uint64_t own
) {
    if (request.connection() != 0) {
        return unexpected(wire::admin_error(
            v1::AdminError::INVALID_ARGUMENT, "give a connection or a user, not both"
        ));
    }
    const auto parts = ask_workers_in_slices<UserKick::Part>(
        workers, [request, own](Worker& worker) { return UserKick(worker, request, own); }
    );
    if (!parts) {
        return unexpected(parts.error());
    }
    UserKick::Part sum;
    for (const UserKick::Part& part : *parts) {
        sum.connections += part.connections;
        sum.own_is_left |= part.own_is_left;
    }
    if (sum.connections == 0) {
        return unexpected(wire::admin_error(
            v1::AdminError::NOT_FOUND,
            fmt::format("user '{}' has no connection", printable(request.user()))
        ));
    }
    KickResult result{.reply = {}, .own_is_left = sum.own_is_left};
    result.reply.set_connections(sum.connections);
    return result;
}

}  // namespace telex::server
