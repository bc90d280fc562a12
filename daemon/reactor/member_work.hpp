#pragma once
// Runs a member function of an object in a turn. The owner makes the reactor forget it at its end.
#include "reactor/turn_work.hpp"

namespace telex::reactor {

template <class Owner, void (Owner::*kRun)()>
class MemberWork final : public TurnWork {
public:
    explicit MemberWork(Owner& owner) : owner_(owner) {}

    MemberWork(const MemberWork&) = delete;
    MemberWork& operator=(const MemberWork&) = delete;

    void run_turn_work() override { (owner_.*kRun)(); }

private:
    Owner& owner_;
};

}  // namespace telex::reactor
