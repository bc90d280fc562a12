#pragma once
// The traces of operators, who follow messages (proto/telex/v1/admin.proto, Trace). Each running
// trace has a slot in the tracer of every reactor.
//
// Owner and thread: the server's.
#include "base/time.hpp"
#include "server/admin/trace_slots.hpp"
#include "server/workers/workers.hpp"
#include "telex/v1/admin.pb.h"
#include "wire/admin_error.hpp"

namespace telex::server {

class Traces {
public:
    // `workers` outlive it.
    explicit Traces(Workers& workers) : workers_(workers) {}

    // Begins a trace, or collects the events of a running one. Waits for the reactors
    // (kAdminPatience), and then fails with UNRESPONSIVE.
    [[nodiscard]] wire::AdminResult<v1::TraceReport> handle(const v1::Trace& request);

private:
    [[nodiscard]] wire::AdminResult<v1::TraceReport> begin(const v1::Trace& request, TimePoint now);
    [[nodiscard]] wire::AdminResult<v1::TraceReport> collect(unsigned slot, TimePoint now);
    void end(unsigned slot);

    Workers& workers_;
    TraceSlots slots_;
};

}  // namespace telex::server
