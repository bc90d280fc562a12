#include "cli/terminal/print_error.hpp"

#include "base/printable.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <string>

namespace telex::cli {
namespace {

// An unwritable standard error leaves nowhere to report it.
void write_line(const std::string& line) {
    std::string_view rest = line;
    while (!rest.empty()) {
        const ssize_t written = ::write(STDERR_FILENO, rest.data(), rest.size());
        if (written <= 0) {
            return;
        }
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

void write_error(std::string_view command, const std::string& shown) {
    write_line(
        command.empty() ? fmt::format("telex: {}\n", shown)
                        : fmt::format("telex: {}: {}\n", command, shown)
    );
}

}  // namespace

void print_error(std::string_view command, std::string_view text) {
    write_error(command, printable(text, {.keep = "\t\n"}));
}

void print_server_error(std::string_view command, std::string_view text) {
    write_error(command, printable(text));
}

void print_note(std::string_view text) {
    write_line(printable(text, {.keep = "\t\n"}) + "\n");
}

}  // namespace telex::cli
