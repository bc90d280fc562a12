#pragma once
// Lists for operators: connections, subscriptions, users, subjects, statistics. Each waits for the
// reactors (kAdminPatience), and then fails with UNRESPONSIVE.
//
// Owner and thread: the server's.
#include "exchange/exchange.hpp"
#include "server/workers/workers.hpp"
#include "telex/v1/admin.pb.h"
#include "telex/v1/sys.pb.h"
#include "wire/admin_error.hpp"

#include <functional>

namespace telex::server {

class ServerReports {
public:
    // Both outlive it.
    ServerReports(Workers& workers, exchange::Exchange& exchange)
        : workers_(workers), exchange_(exchange) {}

    [[nodiscard]] wire::AdminResult<v1::ConnectionList> connections(const v1::ListConnections& query
    );
    [[nodiscard]] wire::AdminResult<v1::SubscriptionList> subscriptions(
        const v1::ListSubscriptions& query
    );
    [[nodiscard]] wire::AdminResult<v1::UserList> users(const v1::ListUsers& query);
    // The subjects with the most messages.
    [[nodiscard]] wire::AdminResult<v1::SubjectList> subjects(const v1::ListSubjects& query);
    [[nodiscard]] wire::AdminResult<v1::ServerStats> stats();
    // The same without waiting: calls `done` on a reactor's thread, when all reactors have replied.
    void collect_stats(const std::function<void(const v1::ServerStats&)>& done);

private:
    Workers& workers_;
    exchange::Exchange& exchange_;
};

}  // namespace telex::server
