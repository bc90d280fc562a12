#include "cli/subscriber/message_dump.hpp"

#include "cli/terminal/secret.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace telex::cli {
namespace {

constexpr std::size_t kMaxSubjectBytes = 100;
constexpr std::size_t kNumberDigits = 8;  // at least
// No run gets there: files with larger numbers are not those of a dump.
constexpr std::uint64_t kMaxNumber = std::uint64_t{1} << 60U;

std::string file_name(std::string_view subject, std::uint64_t number) {
    std::string name(subject.substr(0, kMaxSubjectBytes));
    std::ranges::replace_if(
        name,
        [](unsigned char letter) {
            return letter >= 0x80 || (std::isalnum(letter) == 0 && letter != '-' && letter != '.');
        },
        '_'
    );
    return fmt::format("{:0{}}-{}", number, kNumberDigits, name);
}

// The number at the beginning of a file's name; 0 if it is not a name of a dump.
std::uint64_t number_of(std::string_view name) {
    const std::size_t digits = std::min(name.find('-'), name.size());
    if (digits < kNumberDigits || digits == name.size()) {
        return 0;
    }
    std::uint64_t number = 0;
    const char* const end = name.data() + digits;
    const auto [stop, error] = std::from_chars(name.data(), end, number);
    return error == std::errc() && stop == end && number < kMaxNumber ? number : 0;
}

[[nodiscard]] Result<std::uint64_t, std::string> highest_number(const std::string& folder) {
    std::uint64_t highest = 0;
    std::error_code error;
    for (std::filesystem::directory_iterator file(folder, error), end; !error && file != end;
         file.increment(error)) {
        highest = std::max(highest, number_of(file->path().filename().native()));
    }
    if (error) {
        return unexpected(fmt::format("cannot read folder '{}': {}", folder, error.message()));
    }
    return highest;
}

}  // namespace

Result<MessageDump, std::string> MessageDump::open(const std::string& folder) {
    if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
        return unexpected(fmt::format(
            "cannot create folder '{}': {}", folder, std::generic_category().message(errno)
        ));
    }
    return highest_number(folder).map([&](std::uint64_t last) { return MessageDump(folder, last); }
    );
}

Result<std::string, std::string> MessageDump::write(const Message& message) {
    std::string path = folder_ + "/" + file_name(message.subject, ++last_);
    if (auto written = create_private_file(path, message.payload); !written) {
        return unexpected(std::move(written.error()));
    }
    return path;
}

}  // namespace telex::cli
