#include "server/admin/traces.hpp"

#include "server/admin/ask_workers.hpp"
#include "server/connection/connection.hpp"
#include "wire/subject.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace telex::server {

namespace {

using exchange::Tracer;

unexpected<v1::AdminError> refused(v1::AdminError::Code code, std::string message) {
    return unexpected(wire::admin_error(code, std::move(message)));
}

std::string fault_of(const v1::Trace& request) {
    if (request.filter().empty() && request.connection() == 0) {
        return "say what to follow: a filter of subjects, a connection, or both";
    }
    if (request.filter().empty()) {
        return {};
    }
    const auto error = wire::check_filter(request.filter());
    return error ? fmt::format("the filter {}", wire::text_of(*error)) : std::string();
}

// On the worker's thread. Returns false if the connection is not on this reactor.
bool follow(Worker& worker, unsigned slot, std::uint64_t connection) {
    Connection* const found = worker.connections().find(connection);
    if (found != nullptr) {
        worker.shard().tracer().follow(slot, found->record());
    }
    return found != nullptr;
}

}  // namespace

wire::AdminResult<v1::TraceReport> Traces::handle(const v1::Trace& request) {
    const auto now = Clock::now();
    if (request.trace() == 0) {
        return begin(request, now);
    }
    const auto slot = slots_.find(request.trace(), now);
    if (!slot) {
        return refused(
            v1::AdminError::NOT_FOUND,
            fmt::format(
                "there is no trace {}; a trace ends after ten seconds without a request",
                request.trace()
            )
        );
    }
    auto report = collect(*slot, now);
    if (report) {
        report->set_trace(request.trace());
    }
    if (request.end()) {
        end(*slot);
    }
    return report;
}

wire::AdminResult<v1::TraceReport> Traces::begin(const v1::Trace& request, TimePoint now) {
    if (std::string fault = fault_of(request); !fault.empty()) {
        return refused(v1::AdminError::INVALID_ARGUMENT, std::move(fault));
    }
    const auto running = slots_.take(now);
    if (!running) {
        return refused(
            v1::AdminError::LIMIT_REACHED,
            fmt::format("there are {} traces already", Tracer::kSlots)
        );
    }
    auto begun =
        ask_workers<char>(workers_, [request, now, slot = running->slot](Worker& worker) -> char {
            worker.shard().tracer().begin(
                slot, {request.filter(), request.connection() != 0, request.sample()}, now
            );
            return request.connection() != 0 && follow(worker, slot, request.connection()) ? 1 : 0;
        });
    const bool found = begun && std::count(begun->begin(), begun->end(), 1) == 1;
    if (!begun || (request.connection() != 0 && !found)) {
        end(running->slot);
        return unexpected(begun ? no_connection(request.connection()) : std::move(begun.error()));
    }
    v1::TraceReport report;
    report.set_trace(running->trace);
    return report;
}

wire::AdminResult<v1::TraceReport> Traces::collect(unsigned slot, TimePoint now) {
    auto parts = ask_workers<Tracer::Seen>(workers_, [slot, now](Worker& worker) {
        return worker.shard().tracer().collect(slot, now);
    });
    if (!parts) {
        return unexpected(std::move(parts.error()));
    }
    std::vector<v1::TraceEvent> events;
    v1::TraceReport report;
    for (Tracer::Seen& part : *parts) {
        std::move(part.events.begin(), part.events.end(), std::back_inserter(events));
        report.set_lost(report.lost() + part.lost);
    }
    std::stable_sort(events.begin(), events.end(), [](const auto& left, const auto& right) {
        return left.unix_nanoseconds() < right.unix_nanoseconds();
    });
    for (v1::TraceEvent& event : events) {
        *report.add_events() = std::move(event);
    }
    return report;
}

void Traces::end(unsigned slot) {
    slots_.release(slot);
    // The next user of the slot starts after this: both tasks reach the reactors in this order.
    for (std::size_t index = 0; index < workers_.size(); ++index) {
        Worker& worker = workers_.at(index);
        worker.reactor().post([&worker, slot] { worker.shard().tracer().end(slot); });
    }
}

}  // namespace telex::server
