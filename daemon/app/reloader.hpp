#pragma once
// The configuration in force, and how another one takes its place: as a whole, or not at all.
//
// Owner and thread: the application's.
#include "config/config.hpp"
#include "config/load.hpp"
#include "config/parse/setting.hpp"
#include "telex/v1/admin.pb.h"

#include <functional>
#include <string>

namespace telex::server {
class Server;
}

namespace telex::app {

class StreamService;

class Reloader {
public:
    using Load = std::function<config::LoadResult()>;

    // `load` reads the configuration again.
    Reloader(Load load, config::Config config, config::Settings settings);

    const config::Config& config() const { return config_; }

    // Returns it as a file, without secrets.
    std::string print() const;

    // Returns the changes, the obstacles and the file's diagnostics, without applying anything.
    // `force`: changes of streams may remove stored messages.
    v1::ReloadReport preview(const server::Server& server, StreamService& streams, bool force)
        const;
    // The same, and makes it so where nothing is in the way.
    v1::ReloadReport reload(server::Server& server, StreamService& streams, bool force);

private:
    struct Candidate;
    Candidate read() const;

    const Load load_;
    config::Config config_;
    config::Settings settings_;
};

}  // namespace telex::app
