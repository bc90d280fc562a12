#include "cli/terminal/secret.hpp"

#include "cli/exit_code.hpp"
#include "net/fd.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace telex::cli {
namespace {

// Larger than any secret that the exchange accepts.
constexpr std::size_t kMaxSecretBytes = 8'192;

std::string text_of(int error) {
    return std::generic_category().message(error);
}

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno != EINTR) {
            return false;
        }
        text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return true;
}

InputError bad_secret(const std::string& name, std::string_view why) {
    return {kUsage, fmt::format("{}: {}", name, why)};
}

// Byte by byte: what follows the line must stay in the pipe for the next reader.
[[nodiscard]] Result<std::string, InputError> read_line(
    int fd, const std::string& name, SignalWaiter& signals
) {
    const InputSource source = read_from(fd, &signals);
    std::string line;
    for (;;) {
        char byte = 0;
        const InputChunk chunk = source(&byte, 1);
        if (chunk.end == InputEnd::interrupted) {
            return unexpected(InputError{kInterrupted, "interrupted"});
        }
        if (chunk.end == InputEnd::failed) {
            return unexpected(bad_secret(name, chunk.error));
        }
        if (chunk.end == InputEnd::end || byte == '\n') {
            break;
        }
        line += byte;
        if (line.size() > kMaxSecretBytes) {
            return unexpected(bad_secret(
                name, fmt::format("longer than the maximum of {} bytes", kMaxSecretBytes)
            ));
        }
    }
    if (line.ends_with('\r')) {
        line.pop_back();
    }
    if (line.empty()) {
        return unexpected(bad_secret(name, "the first line is empty; it must hold the secret"));
    }
    return line;
}

// Turns off the terminal's echo while it exists.
class NoEcho {
public:
    explicit NoEcho(int terminal) : terminal_(terminal) {
        ::tcgetattr(terminal_, &before_);
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(terminal_, TCSAFLUSH, &silent);
    }

    ~NoEcho() { ::tcsetattr(terminal_, TCSAFLUSH, &before_); }

    NoEcho(const NoEcho&) = delete;
    NoEcho& operator=(const NoEcho&) = delete;

private:
    int terminal_;
    termios before_{};
};

}  // namespace

Result<std::string, InputError> read_secret_file(const std::string& path, SignalWaiter& signals) {
    const auto file = open_input(path, &signals);
    if (!file) {
        return unexpected(InputError{kUsage, file.error().text});
    }
    return read_line(file->get(), path, signals);
}

Result<std::string, InputError> prompt_secret(std::string_view prompt, SignalWaiter& signals) {
    if (::isatty(STDIN_FILENO) == 0) {
        return read_line(STDIN_FILENO, "standard input", signals);
    }
    // A secret can be typed without the prompt: a failed write is ignored.
    (void)write_all(STDERR_FILENO, prompt);
    const NoEcho silent(STDIN_FILENO);
    auto line = read_line(STDIN_FILENO, "terminal", signals);
    (void)write_all(STDERR_FILENO, "\n");  // ignored, too
    return line;
}

Result<void, std::string> create_private_file(const std::string& path, std::string_view text) {
    const net::UniqueFd file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)
    );
    if (file.get() < 0) {
        return unexpected(path + ": " + text_of(errno));
    }
    if (!write_all(file.get(), text) || ::fsync(file.get()) != 0) {
        const std::string why = text_of(errno);
        ::unlink(path.c_str());
        return unexpected(path + ": " + why);
    }
    return {};
}

}  // namespace telex::cli
