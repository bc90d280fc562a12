#pragma once
// Log lines to systemd's journal, with fields: MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, MESSAGE_ID
// where the line is an event of the catalogue, and TELEX_NAME for each NAME=VALUE in it.
//
// Thread: the logger's. A journal that does not read loses lines, and holds nobody.
#include "app/lossy_sink.hpp"
#include "sd/journal.hpp"

#include <string>
#include <utility>
#include <vector>

namespace telex::app {

// "MESSAGE=ready: ...", "PRIORITY=6", ...
std::vector<std::string> journal_fields(const spdlog::details::log_msg& line);

class JournalSink final : public LossySink {
public:
    explicit JournalSink(sd::Journal journal = sd::Journal()) : journal_(std::move(journal)) {}

private:
    bool write(const spdlog::details::log_msg& line) override {
        return journal_.send(journal_fields(line));
    }

    sd::Journal journal_;
};

}  // namespace telex::app
