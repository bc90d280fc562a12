#pragma once
// Tests that run connections in this process write no log. Done before there are threads: the
// library makes its default logger at first use, and ThreadSanitizer does not see how it guards
// that.
#include <spdlog/sinks/null_sink.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace telex::testing {

inline const bool kLogIsOff = [] {
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("none", std::make_shared<spdlog::sinks::null_sink_mt>())
    );
    return true;
}();

}  // namespace telex::testing
