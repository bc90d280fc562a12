#include "cli/commands/shell_command.hpp"

#include "base/time.hpp"
#include "base/units.hpp"
#include "net/fd.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>
#include <vector>

namespace telex::cli {
namespace {

constexpr std::size_t kPipeStepBytes = std::size_t{64} << 10U;

struct Pipe {
    net::UniqueFd read_end;
    net::UniqueFd write_end;
};

Pipe open_pipe() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return {};
    }
    return {net::UniqueFd(ends[0]), net::UniqueFd(ends[1])};
}

void set_nonblocking(const net::UniqueFd& fd) {
    ::fcntl(fd.get(), F_SETFL, O_NONBLOCK);
}

// Readable once the process has ended. Debian 12's own wrapper has no C linkage in C++.
int open_process(pid_t pid) {
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

// The environment of this process, with the subject.
std::vector<std::string> environment_with(const std::string& subject) {
    constexpr std::string_view kName = "TELEX_SUBJECT=";
    std::vector<std::string> all{std::string(kName) + subject};
    for (char** entry = environ; *entry != nullptr; ++entry) {
        if (!std::string_view(*entry).starts_with(kName)) {
            all.emplace_back(*entry);
        }
    }
    return all;
}

// Attributes of the command: its own process group, and the default signal mask and actions.
class SpawnAttributes {
public:
    SpawnAttributes() {
        posix_spawnattr_init(&attributes_);
        sigset_t none;
        sigemptyset(&none);
        posix_spawnattr_setsigmask(&attributes_, &none);
        sigset_t defaults;
        sigemptyset(&defaults);
        sigaddset(&defaults, SIGPIPE);
        posix_spawnattr_setsigdefault(&attributes_, &defaults);
        posix_spawnattr_setpgroup(&attributes_, 0);
        posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        );
    }

    SpawnAttributes(const SpawnAttributes&) = delete;
    SpawnAttributes& operator=(const SpawnAttributes&) = delete;

    ~SpawnAttributes() { posix_spawnattr_destroy(&attributes_); }

    const posix_spawnattr_t* get() const { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

// Returns the process id, or -1 with the reason in `error`.
pid_t spawn(
    const std::string& command,
    const std::string& subject,
    const net::UniqueFd& input,
    const net::UniqueFd& output,
    std::string& error
) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input.get(), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output.get(), STDOUT_FILENO);
    std::vector<std::string> environment = environment_with(subject);
    std::vector<char*> environment_pointers;
    environment_pointers.reserve(environment.size() + 1);
    for (std::string& entry : environment) {
        environment_pointers.push_back(entry.data());
    }
    environment_pointers.push_back(nullptr);
    std::array<std::string, 3> arguments{"sh", "-c", command};
    std::array<char*, 4> argument_pointers{
        arguments[0].data(), arguments[1].data(), arguments[2].data(), nullptr
    };
    pid_t pid = -1;
    const SpawnAttributes attributes;
    const int result = ::posix_spawn(
        &pid,
        "/bin/sh",
        &actions,
        attributes.get(),
        argument_pointers.data(),
        environment_pointers.data()
    );
    posix_spawn_file_actions_destroy(&actions);
    if (result != 0) {
        error = std::generic_category().message(result);
        return -1;
    }
    return pid;
}

// A running command: writes its input and reads its output until it ends.
class Running {
public:
    Running(pid_t pid, net::UniqueFd input, net::UniqueFd output, const ShellLimits& limits)
        : pid_(pid),
          input_(std::move(input)),
          output_(std::move(output)),
          process_(open_process(pid)),
          limits_(limits),
          deadline_(Clock::now() + limits.time) {
        set_nonblocking(input_);
        set_nonblocking(output_);
    }

    ShellResult finish(ByteView to_feed) {
        const std::string failure = exchange_data(to_feed);
        if (!failure.empty()) {
            ::kill(-pid_, SIGKILL);
        }
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        return {std::move(text_), failure.empty() ? describe(status) : failure};
    }

private:
    static std::string describe(int status) {
        if (WIFSIGNALED(status)) {
            return fmt::format("signal {}", WTERMSIG(status));
        }
        return WEXITSTATUS(status) == 0 ? std::string()
                                        : fmt::format("exit status {}", WEXITSTATUS(status));
    }

    // Returns why the command must be killed, or nothing if it ended by itself.
    std::string exchange_data(ByteView to_feed) {
        for (;;) {
            if (to_feed.empty()) {
                input_.reset();
            }
            std::array<pollfd, 3> waits{{
                {input_.get(), POLLOUT, 0},
                {output_.get(), POLLIN, 0},
                {process_.get(), POLLIN, 0},
            }};
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
            const int ready = ::poll(
                waits.data(),
                waits.size(),
                static_cast<int>(std::max<std::int64_t>(left.count(), 0))
            );
            if (ready == 0) {
                return fmt::format("timed out after {}", format_duration(limits_.time));
            }
            if (waits[0].revents != 0) {
                feed(to_feed);
            }
            if (waits[1].revents != 0 || waits[2].revents != 0) {
                read_available();
            }
            if (text_.size() > limits_.max_output) {
                text_.clear();
                return fmt::format(
                    "output is larger than the maximum of {}", format_size(limits_.max_output)
                );
            }
            if (waits[2].revents != 0) {
                return {};
            }
        }
    }

    // A command may close its input early; the rest is dropped.
    void feed(ByteView& rest) {
        const ssize_t written = ::write(input_.get(), rest.data(), rest.size());
        if (written >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EAGAIN && errno != EINTR) {
            rest = {};
        }
    }

    void read_available() {
        while (output_ && text_.size() <= limits_.max_output) {
            std::array<char, kPipeStepBytes> step;
            const ssize_t count = ::read(output_.get(), step.data(), step.size());
            if (count > 0) {
                text_.append(step.data(), static_cast<std::size_t>(count));
            } else if (count == 0) {
                output_.reset();
            } else if (errno != EINTR) {
                return;
            }
        }
    }

    pid_t pid_;
    net::UniqueFd input_;
    net::UniqueFd output_;
    net::UniqueFd process_;
    const ShellLimits& limits_;
    TimePoint deadline_;
    std::string text_;
};

}  // namespace

ShellResult run_shell_command(
    const std::string& command,
    const std::string& subject,
    ByteView input,
    const ShellLimits& limits
) {
    Pipe to_command = open_pipe();
    Pipe from_command = open_pipe();
    if (!to_command.read_end || !from_command.read_end) {
        return {{}, std::generic_category().message(errno)};
    }
    std::string error;
    const pid_t pid = spawn(command, subject, to_command.read_end, from_command.write_end, error);
    if (pid < 0) {
        return {{}, std::move(error)};
    }
    to_command.read_end.reset();
    from_command.write_end.reset();
    Running running(pid, std::move(to_command.write_end), std::move(from_command.read_end), limits);
    return running.finish(input);
}

}  // namespace telex::cli
