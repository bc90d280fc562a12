#pragma once
// Work of a turn as a base of its object: smaller than MemberWork, which refers to its object. A
// class has one base for each kind of work.
//
//   struct Write;
//   class Client : private OwnWork<Client, Write> {
//       friend class OwnWork<Client, Write>;
//       void run_work(const Write*);
//
// The object makes the reactor forget it at its end.
#include "reactor/turn_work.hpp"

namespace telex::reactor {

template <class Object, class Kind>
class OwnWork : public TurnWork {
public:
    OwnWork() = default;
    OwnWork(const OwnWork&) = delete;
    OwnWork& operator=(const OwnWork&) = delete;

    void run_turn_work() final {
        static_cast<Object*>(this)->run_work(static_cast<const Kind*>(nullptr));
    }
};

}  // namespace telex::reactor
