#pragma once
// Log lines to systemd's journal, with fields: MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, MESSAGE_ID
// where the line is an event of the catalogue, and TELEX_NAME for each NAME=VALUE in it.
//
// Thread: the logger's. A journal that does not read loses lines, and holds nobody.
#include <spdlog/sinks/base_sink.h>

#include <mutex>
#include <string>
#include <vector>

namespace telex::app {

// "MESSAGE=ready: ...", "PRIORITY=6", ...
std::vector<std::string> journal_fields(const spdlog::details::log_msg& line);

class JournalSink final : public spdlog::sinks::base_sink<std::mutex> {
private:
    void sink_it_(const spdlog::details::log_msg& line) override;

    void flush_() override {}
};

}  // namespace telex::app
