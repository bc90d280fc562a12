#pragma once
// Detects a fork(). The child has a copy of the client's memory but none of its threads, and any
// lock may be held by one of them. So the child must neither lock nor destroy any of it: each call
// first checks whether it runs in the process that created the client.
#include <telex/error.hpp>

#include <cstdint>
#include <memory>

namespace telex::client {

// Identifies the process that created it. Any thread; costs one load.
class ProcessMark {
public:
    ProcessMark();

    // Returns true in a child forked from that process.
    bool is_inherited() const;

private:
    std::uint32_t forks_;
};

// The error of every call in a child.
Error inherited_error();

// Leaks an inherited object: its destructor must not run.
void leave_as_it_is(std::shared_ptr<void> inherited);

}  // namespace telex::client
