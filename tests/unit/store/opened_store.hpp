#pragma once
// Opens stores for tests: small, in temporary folders, without a reserve and without syncs.
#include "store/memory_store.hpp"
#include "store/rocks_store.hpp"
#include "support/temporary_folder.hpp"
#include "unit/store/faulty_file_system.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace telex::store::test {

// Flushes after a few commits, so that tests reach files and not only the log.
inline RocksSettings small_settings(const std::string& folder) {
    RocksSettings settings;
    settings.folder = folder;
    settings.write_buffer_bytes = 64 * 1024;
    settings.cache_bytes = 1024 * 1024;
    settings.reserve_bytes = 0;
    settings.ballast_bytes = 0;
    settings.file_system = std::make_shared<FaultyFileSystem>();
    return settings;
}

// Whether blocks were flushed from the log to files: otherwise a run tests little.
inline bool has_tables(const std::string& folder) {
    for (const auto& entry : std::filesystem::directory_iterator(folder + "/db")) {
        if (entry.path().extension() == ".sst") {
            return true;
        }
    }
    return false;
}

// Fails the test if the store cannot be opened, and returns null.
inline std::unique_ptr<Store> open_store(RocksSettings settings) {
    auto store = open_rocks_store(std::move(settings));
    EXPECT_TRUE(store.has_value()) << (store ? "" : store.error().text);
    return store ? std::move(*store) : nullptr;
}

}  // namespace telex::store::test
