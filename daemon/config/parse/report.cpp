#include "config/parse/report.hpp"

#include "base/printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace telex::config {

Report::Report(std::string file, std::string_view text)
    : file_(std::move(file)), text_(text), line_starts_{0} {
    for (std::size_t at = text.find('\n'); at != std::string_view::npos;
         at = text.find('\n', at + 1)) {
        line_starts_.push_back(at + 1);
    }
}

void Report::error(Position at, std::string_view message, std::string_view hint) {
    ++errors_;
    add(Severity::error, at, message, hint);
}

void Report::warning(Position at, std::string_view message, std::string_view hint) {
    add(Severity::warning, at, message, hint);
}

void Report::add(Severity severity, Position at, std::string_view message, std::string_view hint) {
    if (full()) {
        ++suppressed_;
        return;
    }
    // Sorted by position; stable.
    const auto place = std::upper_bound(
        diagnostics_.begin(),
        diagnostics_.end(),
        at,
        [](Position here, const Diagnostic& other) { return here < other.at; }
    );
    diagnostics_.insert(
        place,
        {file_, at, severity, printable(message), printable(hint), std::string(line(at.line))}
    );
}

std::string_view Report::source(Position at) const {
    const std::string_view whole = line(at.line);
    return at.column > 0 && at.column <= whole.size() ? whole.substr(at.column - 1)
                                                      : std::string_view();
}

std::string_view Report::line(std::size_t number) const {
    if (number == 0 || number > line_starts_.size()) {
        return {};
    }
    std::string_view rest = text_.substr(line_starts_[number - 1]);
    rest = rest.substr(0, rest.find('\n'));
    if (rest.ends_with('\r')) {
        rest.remove_suffix(1);
    }
    return rest;
}

std::vector<Diagnostic> Report::take() {
    if (suppressed_ > 0) {
        diagnostics_.push_back(
            {file_, {0, 0}, Severity::error, fmt::format("{} more errors", suppressed_), {}, {}}
        );
    }
    return std::exchange(diagnostics_, {});
}

}  // namespace telex::config
