#include "admin/orders.hpp"

#include <asio/post.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>

namespace telex::admin {

std::string in_log(const exchange::Asker& by) {
    return fmt::format(
        "by={} from={}", by.user, by.connection == 0 ? "http" : std::to_string(by.connection)
    );
}

wire::AdminResult<v1::Kicked> Orders::kick(const v1::Kick& order, const exchange::Asker& by) {
    auto answer = server_.kick(order);
    if (answer) {
        spdlog::info(
            "an operator closes a connection: {} connection={}", in_log(by), order.connection()
        );
    }
    return answer;
}

v1::Draining Orders::drain(const v1::Drain& /*order*/, const exchange::Asker& by) {
    spdlog::info("an operator stops the daemon: {}", in_log(by));
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
        spdlog::info(
            "an operator sets the level of the log: {} level={}", in_log(by), order.level()
        );
    }
    v1::LogLevel answer;
    answer.set_level(operations_.log_level());
    return answer;
}

v1::ReloadReport Orders::reload(const v1::Reload& order, const exchange::Asker& by) {
    if (!order.dry_run()) {
        spdlog::info("an operator reloads: {}", in_log(by));
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
