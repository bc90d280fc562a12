#pragma once
// Fixtures for the tool's tests: a source of small pieces, an anonymous file, a temporary folder.
#include "cli/terminal/input.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

namespace telex::cli {

// Returns `bytes` in pieces of at most `step`.
inline InputSource pieces_of(std::string bytes, std::size_t step) {
    const auto rest = std::make_shared<std::string>(std::move(bytes));
    return [rest, step](char* to, std::size_t size) -> InputChunk {
        InputChunk chunk;
        if (rest->empty()) {
            chunk.end = InputEnd::end;
            return chunk;
        }
        chunk.size = std::min({size, step, rest->size()});
        rest->copy(to, chunk.size);
        rest->erase(0, chunk.size);
        return chunk;
    };
}

class MemoryFile {
public:
    MemoryFile() : fd_(::memfd_create("output", MFD_CLOEXEC)) {}

    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    ~MemoryFile() { ::close(fd_); }

    int fd() const { return fd_; }

    std::string text() const {
        std::string text(static_cast<std::size_t>(::lseek(fd_, 0, SEEK_END)), '\0');
        const ssize_t count = ::pread(fd_, text.data(), text.size(), 0);
        text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
        return text;
    }

private:
    int fd_;
};

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string path = std::filesystem::temp_directory_path() / "telex-cli-XXXXXX";
        path_ = ::mkdtemp(path.data());
    }

    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    ~TemporaryFolder() { std::filesystem::remove_all(path_); }

    // Returns the path of the file.
    std::string write(const std::string& name, const std::string& text) const {
        const std::filesystem::path file = path_ / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
        return file.string();
    }

    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

}  // namespace telex::cli
