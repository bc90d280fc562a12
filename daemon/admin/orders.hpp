#pragma once
// What operators order, by the bus and by HTTP alike: each is done, and said in the log with who
// ordered it.
//
// Thread: the application's.
#include "admin/operations.hpp"
#include "exchange/operator_desk.hpp"
#include "server/server.hpp"
#include "wire/admin_error.hpp"

#include <asio/io_context.hpp>

#include <string>

namespace telex::admin {

// The field `from` of the log: the number of the connection, or "http".
std::string origin_of(const exchange::Asker& by);

// Owner: the application, which keeps all three alive.
class Orders {
public:
    Orders(asio::io_context& control, server::Server& server, Operations& operations)
        : control_(control), server_(server), operations_(operations) {}

    [[nodiscard]] wire::AdminResult<v1::Kicked> kick(
        const v1::Kick& order, const exchange::Asker& by
    );
    // Returns before the end begins, so that the answer is on its way by then.
    v1::Draining drain(const v1::Drain& order, const exchange::Asker& by);
    [[nodiscard]] wire::AdminResult<v1::LogLevel> set_log_level(
        const v1::SetLogLevel& order, const exchange::Asker& by
    );
    // The report has an `error` when everything stays as it was.
    v1::ReloadReport reload(const v1::Reload& order, const exchange::Asker& by);

private:
    asio::io_context& control_;
    server::Server& server_;
    Operations& operations_;
};

}  // namespace telex::admin
