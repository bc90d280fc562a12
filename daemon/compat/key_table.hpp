#pragma once
// Keys of a block of nats-server's configuration: each is read or refused.
#include "compat/draft.hpp"
#include "compat/errors.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace telex::compat {

// One run of the reader.
struct Reading {
    Draft& draft;
    Errors& errors;
    const std::set<std::string, std::less<>>& variables;
    const std::string& folder;  // for relative paths, with '/' at its end
};

struct KeyRow {
    std::string_view name;
    void (*read)(const Member&, Reading&) = nullptr;  // null: refused
    // What telex has instead of a refused key.
    std::string_view instead{};
};

// Calls the row of each member. Members without a row are errors,
// unless they define a variable.
void read_block(const Value& block, std::span<const KeyRow> rows, Reading& reading);

// Values of members. They report an error and return nothing if the type is another one.
std::optional<std::string> text_of(const Member& member, Reading& reading);
std::optional<std::int64_t> number_of(const Member& member, Reading& reading);
std::optional<bool> boolean_of(const Member& member, Reading& reading);
std::optional<std::chrono::milliseconds> time_of(const Member& member, Reading& reading);
// Reports an error and returns false for a value that is not a block.
bool is_block(const Member& member, Reading& reading);

// Stores a value for the daemon's configuration.
void set(const Member& member, std::string_view path, std::string text, Reading& reading);
void set_text(const Member& member, std::string_view path, Reading& reading);
void set_path(const Member& member, std::string_view path, Reading& reading);
// Zero stands for the daemon's maximum.
void set_count(
    const Member& member, std::string_view path, std::int64_t unlimited, Reading& reading
);
void set_size(const Member& member, std::string_view path, Reading& reading);
void set_time(const Member& member, std::string_view path, Reading& reading);

void refuse(const Member& member, std::string_view why, Reading& reading);

}  // namespace telex::compat
