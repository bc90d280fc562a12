#pragma once
// The streams of the configuration file: checked as a whole, then created or changed together.
#include "storage/call.hpp"
#include "storage/stream_admin.hpp"

#include <set>
#include <vector>

namespace telex::storage {

// Owner: the engine. The storage thread.
class StreamConfiguration {
public:
    using Faults = std::vector<StreamFault>;
    using ConfigureReply = ReplyPtr<Result<void, Faults>>;

    // Both must outlive it.
    StreamConfiguration(const EngineParts& parts, StreamAdmin& admin)
        : parts_(parts), admin_(admin) {}

    // See Engine::configure(). Replies once the settings are on the disk.
    void configure(
        const std::vector<ConfiguredStream>& streams,
        bool force,
        bool dry_run,
        const ConfigureReply& reply
    );

private:
    Faults check(const std::vector<ConfiguredStream>& streams, bool force) const;
    void check_neighbours(
        const std::vector<ConfiguredStream>& streams,
        const std::set<StreamSet::Key>& names,
        const ConfiguredStream& entry,
        Faults& faults
    ) const;
    [[nodiscard]] StreamResult<void> apply(const std::vector<ConfiguredStream>& streams);

    const EngineParts& parts_;
    StreamAdmin& admin_;
};

}  // namespace telex::storage
