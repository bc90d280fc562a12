#include "cli/messages/event_text.hpp"

#include "base/printable.hpp"
#include "cli/terminal/table.hpp"
#include "telex/v1/error.pb.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace telex::cli {
namespace {

// "BLOCK_EXPIRED" as "block expired".
std::string words(std::string name) {
    std::ranges::transform(name, name.begin(), [](char letter) {
        return letter == '_'                    ? ' '
               : letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a')
                                                : letter;
    });
    return name;
}

std::string connection_text(const v1::ConnectionInfo& connection) {
    std::string text = fmt::format(
        "#{} {} {}",
        connection.number(),
        printable(connection.listener()),
        printable(connection.peer())
    );
    const auto add = [&text](std::string_view name, const std::string& value) {
        if (!value.empty()) {
            text += fmt::format(" {} {}", name, printable(value));
        }
    };
    add("user", connection.user());
    add("client", connection.client_name());
    return text;
}

std::string details(const v1::DisconnectEvent& event) {
    const v1::ConnectionInfo& connection = event.connection();
    return fmt::format(
        "{}: {} after {}, received {}, sent {}",
        connection_text(connection),
        printable(connection.close_reason()),
        clock_text(connection.closed_unix_nanoseconds() - connection.opened_unix_nanoseconds()),
        short_size(connection.received_bytes()),
        short_size(connection.sent_bytes())
    );
}

std::string details(const v1::SlowConsumerEvent& event) {
    std::string text = fmt::format(
        "{}: {}, over {} pending",
        connection_text(event.connection()),
        words(v1::SlowConsumerEvent::Action_Name(event.action())),
        short_size(event.limit_bytes())
    );
    return event.subscription() == 0
               ? text
               : text + fmt::format(", subscription {}", event.subscription());
}

std::string details(const v1::ReloadEvent& event) {
    std::string text = event.succeeded()
                           ? "succeeded"
                           : "failed: " + words(v1::AdminError::Code_Name(event.error()));
    if (event.changed_paths_size() > 0) {
        text += fmt::format(
            "; changed: {}", printable(fmt::format("{}", fmt::join(event.changed_paths(), ", ")))
        );
    }
    return text;
}

// The kind of the event, then what happened.
std::string kind_text(const v1::Event& event) {
    switch (event.kind_case()) {
        case v1::Event::kConnect:
            return "connect  " + connection_text(event.connect().connection());
        case v1::Event::kDisconnect:
            return "disconnect  " + details(event.disconnect());
        case v1::Event::kAuthenticationFailure:
            return fmt::format(
                "authentication failure  {}: {}",
                connection_text(event.authentication_failure().connection()),
                words(v1::ErrorCode_Name(event.authentication_failure().code()))
            );
        case v1::Event::kSlowConsumer:
            return "slow consumer  " + details(event.slow_consumer());
        case v1::Event::kReload:
            return "reload  " + details(event.reload());
        case v1::Event::KIND_NOT_SET:
            break;
    }
    return "unknown event of a newer exchange";
}

}  // namespace

std::string event_text(const v1::Event& event) {
    std::string text = fmt::format("{}  {}", time_text(event.unix_nanoseconds()), kind_text(event));
    if (event.suppressed() != 0) {
        text += fmt::format("  ({} earlier ones suppressed)", event.suppressed());
    }
    return text;
}

}  // namespace telex::cli
