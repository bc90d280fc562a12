#pragma once
// The unit that crosses threads. It is run on the target reactor's thread and owns itself while it
// runs: dropped at the end of run() or sent on, to be used again.
#include <memory>
#include <utility>

namespace telex::reactor {

class Task {
public:
    Task() = default;
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    virtual ~Task() = default;

    // `self` owns this task.
    virtual void run(std::unique_ptr<Task> self) = 0;

private:
    friend class Mailbox;
    Task* next_ = nullptr;
};

// A task made of any callable; move-only captures are fine.
template <class Function>
class FunctionTask final : public Task {
public:
    explicit FunctionTask(Function function) : function_(std::move(function)) {}

    void run(std::unique_ptr<Task> /*self*/) override { function_(); }

private:
    Function function_;
};

}  // namespace telex::reactor
