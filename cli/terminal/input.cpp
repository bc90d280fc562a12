#include "cli/terminal/input.hpp"

#include "base/units.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/signal_waiter.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace telex::cli {
namespace {

constexpr std::size_t kStepBytes = std::size_t{64} << 10U;

InputChunk read_some(int fd, SignalWaiter* signals, char* to, std::size_t size) {
    for (;;) {
        if (signals != nullptr && !signals->wait_readable(fd)) {
            return {.end = InputEnd::interrupted};
        }
        const ssize_t count = ::read(fd, to, size);
        if (count > 0) {
            return {.size = static_cast<std::size_t>(count)};
        }
        if (count == 0) {
            return {.end = InputEnd::end};
        }
        if (errno != EINTR && errno != EAGAIN) {
            return {.end = InputEnd::failed, .error = std::generic_category().message(errno)};
        }
    }
}

}  // namespace

Result<net::UniqueFd, InputError> open_input(const std::string& path, SignalWaiter* signals) {
    const int wait = signals == nullptr ? 0 : O_NONBLOCK;
    net::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | wait));
    if (file.get() < 0) {
        return unexpected(InputError{
            kNoInput, fmt::format("{}: {}", path, std::generic_category().message(errno))
        });
    }
    return file;
}

InputSource read_from(int fd, SignalWaiter* signals) {
    return [fd, signals](char* to, std::size_t size) { return read_some(fd, signals, to, size); };
}

Result<std::string, InputError> read_all(const InputSource& source, std::size_t max_bytes) {
    std::string all;
    std::string step(kStepBytes, '\0');
    for (;;) {
        // One byte over the limit is enough to detect an input that is too large.
        const std::size_t room = std::min(step.size(), max_bytes - all.size() + 1);
        InputChunk chunk = source(step.data(), room);
        switch (chunk.end) {
            case InputEnd::none:
                all.append(step, 0, chunk.size);
                break;
            case InputEnd::end:
                return all;
            case InputEnd::interrupted:
                return unexpected(InputError{kInterrupted, "interrupted"});
            case InputEnd::failed:
                return unexpected(InputError{kNoInput, std::move(chunk.error)});
        }
        if (all.size() > max_bytes) {
            return unexpected(InputError{
                kBadData, fmt::format("larger than the maximum of {}", format_size(max_bytes))
            });
        }
    }
}

Result<std::string, InputError> read_file(
    const std::string& path, std::size_t max_bytes, SignalWaiter* signals
) {
    const auto file = open_input(path, signals);
    if (!file) {
        return unexpected(file.error());
    }
    auto all = read_all(read_from(file->get(), signals), max_bytes);
    if (!all) {
        all.error().text = fmt::format("{}: {}", path, all.error().text);
    }
    return all;
}

}  // namespace telex::cli
