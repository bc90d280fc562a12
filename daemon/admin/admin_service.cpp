#include "admin/admin_service.hpp"

#include "admin/commands.hpp"

#include <asio/post.hpp>

#include <utility>

namespace telex::admin {

void AdminService::handle(std::string name, std::string payload, Caller caller, Reply reply) {
    const Command* const command = find_command(name);
    if (command == nullptr) {
        reply({.failure = v1::NO_RESPONDERS, .payload = {}, .type = {}});
        return;
    }
    asio::post(
        control_,
        [this,
         command,
         payload = std::move(payload),
         caller = std::move(caller),
         reply = std::move(reply)] { reply(command->handle_payload(actions_, payload, caller)); }
    );
}

}  // namespace telex::admin
