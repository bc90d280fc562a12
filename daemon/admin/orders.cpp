#include "admin/orders.hpp"

#include "log/log.hpp"

#include <asio/post.hpp>

#include <utility>

namespace telex::admin {

std::string origin_of(const exchange::Asker& by) {
    return by.connection == 0 ? "http" : std::to_string(by.connection);
}

wire::AdminResult<v1::Kicked> Orders::kick(const v1::Kick& order, const exchange::Asker& by) {
    auto answer = server_.kick(order);
    if (answer) {
        log::write(
            "operator",
            {{"action", "kick"},
             {"by", by.user},
             {"from", origin_of(by)},
             {"connection", order.connection()}}
        );
    }
    return answer;
}

v1::Draining Orders::drain(const v1::Drain& /*order*/, const exchange::Asker& by) {
    log::write("operator", {{"action", "drain"}, {"by", by.user}, {"from", origin_of(by)}});
    asio::post(control_, [&operations = operations_] { operations.drain(); });
    return {};
}

wire::AdminResult<v1::LogLevel> Orders::set_log_level(
    const v1::SetLogLevel& order, const exchange::Asker& by
) {
    if (!order.level().empty()) {
        if (auto set = operations_.set_log_level(order.level()); !set) {
            return unexpected(std::move(set.error()));
        }
        log::write(
            "operator",
            {{"action", "log-level"},
             {"by", by.user},
             {"from", origin_of(by)},
             {"level", order.level()}}
        );
    }
    v1::LogLevel answer;
    answer.set_level(operations_.log_level());
    return answer;
}

v1::ReloadReport Orders::reload(const v1::Reload& order, const exchange::Asker& by) {
    if (!order.dry_run()) {
        log::write("operator", {{"action", "reload"}, {"by", by.user}, {"from", origin_of(by)}});
    }
    if (order.background()) {
        asio::post(control_, [&operations = operations_, dry = order.dry_run()] {
            (void)operations.reload(dry);  // the log has its report
        });
        return {};
    }
    return operations_.reload(order.dry_run());
}

}  // namespace telex::admin
