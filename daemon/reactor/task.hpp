#pragma once
// The unit that crosses threads: run once on the target reactor's thread, then destroyed there.
#include <utility>

namespace telex::reactor {

class Task {
public:
    Task() = default;
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    virtual ~Task() = default;

    virtual void run() = 0;

private:
    friend class Mailbox;
    Task* next_ = nullptr;
};

// A task made of any callable; move-only captures are fine.
template <class Function>
class FunctionTask final : public Task {
public:
    explicit FunctionTask(Function function) : function_(std::move(function)) {}

    void run() override { function_(); }

private:
    Function function_;
};

}  // namespace telex::reactor
