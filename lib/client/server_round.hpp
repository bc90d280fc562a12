#pragma once
// One round over the servers: which one is tried, and what each of them did. Pure.
//
// A round ends early when a server refuses the credentials: the next server must not see them.
#include "client/endpoint.hpp"
#include <telex/error.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace telex::client {

// The servers after one that answers so must not be tried.
inline bool ends_search(Errc code) {
    return code == Errc::not_authenticated || code == Errc::authentication_busy;
}

class ServerRound {
public:
    // `servers` must not be empty.
    explicit ServerRound(std::vector<Endpoint> servers) : servers_(std::move(servers)) {}

    const Endpoint& current() const { return servers_[(first_ + tried_) % servers_.size()]; }

    bool is_over() const { return tried_ >= servers_.size(); }

    std::size_t size() const { return servers_.size(); }

    // Starts a new round, with the first server unless leave() said otherwise.
    void begin() {
        tried_ = 0;
        failures_.clear();
        untrusted_.clear();
    }

    // The current server failed. The next one is current, or the round is over.
    void fail(const Error& reason) {
        note(reason);
        tried_ = ends_search(reason.code) ? servers_.size() : tried_ + 1;
        if (is_over()) {
            first_ = 0;
        }
    }

    // One address of the current server failed, and it has others.
    void note(const Error& reason) {
        const std::string text = current().url + ": " + reason.text;
        failures_ += (failures_.empty() ? "" : "; ") + text;
        if (reason.code == Errc::untrusted_server) {
            untrusted_ += (untrusted_.empty() ? "" : "; ") + text;
        }
    }

    // The connection to the current server is over: the next round begins with the first server, or
    // with the one after this.
    void leave(bool for_next) {
        first_ = for_next ? (first_ + tried_ + 1) % servers_.size() : 0;
        tried_ = servers_.size();
    }

    // "tcp://a:1: Connection refused; tcp://b:1: ..."
    const std::string& failures() const { return failures_; }

    // Those of them that are default servers which were not trusted; empty when there is none.
    const std::string& untrusted() const { return untrusted_; }

private:
    std::vector<Endpoint> servers_;
    std::size_t first_ = 0;
    std::size_t tried_ = 0;
    std::string failures_;
    std::string untrusted_;
};

}  // namespace telex::client
