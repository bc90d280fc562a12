#pragma once
// Tables for a terminal, with columns as wide as their cells.
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

    // Requires one cell per column. Control characters are escaped; an empty cell becomes "-".
    void add(std::vector<std::string> cells);

    // The titles and the rows, each with a line feed.
    std::string text() const;

private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

// "1.5 MiB", "812 B": three digits.
std::string short_size(std::uint64_t bytes);
// "812", "1.5k", "23M".
std::string short_count(double count);
// "2d 03:04:05", "03:04:05".
std::string clock_text(std::int64_t nanoseconds);
// "2026-11-21 18:50:00", in UTC.
std::string date_text(std::int64_t unix_nanoseconds);
// "2026-11-21 18:50:00.000123", in UTC.
std::string time_text(std::int64_t unix_nanoseconds);

}  // namespace telex::cli
