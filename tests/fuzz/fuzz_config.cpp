// Any text as a configuration: the loader neither crashes nor hangs; each rejected text has a
// diagnostic with a position inside the text.
#include "config/load.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using telex::config::Diagnostic;
using telex::config::Environment;
using telex::config::LoadStatus;
using telex::config::Severity;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

std::size_t lines_of(std::string_view text) {
    std::size_t lines = 1;
    for (const char c : text) {
        lines += c == '\n' ? 1U : 0U;
    }
    return lines;
}

const Environment& environment() {
    static const Environment instance = [] {
        Environment made;
        made.variables = {{"A", "x"}, {"EMPTY", ""}, {"PORT", "4650"}};
        made.may_read_files = false;
        return made;
    }();
    return instance;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto result = telex::config::load_text("fuzz", text, environment());
    std::size_t errors = 0;
    for (const Diagnostic& diagnostic : result.diagnostics) {
        errors += diagnostic.severity == Severity::error ? 1U : 0U;
        require(!diagnostic.message.empty());
        require(diagnostic.at.line <= lines_of(text) + 1);
        require(diagnostic.at.line == 0 || diagnostic.at.column >= 1);
        for (const char c : telex::config::render(diagnostic)) {
            require(c == '\n' || (static_cast<unsigned char>(c) >= ' ' && c != '\x7f'));
        }
    }
    require((errors == 0) == result.config.has_value());
    require((result.status == LoadStatus::loaded) == result.config.has_value());
    return 0;
}
