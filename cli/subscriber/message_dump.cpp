#include "cli/subscriber/message_dump.hpp"

#include "cli/terminal/secret.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace telex::cli {
namespace {

constexpr std::size_t kMaxSubjectBytes = 100;

std::string file_name(std::string_view subject, std::uint64_t number) {
    std::string name(subject.substr(0, kMaxSubjectBytes));
    std::ranges::replace_if(
        name,
        [](unsigned char letter) {
            return letter >= 0x80 || (std::isalnum(letter) == 0 && letter != '-' && letter != '.');
        },
        '_'
    );
    return fmt::format("{:08}-{}", number, name);
}

}  // namespace

Result<MessageDump, std::string> MessageDump::open(const std::string& folder) {
    if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
        return unexpected(fmt::format(
            "cannot create folder '{}': {}", folder, std::generic_category().message(errno)
        ));
    }
    return MessageDump(folder);
}

Result<std::string, std::string> MessageDump::write(const Message& message, std::uint64_t number)
    const {
    std::string path = folder_ + "/" + file_name(message.subject, number);
    if (auto written = create_private_file(path, message.payload); !written) {
        return unexpected(std::move(written.error()));
    }
    return path;
}

}  // namespace telex::cli
