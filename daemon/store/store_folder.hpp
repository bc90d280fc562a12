#pragma once
// The folder of a store: created with mode 0700, checked, and locked against a second process.
#include "store/store_error.hpp"

#include <string>
#include <string_view>

namespace telex::store {

// Holds the lock for its life. The lock is released by the kernel if the process ends.
class StoreFolder {
public:
    // Errors: `locked` names the process, `unusable` the folder and its fault.
    [[nodiscard]] static Expected<StoreFolder> open(const std::string& path);
    // Creates a folder that must not exist, without a lock.
    [[nodiscard]] static Expected<void> create(const std::string& path);
    // Makes the names in a folder durable.
    [[nodiscard]] static Expected<void> sync(const std::string& path);

    StoreFolder(StoreFolder&& other) noexcept;
    StoreFolder& operator=(StoreFolder&&) = delete;
    ~StoreFolder();

    const std::string& path() const { return path_; }

    std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }

private:
    StoreFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

    std::string path_;
    int lock_ = -1;
};

}  // namespace telex::store
