#include "app/store_settings.hpp"

#include <sysexits.h>

namespace telex::app {

store::RocksSettings store_settings(const config::StorageOptions& options) {
    store::RocksSettings settings;
    settings.folder = options.folder;
    settings.cache_bytes = options.cache_bytes;
    settings.write_buffer_bytes = options.write_buffer_bytes;
    settings.reserve_bytes = options.reserve_bytes;
    settings.ballast_bytes = options.ballast_bytes;
    return settings;
}

int exit_code_of(store::StoreFault fault) {
    switch (fault) {
        case store::StoreFault::locked:
        case store::StoreFault::full:
            return EX_TEMPFAIL;
        case store::StoreFault::newer_format:
        case store::StoreFault::unusable:
        case store::StoreFault::invalid:
            return EX_CONFIG;
        case store::StoreFault::failed:
        case store::StoreFault::damaged:
        case store::StoreFault::lost_commits:
        case store::StoreFault::stopped:
            break;
    }
    return EX_IOERR;
}

}  // namespace telex::app
