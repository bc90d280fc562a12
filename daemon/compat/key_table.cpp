#include "compat/key_table.hpp"

#include "compat/units.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace telex::compat {

namespace {

// `parse` has a result that is empty for another text.
template <class Parse>
auto parsed(const Member& member, Parse parse, std::string_view wanted, Reading& reading)
    -> decltype(parse(std::string_view())) {
    const auto text = text_of(member, reading);
    const auto value = text ? parse(*text) : decltype(parse(std::string_view()))();
    if (text && !value) {
        refuse(member, fmt::format("is not {}", wanted), reading);
    }
    return value;
}

}  // namespace

void refuse(const Member& member, std::string_view why, Reading& reading) {
    reading.errors.add(member.place, fmt::format("'{}' {}", config::shown(member.key), why));
}

void read_block(const Value& block, std::span<const KeyRow> rows, Reading& reading) {
    for (const Member& member : block.members) {
        const auto row = std::find_if(rows.begin(), rows.end(), [&](const KeyRow& candidate) {
            return candidate.name == member.key;
        });
        if (row == rows.end()) {
            if (!reading.variables.contains(member.key)) {
                refuse(member, "is not a supported key of nats-server; see docs/nats.md", reading);
            }
        } else if (row->read == nullptr) {
            refuse(member, fmt::format("is not supported: {}", row->instead), reading);
        } else {
            row->read(member, reading);
        }
    }
}

std::optional<std::string> text_of(const Member& member, Reading& reading) {
    if (member.value.kind == Value::Kind::text) {
        return member.value.text;
    }
    refuse(member, fmt::format("is {}, not a value", describe(member.value.kind)), reading);
    return std::nullopt;
}

bool is_block(const Member& member, Reading& reading) {
    if (member.value.kind == Value::Kind::block) {
        return true;
    }
    refuse(member, fmt::format("is {}, not a block", describe(member.value.kind)), reading);
    return false;
}

std::optional<std::int64_t> number_of(const Member& member, Reading& reading) {
    return parsed(member, parse_number, "a number", reading);
}

std::optional<bool> boolean_of(const Member& member, Reading& reading) {
    return parsed(member, parse_boolean, "true or false", reading);
}

std::optional<std::chrono::milliseconds> time_of(const Member& member, Reading& reading) {
    return parsed(member, parse_seconds, "a time such as \"10s\"", reading);
}

void set(const Member& member, std::string_view path, std::string text, Reading& reading) {
    reading.draft.keys.insert_or_assign(
        std::string(path), Setting{std::move(text), member.value.place.in_first}
    );
}

void set_text(const Member& member, std::string_view path, Reading& reading) {
    if (auto text = text_of(member, reading)) {
        set(member, path, *std::move(text), reading);
    }
}

void set_path(const Member& member, std::string_view path, Reading& reading) {
    if (const auto text = text_of(member, reading)) {
        set(member, path, text->starts_with('/') ? *text : reading.folder + *text, reading);
    }
}

void set_count(
    const Member& member, std::string_view path, std::int64_t unlimited, Reading& reading
) {
    const auto number = number_of(member, reading);
    if (number && *number < 0) {
        refuse(member, "must not be negative", reading);
    } else if (number) {
        set(member, path, std::to_string(*number == 0 ? unlimited : *number), reading);
    }
}

void set_size(const Member& member, std::string_view path, Reading& reading) {
    const auto number = number_of(member, reading);
    if (number && *number <= 0) {
        refuse(member, "must be positive", reading);
    } else if (number) {
        set(member, path, fmt::format("{}B", *number), reading);
    }
}

void set_time(const Member& member, std::string_view path, Reading& reading) {
    if (const auto time = time_of(member, reading)) {
        set(member, path, fmt::format("{}ms", time->count()), reading);
    }
}

}  // namespace telex::compat
