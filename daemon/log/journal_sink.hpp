#pragma once
// Sends log lines, rendered as journal entries, to systemd's journal.
//
// Thread: the logger's. A journal that does not read loses lines and blocks nothing.
#include "log/lossy_sink.hpp"
#include "sd/journal.hpp"

#include <string_view>
#include <utility>

namespace telex::log {

class JournalSink final : public LossySink {
public:
    explicit JournalSink(sd::Journal journal = sd::Journal()) : journal_(std::move(journal)) {}

private:
    bool write(const spdlog::details::log_msg& line) override {
        return journal_.send({line.payload.data(), line.payload.size()});
    }

    sd::Journal journal_;
};

}  // namespace telex::log
