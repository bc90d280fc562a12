#pragma once
// Kinds of option values, each read in one way by every command.
#include "cli/messages/proto_type.hpp"
#include "cli/options/cli11.hpp"
#include <telex/message.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>

namespace telex::cli {

enum class Format : std::uint8_t { text, json };

// "5s", "250ms"; never zero.
CLI::Option* add_duration(
    CLI::App& app,
    const std::string& name,
    std::optional<std::chrono::milliseconds>& target,
    const std::string& help
);
// "64KiB"; never zero.
CLI::Option* add_size(
    CLI::App& app,
    const std::string& name,
    std::optional<std::size_t>& target,
    const std::string& help
);
// A whole number from one on.
CLI::Option* add_count(
    CLI::App& app,
    const std::string& name,
    std::optional<std::uint64_t>& target,
    const std::string& help
);
// The same from one to `most`, for `set`.
CLI::Option* add_number(
    CLI::App& app,
    const std::string& name,
    std::function<void(std::uint64_t)> set,
    const std::string& help,
    std::uint64_t most = std::numeric_limits<std::uint64_t>::max()
);
// --format text|json, or table|json
void add_format(CLI::App& app, Format& target, const std::string& for_people = "text");
// --proto FILE, --proto-path DIR (repeatable)
void add_proto_file(CLI::App& app, ProtoSource& source);
// --header 'Name: value' (repeatable)
void add_headers(CLI::App& app, Headers& headers);

}  // namespace telex::cli
