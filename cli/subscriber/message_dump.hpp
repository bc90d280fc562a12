#pragma once
// Writes the payload of each message to a file in a folder: "00000001-log.app".
//
// The subject comes from other clients. Only letters, digits, '-', '_' and '.' of it are part of
// the name, and the number in front keeps it from being hidden or outside the folder.
#include "base/result.hpp"
#include <telex/message.hpp>

#include <cstdint>
#include <string>

namespace telex::cli {

class MessageDump {
public:
    // Creates the folder if it is missing, with mode 0700.
    [[nodiscard]] static Result<MessageDump, std::string> open(const std::string& folder);

    // Creates the file, with mode 0600. Returns its path. An existing file is an error.
    [[nodiscard]] Result<std::string, std::string> write(
        const Message& message, std::uint64_t number
    ) const;

private:
    explicit MessageDump(std::string folder) : folder_(std::move(folder)) {}

    std::string folder_;
};

}  // namespace telex::cli
