#pragma once
// Answers $SYS.admin.*: requests come from the shards, are worked off one after the other on the
// application's thread, and go back (proto/telex/v1/admin.proto).
#include "admin/orders.hpp"
#include "exchange/operator_desk.hpp"
#include "server/server.hpp"

#include <asio/io_context.hpp>

#include <string>

namespace telex::admin {

// Owner: the application, which keeps all three alive. Thread: ask() any; the rest happens in
// `control`.
class Desk final : public exchange::OperatorDesk {
public:
    Desk(asio::io_context& control, server::Server& server, Orders& orders)
        : control_(control), server_(server), orders_(orders) {}

    // Fails with NO_RESPONDERS for a name that is not known, and BAD_REQUEST for a payload that is
    // not the request's message.
    void ask(std::string name, std::string payload, exchange::Asker asker, Reply reply) override;

private:
    asio::io_context& control_;
    server::Server& server_;
    Orders& orders_;
};

}  // namespace telex::admin
