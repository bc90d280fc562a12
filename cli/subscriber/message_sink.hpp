#pragma once
// Where the messages of `telex sub` go: to standard output, or to files and their names to standard
// output.
#include "base/time.hpp"
#include "cli/messages/message_printer.hpp"
#include "cli/subscriber/message_dump.hpp"
#include "cli/terminal/output.hpp"
#include <telex/message.hpp>

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace telex::cli {

struct SinkOptions {
    std::vector<std::string> excluded;   // filters
    std::optional<std::uint64_t> count;  // messages that are wanted
    std::optional<MessageDump> dump;
};

// Returns the text of a message, with its line end.
using MessageFormat = std::function<std::string(const Message&, const Arrival&)>;

// Any thread.
class MessageSink {
public:
    // `output` must outlive the sink. `format` is called by one thread at a time.
    MessageSink(SinkOptions options, MessageFormat format, Output& output);

    // Returns false if no more messages are wanted, or can be written.
    bool take(const Message& message);
    bool flush();

    std::uint64_t messages() const;
    // Why a file could not be written.
    std::optional<std::string> error() const;

private:
    bool is_wanted() const;
    Arrival arrival();
    std::optional<std::string> text_of(const Message& message, const Arrival& arrival);

    SinkOptions options_;
    const MessageFormat format_;
    mutable std::mutex mutex_;
    Output& output_;
    std::uint64_t messages_ = 0;
    std::optional<TimePoint> last_;
    std::optional<std::string> error_;
};

}  // namespace telex::cli
