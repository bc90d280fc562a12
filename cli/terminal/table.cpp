#include "cli/terminal/table.hpp"

#include "base/printable.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace telex::cli {
namespace {

// Expects valid UTF-8; counts each character as one column.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
    }));
}

void append_line(
    std::string& out,
    const std::vector<Table::Column>& columns,
    const std::vector<std::size_t>& widths,
    const std::vector<std::string>& cells
) {
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::string space(widths[i] - width_of(cells[i]), ' ');
        line += i == 0 ? "" : "  ";
        line += columns[i].align == Align::right ? space + cells[i] : cells[i] + space;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
}

// `value` with three digits, in the largest unit in which it is at least 1.
template <std::size_t N>
std::string scaled(
    double value, double step, const std::array<const char*, N>& units, std::string_view gap
) {
    std::size_t unit = 0;
    while (unit + 1 < N && value >= step) {
        value /= step;
        ++unit;
    }
    const bool whole = unit == 0 || value >= 100;
    return whole ? fmt::format("{:.0f}{}{}", value, gap, units[unit])
                 : fmt::format("{:.1f}{}{}", value, gap, units[unit]);
}

}  // namespace

void Table::add(std::vector<std::string> cells) {
    for (std::string& cell : cells) {
        cell = cell.empty() ? "-" : printable(cell);
    }
    rows_.push_back(std::move(cells));
}

std::string Table::text() const {
    std::vector<std::string> titles;
    std::vector<std::size_t> widths;
    for (const Column& column : columns_) {
        titles.emplace_back(column.title);
        widths.push_back(column.title.size());
    }
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], width_of(row[i]));
        }
    }
    std::string out;
    append_line(out, columns_, widths, titles);
    for (const auto& row : rows_) {
        append_line(out, columns_, widths, row);
    }
    return out;
}

std::string short_size(std::uint64_t bytes) {
    static constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    return scaled(static_cast<double>(bytes), 1024, kUnits, " ");
}

std::string short_count(double count) {
    static constexpr std::array kUnits = {"", "k", "M", "G", "T"};
    return scaled(count, 1000, kUnits, "");
}

std::string clock_text(std::int64_t nanoseconds) {
    const std::int64_t seconds = std::max<std::int64_t>(nanoseconds, 0) / 1'000'000'000;
    const std::int64_t days = seconds / 86400;
    return fmt::format(
        "{}{:02}:{:02}:{:02}",
        days == 0 ? std::string() : fmt::format("{}d ", days),
        seconds / 3600 % 24,
        seconds / 60 % 60,
        seconds % 60
    );
}

std::string date_text(std::int64_t unix_nanoseconds) {
    const auto seconds = static_cast<std::time_t>(unix_nanoseconds / 1'000'000'000);
    return fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::gmtime(seconds));
}

std::string time_text(std::int64_t unix_nanoseconds) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    constexpr std::int64_t kMicrosecond = 1'000;
    return fmt::format(
        "{}.{:06}", date_text(unix_nanoseconds), unix_nanoseconds % kSecond / kMicrosecond
    );
}

}  // namespace telex::cli
