#pragma once
// Writes the payload of each message to a file in a folder: "00000001-log.app".
//
// The subject comes from other clients. Only letters, digits, '-', '_' and '.' of it are part of
// the name, and the number in front keeps it from being hidden or outside the folder. A folder of
// an earlier run is continued: the numbers begin after its highest one.
#include "base/result.hpp"
#include <telex/message.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace telex::cli {

class MessageDump {
public:
    // Creates the folder if it is missing, with mode 0700, or looks for the files that are in it.
    [[nodiscard]] static Result<MessageDump, std::string> open(const std::string& folder);

    // Creates the next file, with mode 0600. Returns its path. An existing file, of a run at the
    // same time, is an error.
    [[nodiscard]] Result<std::string, std::string> write(const Message& message);

private:
    MessageDump(std::string folder, std::uint64_t last) : folder_(std::move(folder)), last_(last) {}

    std::string folder_;
    std::uint64_t last_;  // the highest number in the folder
};

}  // namespace telex::cli
