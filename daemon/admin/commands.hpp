#pragma once
// The table of operator commands. $SYS.admin.NAME and /api/v1/NAME are generic over it.
//
// To add a command: its request and reply in admin.proto, a row in commands.cpp, and its handler
// in AdminActions.
#include "admin/admin_actions.hpp"
#include "admin/parameters.hpp"
#include "exchange/admin_handler.hpp"
#include "http/message.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace telex::admin {

struct Command {
    std::string_view name;
    // The parameters of its HTTP route; absent without a route. GET is for requests that change
    // nothing.
    std::optional<std::span<const Parameter>> get;
    std::optional<std::span<const Parameter>> post;
    // BAD_REQUEST for a payload that is not the request's message.
    exchange::AdminReply (*handle_payload)(
        AdminActions& actions, const std::string& payload, const Caller& caller
    );
    http::Response (*handle_query)(
        AdminActions& actions,
        const http::Request& request,
        std::span<const Parameter> known,
        const Caller& caller
    );

    // The right to the command is the right to publish to this subject.
    std::string subject() const;
};

std::span<const Command> commands();
// Returns null if there is no such command.
const Command* find_command(std::string_view name);

}  // namespace telex::admin
