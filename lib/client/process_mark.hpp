#pragma once
// What is left of a client after fork().
//
// The child has a copy of the client's memory, but none of its threads, and any of its locks may
// have been held by one of them. So the child must neither lock nor destroy anything of it: each
// call finds out first whether it is in the process that made the client.
#include <telex/error.hpp>

#include <cstdint>
#include <memory>

namespace telex::client {

// Remembers the process in which it was made. Any thread; costs one load.
class ProcessMark {
public:
    ProcessMark();

    // True in a child that fork() made of that process.
    bool is_inherited() const;

private:
    std::uint32_t forks_;
};

// What every call in a child returns.
Error inherited_error();

// Keeps an inherited object as it is: its destructor must not run.
void leave_as_it_is(std::shared_ptr<void> inherited);

}  // namespace telex::client
