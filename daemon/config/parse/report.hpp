#pragma once
// Collects the diagnostics of one file. Owner: one run of the loader.
#include "config/parse/diagnostic.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace telex::config {

class Report {
public:
    // Further diagnostics are only counted.
    static constexpr std::size_t kMaxDiagnostics = 100;

    // `text` must outlive the report, which quotes its lines.
    Report(std::string file, std::string_view text);

    void error(Position at, std::string_view message, std::string_view hint = {});
    void warning(Position at, std::string_view message, std::string_view hint = {});

    // Returns the rest of the line from this position on; may be empty.
    std::string_view source(Position at) const;

    // Returns true if further diagnostics are only counted.
    bool full() const { return diagnostics_.size() >= kMaxDiagnostics; }

    std::size_t errors() const { return errors_; }

    // Returns the diagnostics sorted by position. Ends the report.
    std::vector<Diagnostic> take();

private:
    void add(Severity severity, Position at, std::string_view message, std::string_view hint);
    std::string_view line(std::size_t number) const;

    std::string file_;
    std::string_view text_;
    std::vector<std::size_t> line_starts_;
    std::vector<Diagnostic> diagnostics_;
    std::size_t errors_ = 0;
    std::size_t suppressed_ = 0;
};

}  // namespace telex::config
