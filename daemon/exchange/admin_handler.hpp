#pragma once
// The exchange's interface to the responder of $SYS.admin.*.
#include "telex/v1/telex.pb.h"

#include <cstdint>
#include <functional>
#include <string>

namespace telex::exchange {

struct AdminReply {
    // ERROR_CODE_UNSPECIFIED: the other members are the reply.
    v1::ErrorCode failure = v1::ERROR_CODE_UNSPECIFIED;
    std::string payload;
    std::string type;  // of the protobuf message in the payload
};

// The requester of a command, for the log.
struct Caller {
    std::string user;
    std::uint64_t connection = 0;  // its number; 0 without a connection
};

class AdminHandler {
public:
    // Any thread; runs exactly once, unless the daemon ends before.
    using Reply = std::function<void(AdminReply)>;

    virtual ~AdminHandler() = default;

    // `name` is the subject without "$SYS.admin.". The caller has the right. Called on the caller's
    // reactor, which must not be blocked.
    virtual void handle(std::string name, std::string payload, Caller caller, Reply reply) = 0;
};

}  // namespace telex::exchange
