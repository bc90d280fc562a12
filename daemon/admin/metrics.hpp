#pragma once
// The daemon's figures as Prometheus reads them: text format 0.0.4, names in base units.
//
// docs/operations.md lists them; config/monitoring is built on them.
#include "admin/daemon_control.hpp"
#include "admin/process_facts.hpp"
#include "storage/engine.hpp"
#include "telex/v1/admin.pb.h"
#include "telex/v1/stream.pb.h"
#include "telex/v1/sys.pb.h"

#include <optional>
#include <string>
#include <vector>

namespace telex::admin {

struct Figures {
    v1::ServerInfo info;
    v1::ServerStats stats;
    v1::ListenerList listeners;
    DaemonState state;
    ProcessFacts process;
    std::optional<v1::StorageInfo> storage{};  // absent without storage
    std::vector<v1::StreamInfo> streams{};
    storage::Engine::FirstConsumers consumers{};
};

std::string prometheus_text(const Figures& figures);

}  // namespace telex::admin
