#pragma once
// The errors of a configuration file and those that it includes. They quote no line of the file,
// which may hold passwords.
#include "compat/conf_value.hpp"

#include <string>
#include <utility>
#include <vector>

namespace telex::compat {

class Errors {
public:
    explicit Errors(const std::vector<std::string>& files) : files_(files) {}

    void add(const Place& place, std::string message) {
        diagnostics_.push_back({
            .file = files_[place.file],
            .at = place.at,
            .severity = config::Severity::error,
            .message = std::move(message),
            .hint = {},
            .source = {},
        });
    }

    std::vector<config::Diagnostic> take() { return std::move(diagnostics_); }

private:
    const std::vector<std::string>& files_;
    std::vector<config::Diagnostic> diagnostics_;
};

}  // namespace telex::compat
