#pragma once
// Rows in columns that are as wide as they need to be, for people at a terminal.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace telex::cli {

enum class Align : std::uint8_t { left, right };

class Table {
public:
    struct Column {
        std::string_view title;
        Align align = Align::left;
    };

    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    // As many cells as there are columns. They are made safe for a terminal; an empty one is "-".
    void add(std::vector<std::string> cells);

    // With a line of titles; every line ends with a line feed.
    std::string text() const;

private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

// "1.5 MiB", "812 B": three digits, for the eye.
std::string short_size(std::uint64_t bytes);
// "812", "1.5k", "23M".
std::string short_count(double count);
// "2d 03:04:05", "03:04:05"; of nanoseconds.
std::string clock_text(std::int64_t nanoseconds);
// "2026-11-21 18:50:00" in UTC; of nanoseconds since 1970.
std::string date_text(std::int64_t unix_nanoseconds);

}  // namespace telex::cli
