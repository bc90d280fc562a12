#pragma once
// Collects the problems of one file. Owner: one run of the loader.
#include "config/parse/diagnostic.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace telex::config {

class Report {
public:
    // More errors than this help nobody; what follows is counted only.
    static constexpr std::size_t kMaxDiagnostics = 100;

    // `text` must live as long as the report: its lines are quoted.
    Report(std::string file, std::string_view text);

    void error(Position at, std::string_view message, std::string_view hint = {});
    void warning(Position at, std::string_view message, std::string_view hint = {});

    // The line of the file from this position on; empty where there is none.
    std::string_view source(Position at) const;

    // Keeps `secret` out of every message from now on.
    void hide(std::string secret);

    // Further problems are counted, but not told.
    bool full() const { return diagnostics_.size() >= kMaxDiagnostics; }

    std::size_t errors() const { return errors_; }

    // Sorted by position; ends the report.
    std::vector<Diagnostic> take();

private:
    void add(Severity severity, Position at, std::string_view message, std::string_view hint);
    std::string public_text(std::string_view text) const;
    std::string_view line(std::size_t number) const;

    std::string file_;
    std::string_view text_;
    std::vector<std::size_t> line_starts_;
    std::vector<std::string> secrets_;  // as they are, and as messages may escape them
    std::vector<Diagnostic> diagnostics_;
    std::size_t errors_ = 0;
    std::size_t suppressed_ = 0;
};

}  // namespace telex::config
