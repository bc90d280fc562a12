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

v1::Kicked Orders::kick(const v1::Kick& order, const exchange::Asker& by) {
    v1::Kicked answer = server_.kick(order);
    if (answer.problem().empty()) {
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

v1::LogLevel Orders::set_log_level(const v1::SetLogLevel& order, const exchange::Asker& by) {
    v1::LogLevel answer;
    if (!order.level().empty()) {
        if (auto problem = operations_.set_log_level(order.level())) {
            answer.set_problem(*std::move(problem));
            return answer;
        }
        spdlog::info(
            "an operator sets the level of the log: {} level={}", in_log(by), order.level()
        );
    }
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
