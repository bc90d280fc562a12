#include "log/log.hpp"

#include "base/second_limit.hpp"
#include "base/time.hpp"
#include "log/output.hpp"
#include "log/recent_lines.hpp"
#include "log/record.hpp"
#include "log/spdlog_level.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <string>

namespace telex::log {

namespace {

// Each level apart: ordinary ends of connections must not suppress the alarming ones.
SecondLimit& limit_of(EventId event, Level level) {
    static std::array<std::array<SecondLimit, kLevels>, kCatalogue.size()> limits;
    return limits[event.index()][static_cast<std::size_t>(level)];
}

}  // namespace

void write(EventId event, std::initializer_list<Field> fields) {
    write(event, (*event).level, fields);
}

void write(EventId event, Level level, std::initializer_list<Field> fields) {
    spdlog::logger* const logger = spdlog::default_logger_raw();
    if (!logger->should_log(spdlog_level(level))) {
        return;
    }
    std::uint64_t suppressed = 0;
    const std::uint32_t per_second = (*event).per_second;
    if (per_second != 0 && !limit_of(event, level).admit(per_second, suppressed, Clock::now())) {
        return;
    }
    const Record record{
        .event = *event,
        .level = level,
        .fields = {fields.begin(), fields.size()},
        .suppressed = suppressed
    };
    const RecordText text(record);
    recent_lines().add(to_dated_text(text));
    const std::string line = render(text);
    logger->log(spdlog_level(level), spdlog::string_view_t(line));
}

}  // namespace telex::log
