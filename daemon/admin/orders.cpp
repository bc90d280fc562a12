#include "admin/orders.hpp"

#include <asio/post.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace telex::admin {

v1::Kicked Orders::kick(const v1::Kick& order) {
    v1::Kicked answer = server_.kick(order);
    if (answer.problem().empty()) {
        spdlog::info("an operator closes a connection: connection={}", order.connection());
    }
    return answer;
}

v1::Draining Orders::drain(const v1::Drain& /*order*/) {
    spdlog::info("an operator stops the daemon");
    asio::post(control_, [&operations = operations_] { operations.drain(); });
    return {};
}

v1::LogLevel Orders::set_log_level(const v1::SetLogLevel& order) {
    v1::LogLevel answer;
    if (!order.level().empty()) {
        if (auto problem = operations_.set_log_level(order.level())) {
            answer.set_problem(*std::move(problem));
            return answer;
        }
        spdlog::info("an operator sets the level of the log: level={}", order.level());
    }
    answer.set_level(operations_.log_level());
    return answer;
}

v1::ReloadReport Orders::reload(const v1::Reload& order) {
    if (order.background()) {
        asio::post(control_, [&operations = operations_, dry = order.dry_run()] {
            (void)operations.reload(dry);
        });
        return {};
    }
    return operations_.reload(order.dry_run());
}

}  // namespace telex::admin
