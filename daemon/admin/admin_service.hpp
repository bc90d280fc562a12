#pragma once
// Serves $SYS.admin.*: requests arrive from the shards, are handled one after the other on the
// application's thread, and the replies go back (proto/telex/v1/admin.proto).
#include "admin/admin_actions.hpp"
#include "exchange/admin_handler.hpp"

#include <asio/io_context.hpp>

#include <string>

namespace telex::admin {

// Owner: the application, which keeps both alive. Thread: ask() any; commands run in `control`.
class AdminService final : public exchange::AdminHandler {
public:
    AdminService(asio::io_context& control, AdminActions& actions)
        : control_(control), actions_(actions) {}

    // Fails with NO_RESPONDERS for an unknown name and BAD_REQUEST for a payload that is not the
    // request's message.
    void handle(std::string name, std::string payload, Caller caller, Reply reply) override;

private:
    asio::io_context& control_;
    AdminActions& actions_;
};

}  // namespace telex::admin
