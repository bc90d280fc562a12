#pragma once
// The door from the exchange to whoever runs the daemon: requests to $SYS.admin.* are handed to it,
// and answered when it says so.
#include "telex/v1/telex.pb.h"

#include <cstdint>
#include <functional>
#include <string>

namespace telex::exchange {

struct OperatorAnswer {
    // ERROR_CODE_UNSPECIFIED: the rest is the answer.
    v1::ErrorCode failure = v1::ERROR_CODE_UNSPECIFIED;
    std::string payload;
    std::string type;  // of the protobuf message in the payload
};

// The caller, for the log.
struct Asker {
    std::string user;
    std::uint64_t connection = 0;  // its number; 0: it has none
};

class OperatorDesk {
public:
    // Any thread; runs exactly once, unless the daemon ends before.
    using Reply = std::function<void(OperatorAnswer)>;

    virtual ~OperatorDesk() = default;

    // `name` is the subject without "$SYS.admin.". Called on the asker's reactor, which must not be
    // held up; the asker may ask.
    virtual void ask(std::string name, std::string payload, Asker asker, Reply reply) = 0;
};

}  // namespace telex::exchange
