#pragma once
// One round over the servers: the current server, and the failures so far. Pure.
//
// A round ends early if a server rejects the credentials: the next server must not see them.
#include "client/endpoint.hpp"
#include <telex/error.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace telex::client {

// Returns whether the remaining servers must not be tried after this error.
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

    // Starts a new round, with the first server or the one chosen by leave().
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

    // One address of the current server failed; it has others.
    void note(const Error& reason) {
        const std::string text = current().url + ": " + reason.text;
        failures_ += (failures_.empty() ? "" : "; ") + text;
        if (reason.code == Errc::untrusted_server) {
            untrusted_ += (untrusted_.empty() ? "" : "; ") + text;
        }
    }

    // The connection to the current server has ended. The next round begins with the first server,
    // or with the one after the current if `for_next`.
    void leave(bool for_next) {
        first_ = for_next ? (first_ + tried_ + 1) % servers_.size() : 0;
        tried_ = servers_.size();
    }

    // "tcp://a:1: Connection refused; tcp://b:1: ..."
    const std::string& failures() const { return failures_; }

    // The failures of untrusted default servers; empty if none.
    const std::string& untrusted() const { return untrusted_; }

private:
    std::vector<Endpoint> servers_;
    std::size_t first_ = 0;
    std::size_t tried_ = 0;
    std::string failures_;
    std::string untrusted_;
};

}  // namespace telex::client
