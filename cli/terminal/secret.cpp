#include "cli/terminal/secret.hpp"

#include "net/fd.hpp"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace telex::cli {
namespace {

// More than any secret that the exchange takes.
constexpr std::size_t kMostBytes = 8'192;

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

// Byte by byte, so that nothing behind the line is taken from whoever reads it next.
[[nodiscard]] Result<std::string, std::string> read_line(int fd, const std::string& name) {
    std::string line;
    for (;;) {
        char byte = 0;
        const ssize_t got = ::read(fd, &byte, 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return unexpected(name + ": " + text_of(errno));
        }
        if (got == 0 || byte == '\n') {
            break;
        }
        line += byte;
        if (line.size() > kMostBytes) {
            return unexpected(name + ": is too long for a secret");
        }
    }
    if (line.ends_with('\r')) {
        line.pop_back();
    }
    if (line.empty()) {
        return unexpected(name + ": is empty");
    }
    return line;
}

// What is typed is not shown, as long as this lives.
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

Result<std::string, std::string> read_secret_file(const std::string& path) {
    const net::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        return unexpected(path + ": " + text_of(errno));
    }
    return read_line(file.get(), path);
}

Result<std::string, std::string> ask_secret(std::string_view prompt) {
    if (::isatty(STDIN_FILENO) == 0) {
        return read_line(STDIN_FILENO, "standard input");
    }
    // A prompt that cannot be shown does not keep the secret from being read.
    (void)write_all(STDERR_FILENO, prompt);
    const NoEcho silent(STDIN_FILENO);
    auto line = read_line(STDIN_FILENO, "the secret");
    (void)write_all(STDERR_FILENO, "\n");  // as the prompt
    return line;
}

Result<void, std::string> write_secret_file(const std::string& path, std::string_view text) {
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
