#include "cli/terminal/complain.hpp"

#include "base/printable.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <string>

namespace telex::cli {
namespace {

// Nothing is left to be told to when standard error cannot be written.
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

void write_complaint(std::string_view verb, const std::string& shown) {
    write_line(
        verb.empty() ? fmt::format("telex: {}\n", shown)
                     : fmt::format("telex: {}: {}\n", verb, shown)
    );
}

}  // namespace

void complain(std::string_view verb, std::string_view text) {
    write_complaint(verb, printable(text, {.keep = "\t\n"}));
}

void complain_quoting(std::string_view verb, std::string_view text) {
    write_complaint(verb, printable(text));
}

void tell(std::string_view text) {
    write_line(printable(text, {.keep = "\t\n"}) + "\n");
}

}  // namespace telex::cli
